"""In front of a real server the node passes everything on, and still misbehaves when told to."""

import hashlib
import io

import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session_from_user_pass

from eucaim_nb.practice import PracticeNodes

from .conftest import account


@pytest.fixture
def front(tmp_path, orthanc):
    with PracticeNodes(tmp_path / "practice", dicomweb=orthanc.dicomweb_with_login) as nodes:
        yield nodes


def read(content):
    return pydicom.dcmread(io.BytesIO(content))


@pytest.mark.orthanc
def test_dicomweb_client_reaches_orthanc_through_the_node(front, instance, held, store):
    sent = [instance() for _ in range(3)]
    assert store(front, *sent).status_code == 200
    client = DICOMwebClient(front.dicomweb, session=create_session_from_user_pass(*account(front)))
    study = read(sent[0]).StudyInstanceUID
    assert len(client.search_for_instances(study)) == 3
    assert {one.SOPInstanceUID for one in client.retrieve_study(study)} == {
        read(one).SOPInstanceUID for one in sent
    }
    assert len(client.retrieve_study_metadata(study)) == 3
    assert held(front) == {read(one).SOPInstanceUID: hashlib.sha256(one).hexdigest() for one in sent}


@pytest.mark.orthanc
def test_chunked_body_and_orthancs_own_answers_pass_through(front, instance, multipart, store, held):
    body = multipart(instance(), instance())
    assert store(front, body=iter([body[:1000], body[1000:]])).status_code == 200
    assert len(held(front)) == 2
    mixed = store(front, b"garbage", instance())
    assert mixed.status_code == 400
    assert len(mixed.json()["00081199"]["Value"]) == 1
    assert len(held(front)) == 3


@pytest.mark.orthanc
def test_faults_apply_in_front_of_orthanc(front, instance, store, held):
    faults = [
        "stow:status=503@1",
        "stow:drop-before@2",
        "stow:lost@3",
        "stow:empty@4",
        "stow:disk-full@5",
        "stow:drop-after@6",
        "stow:max-body=1MB",
    ]
    assert requests.put(front.control, json=faults, timeout=10).status_code == 200
    assert store(front, instance()).status_code == 503
    with pytest.raises(requests.ConnectionError):
        store(front, instance())
    assert [store(front, instance()).status_code for _ in range(3)] == [200, 200, 409]
    assert held(front) == {}
    with pytest.raises(requests.ConnectionError):
        store(front, instance())
    assert len(held(front)) == 1
    assert store(front, instance(pixels=2_000_000)).status_code == 413
    assert store(front, instance()).status_code == 200


@pytest.mark.orthanc
def test_login_of_the_real_server_is_used_and_never_shown(front, orthanc, tmp_path):
    right = requests.get(f"{front.dicomweb}/studies", auth=account(front), timeout=10)
    assert right.json() == []
    assert requests.get(f"{front.dicomweb}/studies", auth=("a", "b"), timeout=10).status_code == 401
    shown = [right.text, str(right.headers), str(front.ready())]
    shown += [requests.get(front.control + path, timeout=10).text for path in ("", "/log", "/instances")]
    assert orthanc.password not in "".join(shown)
    assert not any(
        orthanc.password.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_server_that_does_not_answer_is_a_bad_gateway(tmp_path, instance, store):
    with PracticeNodes(tmp_path / "behind") as behind:
        url = behind.dicomweb
    with PracticeNodes(tmp_path / "front", dicomweb=url) as front:
        assert store(front, instance()).status_code == 502
        assert requests.get(f"{front.dicomweb}/studies", auth=account(front), timeout=10).status_code == 502
        assert requests.post(f"{front.control}/wipe", timeout=10).status_code == 501


def test_practice_node_can_stand_behind_another_one(tmp_path, instance, store, held):
    with (
        PracticeNodes(tmp_path / "behind") as behind,
        PracticeNodes(tmp_path / "front", dicomweb=_with_login(behind)) as front,
    ):
        assert store(front, instance(pixels=3_000_000)).status_code == 200
        assert held(front) == held(behind)


def _with_login(nodes):
    return nodes.dicomweb.replace("://", f"://{nodes.username}:{nodes.password}@")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "127.0.0.1:8042", "http://"])
def test_address_of_the_real_server_must_be_one(tmp_path, url):
    with pytest.raises(ValueError, match="http"):
        PracticeNodes(tmp_path, dicomweb=url)


def test_partial_is_refused_in_front_of_a_real_server_for_images_only(tmp_path):
    with pytest.raises(ValueError, match="cannot be shown"):
        PracticeNodes(tmp_path, dicomweb="http://127.0.0.1:9/dicom-web", faults=["stow:partial=1"])
    PracticeNodes(tmp_path, dicomweb="http://127.0.0.1:9/dicom-web", faults=["clinical:partial=1"]).stop()
