"""What is called verified: never an instance of which the node has other content, whatever it answers or lists."""

import json
import time

import numpy as np
import pytest
import requests
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from eucaim_nb.dicom import scan
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.ledger import UploadState
from eucaim_nb.transfer import _patience, _sender, upload, verify
from eucaim_nb.transfer._likeness import pixel_digest, same_content
from eucaim_nb.transfer._plan import batches
from eucaim_nb.transfer._renamed import find_renamed

from .conftest import control

NODE = "practice-upv"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)


@pytest.fixture
def folder(workspace, cohort, tmp_path):
    """A folder with four instances of one series, of different pixels, scanned."""
    made = tmp_path / "four"
    made.mkdir()
    for number, path in enumerate(sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]):
        dataset = dcmread(path)
        pixels = dataset.pixel_array.copy()
        pixels[0, 0] = number
        dataset.PixelData = pixels.astype(np.uint16).tobytes()
        dataset.save_as(made / f"{number}.dcm")
    scan(workspace, [made])
    return made


@pytest.fixture
def send(workspace, folder, nodes):
    return lambda **options: upload(workspace, source=str(folder), override="invented", **options)


def change(path, comment):
    """Give an instance another content under its UID."""
    dataset = dcmread(path)
    dataset.ImageComments = comment
    dataset.save_as(path)


def at_the_node(nodes):
    return {row["sop"]: row["sha256"] for row in control(nodes, "/instances")["instances"]}


def stores(nodes):
    return [r for r in control(nodes, "/log")["requests"] if r["method"] == "POST" and r["path"].endswith("/studies")]


def put(nodes, path):
    """Store a file at the node as somebody else would."""
    ready = nodes.ready()["upv"]
    form = {"grant_type": "password", "username": ready["username"], "password": ready["password"]}
    form["client_id"] = ready.get("client_id", "dataset-explorer")
    endpoint = requests.get(f"{ready['issuer']}/.well-known/openid-configuration", timeout=9).json()["token_endpoint"]
    token = requests.post(endpoint, data=form, timeout=9).json()["access_token"]
    body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + path.read_bytes() + b"\r\n--x--\r\n"
    requests.post(
        f"{ready['dicomweb']}/studies",
        data=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": 'multipart/related; type="application/dicom"; boundary=x',
        },
        timeout=9,
    ).raise_for_status()


def messages(workspace):
    return [failure["message"] for failure in workspace.ledger.uploads.failures(NODE)]


def test_other_file_that_the_node_had_under_the_uid_is_neither_verified_nor_overwritten(
    send, workspace, folder, nodes, tmp_path
):
    foreign = tmp_path / "foreign.dcm"
    foreign.write_bytes((folder / "1.dcm").read_bytes())
    change(foreign, "somebody else's")
    put(nodes, foreign)
    before = at_the_node(nodes)
    done = send()
    assert (done.verified, done.failed, done.different, done.sent) == (3, 1, 1, 3)
    assert at_the_node(nodes).items() >= before.items()
    assert "another file under this UID" in messages(workspace)[0]
    again = send()
    assert (again.verified, again.failed, again.different, again.sent) == (3, 1, 1, 0)
    assert verify(workspace).present == 4
    assert workspace.ledger.uploads.counts(NODE).verified == 3


def test_same_file_that_the_node_had_before_is_read_back_and_not_sent(send, folder, nodes):
    put(nodes, folder / "1.dcm")
    done = send()
    assert (done.verified, done.already_there, done.read_back, done.sent) == (4, 1, 1, 3)
    assert send().read_back == 0  # what was compared once is known


def test_file_that_the_node_had_and_does_not_give_back_is_not_verified(send, workspace, folder, nodes):
    put(nodes, folder / "1.dcm")
    nodes.faults.set(["wado:status=404@1-"])
    done = send()
    assert (done.verified, done.failed) == (3, 1)
    assert "does not give it back" in messages(workspace)[0]


