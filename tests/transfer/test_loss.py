"""Random faults and kill -9 of both sides: short runs of the loss test, which `benchmarks.loss` repeats at length."""

import random
import sys

import pytest

from benchmarks.loss.cohort import write
from benchmarks.loss.run import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")


@pytest.mark.parametrize("target", ["upv", "xnat"])
def test_nothing_is_lost_doubled_or_verified_in_vain_whatever_goes_wrong(target, tmp_path):
    cohort = tmp_path / "cohort"
    expected = write(cohort, 60, seed=7)
    outcome = run(tmp_path / "run", target, random.Random(f"suite/{target}"), cohort, expected)
    assert outcome.good, outcome
    assert outcome.starts >= 3
