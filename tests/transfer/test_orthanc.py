"""Upload to a real DICOMweb server: Orthanc with its plugin, straight and behind the practice node."""

import json

import pytest

from eucaim_nb.dicom import scan
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.transfer import upload, verify
from tests.orthanc import orthanc, orthanc_server  # noqa: F401 - fixtures

from .conftest import sendable

pytestmark = pytest.mark.orthanc


@pytest.fixture
def behind(workspace, cohort, orthanc, tmp_path):  # noqa: F811
    """The workspace, its practice node standing in front of Orthanc."""
    scan(workspace, [cohort.folder])
    with PracticeNodes(tmp_path / "front", dicomweb=orthanc.dicomweb_with_login) as nodes:
        (tmp_path / "ready.json").write_text(json.dumps(nodes.ready()))
        yield workspace, nodes


def stored(orthanc):  # noqa: F811
    with orthanc.session() as session:
        instances = session.get(f"{orthanc.root}/instances?expand", timeout=30).json()
    return {one["MainDicomTags"]["SOPInstanceUID"] for one in instances}


def test_everything_arrives_and_is_verified_byte_for_byte(behind, orthanc, cohort):  # noqa: F811
    workspace, _ = behind
    done = upload(workspace, source=str(cohort.folder), override="invented")
    assert stored(orthanc) == sendable(workspace)
    assert (done.verified, done.failed) == (done.queued, 0)
    compared = verify(workspace, readback=100)
    assert (compared.missing, compared.different) == (0, 0)
    again = upload(workspace, source=str(cohort.folder), override="invented")
    assert (again.sent, again.already_there) == (0, done.queued)


@pytest.mark.parametrize("fault", ["stow:status=503@2", "stow:drop-after@2", "stow:lost@1", "stow:drop-at=200KB@1"])
def test_faults_in_front_of_it_lose_nothing(fault, behind, orthanc, cohort):  # noqa: F811
    workspace, nodes = behind
    nodes.faults.set([fault])
    done = upload(workspace, source=str(cohort.folder), override="invented")
    assert stored(orthanc) == sendable(workspace)
    assert (done.verified, done.failed) == (done.queued, 0)


def test_file_the_server_refuses_fails_alone(behind, orthanc, tmp_path, cohort):  # noqa: F811
    """Orthanc answers 400 to the whole request when one part has no patient or study it can read."""
    workspace, _ = behind
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]
    for number, path in enumerate(good):
        (folder / f"{number}.dcm").write_bytes(path.read_bytes())
    scan(workspace, [folder])
    spoiled = folder / "2.dcm"
    content = bytearray(spoiled.read_bytes())
    content[128:132] = b"DUCK"
    spoiled.write_bytes(content)
    done = upload(workspace, source=str(folder), override="invented")
    assert (done.verified, done.failed) == (done.queued - 1, 1)
    assert len(stored(orthanc)) == done.verified


@pytest.mark.parametrize("left", [0, 700])
def test_series_that_it_damaged_on_its_disk_fails_alone(left, behind, orthanc, cohort):  # noqa: F811
    """It goes on listing the study, and answers 400 or 500 to whatever needs one of the files."""
    workspace, _ = behind
    first = workspace.ledger.uploads.candidate_series([1])[0]
    damaged = upload(workspace, source=str(cohort.folder), override="invented", series=[first]).verified
    for path in orthanc.storage.glob("??/??/*"):
        path.write_bytes(path.read_bytes()[:left])
    done = upload(workspace, source=str(cohort.folder), override="invented")
    assert (done.failed, done.verified) == (damaged, done.queued - damaged)
    failures = workspace.ledger.uploads.failures("practice-upv")
    assert {failure["series_instance_uid"] for failure in failures} == {first[1]}
    assert all("damaged" in failure["message"] for failure in failures)
