"""What one file costs the ledger does not grow with the cohort: counted in steps of SQLite, which no clock disturbs."""

import json
import sqlite3

import pytest

from eucaim_nb import quality, risk
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import _burned_in, deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.practice.sample import write_cohort
from eucaim_nb.transfer import upload, verify
from tests.deid.test_burned_in import Blind

STEPS_AT_ONCE = 20


class Steps:
    """The steps of all connections of this process to ledgers."""

    def __init__(self):
        self.taken = 0
        self._connect = sqlite3.connect

    def connect(self, path, *arguments, **options):
        connection = self._connect(path, *arguments, **options)
        if str(path).endswith("ledger.sqlite"):
            connection.set_progress_handler(self._count, STEPS_AT_ONCE)
        return connection

    def _count(self):
        self.taken += 1
        return 0


@pytest.fixture
def steps(monkeypatch):
    # Looking for burned-in text takes long, and asks the ledger nothing.
    monkeypatch.setattr(_burned_in, "reader", Blind)
    counting = Steps()
    monkeypatch.setattr(sqlite3, "connect", counting.connect)
    return counting


def per_file(steps, folder, nodes, patients):
    """Take a cohort from scan to upload; return what each phase asked of the ledger per file."""
    cohort = write_cohort(folder / f"cohort-{patients}", patients=patients)
    ready = folder / "ready.json"
    ready.write_text(json.dumps(nodes.ready()))
    made = workspaces.create(folder / f"submission-{patients}", node="practice-upv", practice=str(ready))
    costs = {}
    for name, work in {
        "scan": lambda: scan(made, [cohort.folder]),
        "de-identification": lambda: deidentify(made, workers=1),
        "risk": lambda: risk.run(made),
        "quality": lambda: quality.run(made),
        "upload": lambda: upload(made, override="invented people"),
        "verification": lambda: verify(made),
    }.items():
        before = steps.taken
        work()
        costs[name] = (steps.taken - before) / cohort.files
    return costs


def test_four_times_the_patients_cost_no_more_per_file(steps, tmp_path, nodes):
    small, large = per_file(steps, tmp_path, nodes, 4), per_file(steps, tmp_path, nodes, 16)
    grown = {name: round(large[name] / small[name], 2) for name in small}
    assert max(grown.values()) < 1.4, grown
