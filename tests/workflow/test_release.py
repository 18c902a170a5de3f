"""The gate before a release: nothing is made public before the agreement is signed and EUCAIM cleared the holder."""

import pytest

from eucaim_nb import workflow

UNSIGNED = "The DTA is not recorded as signed."


@pytest.fixture
def signed(tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(b"%PDF signed by both")
    return file


@pytest.fixture
def cleared(workspace, signed):
    """A workspace with nothing against its release."""
    workflow.record(workspace, "documentation", note="declared compliant on 3 March")
    workflow.record(workspace, "dta", file=signed)
    assert workflow.release_blockers(workspace) == ()
    return workspace


def test_new_workspace_may_release_nothing(workspace):
    first, second = workflow.release_blockers(workspace)
    assert first == UNSIGNED
    assert "declared your organisation compliant" in second


def test_withdrawn_signature_or_clearance_shuts_the_gate_again(cleared):
    workflow.withdraw(cleared, "dta")
    assert workflow.release_blockers(cleared) == (UNSIGNED,)
    workflow.withdraw(cleared, "documentation")
    assert len(workflow.release_blockers(cleared)) == 2


def test_word_that_it_is_signed_is_not_enough_without_the_signed_file(workspace):
    workflow.record(workspace, "documentation", note="compliant")
    workflow.record(workspace, "dta", note="signed on paper")
    (blocker,) = workflow.release_blockers(workspace)
    assert "signed file is missing" in blocker


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_agreement_that_is_not_what_was_recorded_does_not_count(cleared, harm):
    kept = workflow.records(cleared)["dta"].file
    if harm == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"%PDF another agreement")
    (blocker,) = workflow.release_blockers(cleared)
    assert "missing or was changed" in blocker