def test_stored_without_an_answer_at_a_node_that_gives_nothing_back_is_sent_until_acknowledged(send, nodes):
    nodes.faults.set(["wado:status=404@1-", "stow:drop-after@1"])
    done = send()
    assert (done.verified, done.failed) == (4, 0)


def test_changed_file_is_queued_again_and_not_verified_while_the_node_keeps_the_old(send, workspace, folder, nodes):
    send()
    old = at_the_node(nodes)
    change(folder / "1.dcm", "changed here")
    scan(workspace, [folder])
    done = send()
    assert (done.changed, done.sent, done.verified, done.failed) == (1, 1, 3, 1)
    assert at_the_node(nodes) == old
    assert "gives back what it had before" in messages(workspace)[0]
    assert send().verified == 3  # its word of last time is not believed now either


def test_changed_file_is_verified_when_the_node_replaces_the_old(send, workspace, folder, nodes):
    nodes.policy.change({"on_conflict": "replace"})
    send()
    change(folder / "1.dcm", "changed here")
    scan(workspace, [folder])
    done = send()
    assert (done.changed, done.sent, done.verified, done.read_back) == (1, 1, 4, 2)
    assert send().changed == 0


def test_node_that_gives_new_uids_is_found_out_and_compared_by_count_and_pixels(send, workspace, nodes):
    nodes.faults.set(["stow:renamed@1-"])
    done = send()
    assert (done.verified, done.failed, done.sent) == (4, 0, 4)
    assert len(at_the_node(nodes)) == 4  # nothing was sent twice to see whether it would help
    again = send()
    assert (again.verified, again.sent) == (4, 0)
    found = verify(workspace, readback=100)
    assert (found.present, found.different, found.read_back) == (4, 0, 4)


def test_renamed_instances_whose_pixels_do_not_agree_are_not_verified(send, workspace, folder, nodes, monkeypatch):
    nodes.faults.set(["stow:renamed@1-"])
    monkeypatch.setattr("eucaim_nb.transfer._renamed._pixels_there", lambda *_: b"other pixels")
    done = send()
    assert (done.verified, done.failed, len(at_the_node(nodes))) == (0, 4, 4)
    assert "other UIDs" in messages(workspace)[0]


class RenamesInPlace:
    """A server that lists as many instances as were sent, in the same series, under other UIDs."""

    def __init__(self, files):
        self._files = files

    def instance_uids(self, study, series):
        return set(self._files)

    def save_instance(self, study, series, sop, file):
        file.write(self._files[sop].read_bytes())

    def series_of(self, patient):
        return iter(())


@pytest.mark.parametrize(("there", "found"), [("0123", 4), ("0122", 3), ("01", 0), ("", 0)])
def test_renamed_instances_are_matched_one_for_one_by_count_and_pixels(there, found, workspace, folder):
    uploads = workspace.ledger.uploads
    items = uploads.candidates([1], *uploads.candidate_series([1])[0])
    service = RenamesInPlace({f"9.{n}": folder / f"{which}.dcm" for n, which in enumerate(there)})
    renamed = find_renamed(service, workspace.folder, items, frozenset(i.sop_uid for i in items), frozenset(), {})
    assert len(renamed.found) == len(set(renamed.found.values())) == found
    assert renamed.suspected == bool(there)


def test_warnings_of_the_node_are_counted_and_kept_in_words(send, workspace, nodes):
    nodes.faults.set(["stow:warned@1-"])
    done = send()
    assert (done.verified, done.warnings) == (4, 4)
    kept = workspace.ledger.uploads.warnings(NODE)
    assert {row["warning"] for row in kept} == {"it changed values (code B000)"}
    assert {row["state"] for row in kept} == {"verified"}


@pytest.mark.parametrize("fault", ["stow:xml@1-", "stow:chunked-refused@1-", "stow:empty@1", "stow:status=401@1"])
def test_way_in_which_the_node_answers_loses_nothing(fault, send, nodes):
    nodes.faults.set([fault])
    done = send()
    assert (done.verified, done.failed, len(at_the_node(nodes))) == (4, 0, 4)


