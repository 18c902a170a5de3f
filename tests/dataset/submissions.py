"""A submission whose images the practice nodes hold, and people who have to do with its dataset."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from benchmarks.quality.stacks import series, write
from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.nodes import Credentials
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.transfer import upload
from eucaim_nb.workspace import Workspace

DESCRIBED = {
    "name": "Lungs of two invented people",
    "description": "CT of the chest.",
    "version": "1.0.0",
    "purpose": "Practice.",
    "provenance": "Invented.",
    "type": "original",
    "collectionMethod": "patient-based, cohort",
    "contactInfo": "data@site.example",
    "license": "CC BY 4.0",
}


@pytest.fixture
def two_patients(tmp_path: Path) -> Path:
    """Two patients: one with two series in one study, one with one; each of two slices."""
    folder = tmp_path / "images"
    studies: dict[str, str] = {}
    for number, patient in enumerate(("P1", "P1", "P2")):
        made = series(seed=number)[:2]
        for ds in made:
            ds.PatientID, ds.PatientSex, ds.PatientAge, ds.StudyDate = patient, "F", "060Y", "20230301"
            ds.BodyPartExamined = "CHEST"
            ds.StudyInstanceUID = studies.setdefault(patient, ds.StudyInstanceUID)
        write(made, folder / str(number))
    return folder


def sent(workspace: Workspace, two_patients: Path) -> Workspace:
    """Scan and upload the images."""
    scan(workspace, [two_patients])
    # One after the other: the node lists patients in the order in which they came.
    done = upload(workspace, source=str(two_patients), override="invented people", connections=1)
    assert done.verified == done.queued == 6
    return workspace


@pytest.fixture
def at_upv(workspace: Workspace, nodes: PracticeNodes, two_patients: Path) -> Workspace:
    """The workspace for the UPV practice node; its images are there."""
    return sent(workspace.change(project="PRACTICE|MAIN"), two_patients)


@pytest.fixture
def at_health_ri(tmp_path: Path, nodes: PracticeNodes, two_patients: Path) -> Workspace:
    """A workspace for the Health-RI practice node; its images are there."""
    made = workspaces.create(
        tmp_path / "health-ri", node="practice-health-ri", project="PRACTICE", practice=str(tmp_path / "ready.json")
    )
    return sent(made, two_patients)


@pytest.fixture
def export_dataset(nodes: PracticeNodes) -> Callable[..., str]:
    """Press “Export dataset”, as in the upload application of the node; give the id."""

    def press(**wanted: Any) -> str:
        fields = {"name": "Exported", "description": "d"} | wanted
        answer = requests.post(f"{nodes.control}/export-dataset", json=fields, timeout=10)
        assert answer.status_code == 201, answer.text
        return answer.json()["apiUrl"].rpartition("/")[2]

    return press


@pytest.fixture
def uploaded_studies(nodes: PracticeNodes) -> Callable[[], list[dict[str, Any]]]:
    """Give what a dataset can be made of, as the node names it."""
    return lambda: requests.get(f"{nodes.control}/export-dataset", timeout=10).json()["studies"]


@pytest.fixture
def newcomer(nodes: PracticeNodes) -> Credentials:
    """Somebody whom nobody gave a role yet."""
    return Credentials(f"{nodes.username}-newcomer", nodes.password)


@pytest.fixture
def fault(nodes: PracticeNodes) -> Callable[..., None]:
    """Have the practice nodes misbehave."""

    def set_(*specs: str) -> None:
        assert requests.put(nodes.control, data="\n".join(specs), timeout=10).status_code == 200

    return set_


@pytest.fixture
def creation_pace(nodes: PracticeNodes) -> Callable[[float], None]:
    """Say how many seconds a step of a creation takes."""

    def set_(seconds: float) -> None:
        body = json.dumps({"creation_step": seconds})
        assert requests.put(f"{nodes.control}/policy", data=body, timeout=10).status_code == 200

    set_(0)
    return set_


@pytest.fixture
def cleared(tmp_path: Path) -> Callable[[Workspace], Workspace]:
    """Have the legal side of a submission settled."""

    def settle(workspace: Workspace) -> Workspace:
        paper = tmp_path / "signed.pdf"
        paper.write_bytes(b"%PDF-1.4 signed")
        workflow.record(workspace, "documentation", note="cleared", file=paper)
        workflow.record(workspace, "dta", note="signed", file=paper)
        return workspace

    return settle
