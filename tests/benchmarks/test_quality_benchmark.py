"""The bench of the quality checks: every check has a fault that it tells, and clean kinds are not called wrong."""

import pytest

from benchmarks.quality.__main__ import check, inject
from benchmarks.quality.controls import CONTROLS
from benchmarks.quality.faults import FAULTS
from eucaim_nb.quality import registry

# Told of every dataset, or only where a workspace, a node's answer or the clock comes into it.
_NOT_INJECTED = {
    "D02", "D05", "G05", "N-TIER-1", "N-TIER-2", "N-TIER-3", "N-UPV-5", "N-UPV-6", "N-XNAT-2", "N-XNAT-5", "N-XNAT-6",
    "N-XNAT-7", "S14",
}  # fmt: skip


def test_every_check_has_a_fault_of_its_own():
    told = {check_id for fault in FAULTS for check_id in fault.expected}
    assert registry().keys() - told == _NOT_INJECTED


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.level != "full"][::4], ids=lambda one: one.name)
def test_fault_in_an_oblique_stack_is_told_by_the_right_check(fault, tmp_path):
    case = inject(fault, "oblique", tmp_path / "in")
    found = check(tmp_path / "in", tmp_path / "ws", fault.level, fault.node, case)
    assert set(fault.expected) <= {one.check_id for one in found}


@pytest.mark.parametrize("name", [*CONTROLS][::4])
def test_clean_kind_is_not_called_an_error(name, tmp_path):
    CONTROLS[name](tmp_path / "in")
    found = check(tmp_path / "in", tmp_path / "ws", "standard", "practice-upv")
    assert [one.check_id for one in found if one.severity == "ERR"] == []
