"""Datasets of what a real server behind the practice node holds: the same as of the node's own store."""

import time

import pytest
import requests
from pydicom.uid import generate_uid

from eucaim_nb.practice import Policy, PracticeNodes

from .conftest import UPLOADS, instance, service, token, until, upload

SAME = (
    *("studiesCount", "subjectsCount", "ageLow", "ageHigh", "ageUnit", "ageNullCount"),
    *("diagnosisYearLow", "diagnosisYearNullCount"),
)
COUNTED = ("sex", "bodyPart", "modality", "manufacturer")
INSTANT = Policy(creation_step=0)


@pytest.fixture
def front(tmp_path, orthanc):
    with PracticeNodes(tmp_path / "front", dicomweb=orthanc.dicomweb_with_login, policy=INSTANT) as nodes:
        yield nodes


@pytest.fixture
def chained(tmp_path):
    """A practice node in front of another one."""
    with PracticeNodes(tmp_path / "behind") as behind:
        root = behind.dicomweb.replace("://", f"://{behind.username}:{behind.password}@")
        with PracticeNodes(tmp_path / "front", dicomweb=root, policy=INSTANT) as nodes:
            yield nodes


def made(nodes, *patients):
    body = {"name": "A set", "description": "d", "patients": list(patients)}
    answer = requests.post(f"{nodes.control}/export-dataset", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    return ident, until(nodes, ident, "finished", "error")


def figures(nodes, *patients):
    for patient in patients:
        assert upload(nodes, patient).status_code == 200
    ident, end = made(nodes, *patients)
    assert end["status"] == "finished", end
    shown = service(nodes, "GET", f"/datasets/{ident}").json()
    # A server lists studies in an order of its own, and so what they count.
    counts = {name: dict(zip(shown[name], shown[f"{name}Count"], strict=True)) for name in COUNTED}
    return {name: shown[name] for name in SAME} | counts


@pytest.mark.orthanc
def test_figures_of_orthanc_are_those_of_the_own_store(front, tmp_path):
    patients = ("S1", "S2", "no-sex", "no-date", "bare-ge")
    with PracticeNodes(tmp_path / "own", policy=INSTANT) as own:
        expected = figures(own, *patients)
    told = figures(front, *patients)
    assert told == expected
    assert (told["studiesCount"], told["sex"]) == (5, {"Female": 3, "Male": 1, "Unkown": 1})


@pytest.mark.orthanc
@pytest.mark.parametrize(
    ("patient", "message"),
    [
        ("two-sexes", "The sex in that series differs"),
        ("two-subprojects", "The subprojectId in that series differs"),
        ("unknown-subproject", "Unexpected error"),
        ("empty-date", "Unexpected error"),
        ("odd-sex", "Unexpected error"),
    ],
)
def test_creation_stumbles_on_what_orthanc_holds_too(front, patient, message):
    assert upload(front, patient).status_code == 200
    _, end = made(front, patient)
    assert (end["status"], end["lastMessage"].startswith(message)) == ("error", True), end


def test_figures_through_another_practice_node(chained):
    told = figures(chained, "S1", "S2")
    assert (told["studiesCount"], told["subjectsCount"], told["sex"]) == (2, 2, {"Female": 1, "Male": 1})


def test_what_is_uploaded_later_is_seen(chained):
    assert upload(chained, "S1").status_code == 200
    address = f"{chained.control}/export-dataset"
    [study] = requests.get(address, timeout=10).json()["studies"]
    assert len(study["series"]) == len(UPLOADS["S1"])
    uid = generate_uid()
    for count in (1, 2):
        body = b"\r\n--frontier\r\nContent-Type: application/dicom\r\n\r\n" + instance("S9", uid, {})
        headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
        answer = requests.post(
            f"{chained.dicomweb}/studies",
            data=body + b"\r\n--frontier--\r\n",
            headers=headers,
            auth=(chained.username, chained.password),
            timeout=10,
        )
        assert answer.status_code == 200
        later = requests.get(address, timeout=10).json()["studies"][1]
        assert (later["subjectName"], len(later["series"])) == ("S9", count)


def test_server_that_is_gone_stops_no_one_from_signing_in_or_reading_datasets(tmp_path):
    with PracticeNodes(tmp_path / "behind") as behind:
        upload(behind, "S1")
        root = behind.dicomweb.replace("://", f"://{behind.username}:{behind.password}@")
        slow = Policy(creation_step=0.05)
        with PracticeNodes(tmp_path / "front", dicomweb=root, policy=slow) as front:
            body = {"name": "A set", "description": "d"}
            answer = requests.post(f"{front.control}/export-dataset", json=body, timeout=10)
            ident = answer.json()["apiUrl"].removeprefix("/api/datasets/")
    with PracticeNodes(tmp_path / "front", dicomweb=root, policy=slow) as front:
        assert token(front).status_code == 200
        time.sleep(0.1)
        waiting = service(front, "GET", f"/datasets/{ident}/creationStatus").json()
        assert waiting["status"] == "pending"
        gone = requests.get(f"{front.control}/export-dataset", timeout=10)
        assert (gone.status_code, "does not answer" in gone.json()["error"]) == (502, True)
