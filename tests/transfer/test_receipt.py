"""The receipt: it says what the node holds and no more, it is sealed, and the shared one holds no identifier."""

import hashlib
import json

import pytest
import requests

from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.errors import NodeError
from eucaim_nb.reports import is_intact
from eucaim_nb.transfer import _patience, upload, verify
from tests.deid.outputs import ACCESSION, BIRTH, NAME, PATIENT_ID, ROOT, original, written


@pytest.fixture
def originals(tmp_path):
    """Three instances of one series of one patient."""
    folder = tmp_path / "originals of Garcia"
    folder.mkdir()
    for number in (1, 2, 3):
        ds = original()
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
        ds.InstanceNumber = str(number)
        (folder / f"{number}.dcm").write_bytes(written(ds))
    return folder


@pytest.fixture
def ready(workspace, originals, nodes, monkeypatch):
    """A workspace with de-identified images, and running nodes."""
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)
    scan(workspace, [originals])
    deidentify(workspace, workers=1)
    return workspace


def receipt(workspace, folder="reports"):
    return json.loads((workspace.folder / folder / "upload.json").read_text(encoding="utf-8"))


def test_the_receipt_lists_every_instance_with_the_digest_of_what_was_sent(ready):
    upload(ready)
    content = receipt(ready)
    outputs = sorted(ready.deidentified.rglob("*.dcm"))
    assert {one["sha256"] for one in content["files"]} == {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in outputs
    }
    assert {one["state"] for one in content["files"]} == {"verified"}
    assert content["instances"]["verified"] == 3
    assert content["bytes_verified"] == sum(path.stat().st_size for path in outputs)
    [series] = content["series"]
    assert (series["instances"], series["verified"]) == (3, 3)
    assert not content["contains_identifiers"]


def test_the_shared_receipt_holds_no_identifier_even_when_originals_were_sent_too(ready, originals):
    upload(ready)
    upload(ready, source=str(originals), override="a test with invented people")
    assert receipt(ready)["not_shown"] == 3
    assert "a test with invented people" in json.dumps(receipt(ready)["events"])
    for name in ("upload.json", "upload.html"):
        text = (ready.folder / "reports" / name).read_text(encoding="utf-8").lower()
        for secret in (*NAME.split("^"), "garcia", PATIENT_ID, ACCESSION, BIRTH, ROOT):
            assert secret.lower() not in text
    whole = receipt(ready, "private")
    assert whole["contains_identifiers"]
    assert whole["instances"]["verified"] == 6
    assert PATIENT_ID in json.dumps(whole)


def test_what_the_node_lost_is_no_longer_verified_in_the_receipt(ready, nodes):
    upload(ready)
    requests.post(nodes.control + "/wipe", timeout=10).raise_for_status()
    verify(ready)
    content = receipt(ready)
    assert (content["instances"]["verified"], content["instances"]["failed"]) == (0, 3)
    assert content["bytes_verified"] == 0


def test_an_upload_that_ends_in_the_middle_leaves_a_receipt_of_what_arrived(ready, nodes):
    nodes.faults.set(["stow:status=403"])
    with pytest.raises(NodeError):
        upload(ready)
    assert receipt(ready)["instances"]["verified"] == 0
    assert is_intact(ready.folder / "reports" / "upload.json")


def test_a_receipt_that_claims_more_than_was_sealed_is_recognised(ready, nodes):
    nodes.faults.set(["stow:lost"])
    upload(ready)
    path = ready.folder / "reports" / "upload.json"
    assert is_intact(path)
    path.write_text(path.read_text(encoding="utf-8").replace('"state": "failed"', '"state": "verified"', 1))
    assert not is_intact(path)
