"""A small table, prepared for each node, and what the node itself says it holds."""

import pytest
import requests

from eucaim_nb import clinical
from eucaim_nb import workspace as workspaces
from eucaim_nb.transfer import _patience

ROWS = 7


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)


@pytest.fixture
def table(tmp_path):
    """A table of invented patients, with words that a careless sender would change."""
    lines = ["Patient ID,Sex,Age at diagnosis,Diagnosis,Date of diagnosis,Comment on therapy"]
    lines += [f'P{i:03d},Male,{50 + i},Prostate cancer,2020-01-{i + 1:02d},"é, ""{i}"" = a&b"' for i in range(ROWS)]
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def prepare(workspace, table, *exports, **options):
    """Prepare the table, as far as possible without questions."""
    return clinical.prepare(
        workspace,
        table,
        template="generic",
        constants={"population": "Patient with Cancer"},
        exports=exports or None,
        **options,
    )


@pytest.fixture
def upv(workspace, nodes, table):
    """A workspace for the practice UPV node, the table prepared for it."""
    prepare(workspace, table)
    return workspace


@pytest.fixture
def health_ri(tmp_path, nodes, table):
    """A workspace for the practice Health-RI node, the table prepared for it in every way."""
    made = workspaces.create(
        tmp_path / "health-ri", node="practice-health-ri", project="PRACTICE", practice=str(tmp_path / "ready.json")
    )
    prepare(made, table, "xnat-csv", "xnat-json", "xnat-variables")
    return made


@pytest.fixture
def forms(nodes):
    """What the practice UPV node holds: eForms by subject."""
    ready = nodes.ready()["upv"]
    address = f"{ready['clinical']}/projects/{ready['project'].partition('|')[0]}/subjects"

    def held():
        answer = requests.get(address, auth=(nodes.username, nodes.password), timeout=10)
        return {one["subjectName"]: one["eForm"] for one in answer.json()}

    return held