def test_only_series_with_a_failure_are_sent_again_when_that_is_asked_for(scanned, cohort, nodes):
    arguments = {"source": str(cohort.folder), "override": "invented"}
    nodes.faults.set(["stow:partial=1@1"])
    first = upload(scanned, **arguments)
    failed = scanned.ledger.uploads.failures(NODE)
    assert len(failed) == first.failed == 1
    nodes.faults.set([])
    again = upload(scanned, failed_only=True, **arguments)
    assert (again.sent, again.failed) == (1, 0)
    assert again.queued < first.queued
    assert scanned.ledger.uploads.counts(NODE).failed == 0


def test_node_that_asks_to_wait_is_left_alone_by_all_connections(scanned, cohort, nodes):
    nodes.faults.set(["stow:status=503,retry-after=1@1"])
    at = []
    answer = nodes._router.answer

    def timed(request):
        if request.method == "POST" and request.path.endswith("/dicom-web/studies"):
            now = time.monotonic()
            at.append(now)
            if at[0] != now and now - at[0] < 0.9:
                time.sleep(0.3)  # those under way last until the first one was told to wait
        return answer(request)

    nodes._router.answer = timed
    assert upload(scanned, source=str(cohort.folder), override="x", connections=4).failed == 0
    early = [one for one in at if one - at[0] < 0.9]
    assert len(early) <= 4  # those that were under way already
    assert len(at) > 4


def test_series_is_divided_so_that_every_connection_has_something_to_do(scanned, cohort, nodes):
    series = max(
        scanned.ledger.uploads.candidate_series([1]),
        key=lambda pair: len(scanned.ledger.uploads.candidates([1], *pair)),
    )
    items = scanned.ledger.uploads.candidates([1], *series)

    class Limits:
        max_batch_bytes, max_batch_instances = 10**9, 10**6

    many = [items[0]] * 1000
    cut = list(batches(many, Limits, 4))
    assert len(cut) >= 4
    assert [item for batch in cut for item in batch] == many
    assert len(list(batches(many, Limits))) == 1


def test_data_set_written_anew_is_the_same_and_a_changed_value_is_not(folder, tmp_path):
    original, anew = folder / "0.dcm", tmp_path / "anew.dcm"
    dataset = dcmread(original)
    dataset.file_meta.ImplementationVersionName = "SOMEBODY ELSE"
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.save_as(anew, implicit_vr=True, little_endian=True)
    with original.open("rb") as one, anew.open("rb") as other:
        assert same_content(one, other)
        assert pixel_digest(one) == pixel_digest(other) is not None
    change(anew, "changed")
    with original.open("rb") as one, anew.open("rb") as other:
        assert not same_content(one, other)
        assert pixel_digest(one) == pixel_digest(other)


def test_no_token_is_in_the_journal_or_the_log(send, workspace, nodes, tmp_path):
    nodes.faults.set(["stow:drop-at=1000@1", "stow:status=401@2"])
    send()
    assert json.loads((tmp_path / "ready.json").read_text())["upv"]["password"] == nodes.password
    for path in workspace.folder.rglob("*"):
        if path.is_file():
            assert nodes.password.encode() not in path.read_bytes()
            assert b"Bearer" not in path.read_bytes()


def test_states_after_a_stop_are_true(send, workspace, nodes):
    """What was acknowledged may be called so; nothing is called verified that the node did not list."""
    progress = Progress()
    asked = _sender.Sender.confirm

    def stops(self, units):
        progress.stop.set()
        asked(self, units)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sender.Sender, "confirm", stops)
        with pytest.raises(Stopped):
            send(progress=progress)
    counts = workspace.ledger.uploads.counts(NODE)
    assert (counts.sending, counts.verified, counts.acknowledged) == (0, 0, 4)
    done = send()
    assert (done.sent, done.verified, done.read_back) == (0, 4, 0)
    assert set(workspace.ledger.uploads.series_states(NODE).popitem()[1]) == {UploadState.VERIFIED}
