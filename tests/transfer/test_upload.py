"""Upload to the practice node: all arrives, faults lose nothing, reruns repeat nothing, nothing is claimed in vain."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from eucaim_nb import jobs
from eucaim_nb.dicom import scan
from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.ledger import UploadState
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.transfer import _patience, plan, upload, verify

from .conftest import control, sendable


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)


def test_everything_sendable_arrives_byte_for_byte_and_is_verified(send, scanned, nodes, held, cohort):
    done = send()
    assert held() == sendable(scanned)
    assert done.verified == done.queued == done.sent == len(held())
    assert (done.failed, done.already_there) == (0, 0)
    here = {hashlib.sha256(p.read_bytes()).hexdigest() for p in cohort.folder.rglob("*") if p.is_file()}
    assert {row["sha256"] for row in control(nodes, "/instances")["instances"]} <= here


def stored(nodes):
    """The requests that brought instances."""
    return [r for r in control(nodes, "/log")["requests"] if r["path"].endswith("/studies") and r["method"] == "POST"]


def test_rerun_sends_nothing_that_is_there(send, nodes):
    first = send()
    requests_before = len(stored(nodes))
    second = send()
    assert (second.sent, second.bytes, second.already_there) == (0, 0, first.queued)
    assert len(stored(nodes)) == requests_before


def test_instance_lost_by_the_server_is_noticed_and_sent_again(send, nodes, held):
    first = send()
    requests.post(nodes.control + "/wipe", timeout=10).raise_for_status()
    second = send()
    assert second.sent == first.queued == len(held())
    assert second.already_there == 0


FAULTS = [
    "stow:status=503@2",
    "stow:status=503@1-3",
    "stow:status=429,retry-after=0@2",
    "stow:drop-before@2",
    "stow:drop-after@2",
    "stow:lost@2",
    "stow:partial=2@1",
    "stow:status=500@1",
    "stow:delay=0.2@1",
    "qido:status=503@3",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_loses_nothing_and_nothing_is_claimed_in_vain(fault, send, scanned, nodes, held):
    nodes.faults.set([fault])
    done = send()
    if done.failed:  # what the node refuses by name is not forced on it: the next run tries again
        done = send()
    assert held() == sendable(scanned)
    assert (done.verified, done.failed) == (len(held()), 0)
    assert sum(fault["fired"] for fault in control(nodes)["faults"]) >= 1


def test_server_that_always_claims_success_is_not_believed(send, nodes, held):
    nodes.faults.set(["stow:lost@1-"])
    done = send()
    assert held() == set()
    assert (done.verified, done.failed) == (0, done.queued)


def test_reason_of_a_failed_instance_is_kept_in_words(send, scanned, nodes):
    nodes.faults.set(["stow:partial=1@1-"])
    done = send(series=[scanned.ledger.uploads.candidate_series([1])[0]])
    assert done.failed >= 1
    failures = scanned.ledger.uploads.failures(scanned.settings.node)
    assert len(failures) == done.failed
    assert all("did not store it" in failure["message"] for failure in failures)


def test_request_too_large_for_the_node_is_cut_in_two(send, scanned, nodes, held):
    largest = max(i.size for i in all_items(scanned))
    nodes.faults.set([f"stow:max-body={largest + 4096}@1-"])
    done = send()
    assert held() == sendable(scanned)
    assert done.failed == 0


def test_instance_larger_than_the_node_accepts_fails_alone(send, scanned, nodes, held):
    sizes = sorted(i.size for i in all_items(scanned))
    nodes.faults.set([f"stow:max-body={sizes[-1] - 1}@1-"])
    done = send()
    too_large = {i.sop_uid for i in all_items(scanned) if i.size + 300 > sizes[-1] - 1}
    assert held() == sendable(scanned) - too_large
    assert done.failed == len(too_large)
    assert "larger than the node accepts" in scanned.ledger.uploads.failures("practice-upv")[0]["message"]


def test_full_disk_of_the_node_ends_the_upload_and_says_so(send, scanned, nodes, held):
    nodes.faults.set(["stow:disk-full@3-"])
    with pytest.raises(NodeError, match="disk is full"):
        send()
    assert scanned.ledger.uploads.counts("practice-upv").verified <= len(held())
    nodes.faults.set([])
    assert send().failed == 0
    assert held() == sendable(scanned)


def test_node_that_is_gone_ends_the_upload_in_words_and_keeps_what_is_verified(send, scanned, nodes):
    done = send(series=[scanned.ledger.uploads.candidate_series([1])[0]])
    nodes.stop()
    with pytest.raises(NodeError, match=r"cannot be used|not running"):
        send()
    assert scanned.ledger.uploads.counts("practice-upv").verified == done.verified


def test_wrong_password_is_refused_in_words(workspace, cohort, nodes, tmp_path):
    ready = tmp_path / "ready.json"
    ready.write_text(ready.read_text().replace(nodes.password, "wrong"))
    scan(workspace, [cohort.folder])
    with pytest.raises(NodeError, match="user name and password"):
        upload(workspace, source=str(cohort.folder), override="x")


def test_images_not_verified_as_deidentified_stay_here(scanned, cohort, nodes, held):
    for reason in (None, "", "   "):
        with pytest.raises(Refused, match="not been verified"):
            upload(scanned, source=str(cohort.folder), override=reason)
    assert held() == set()


def test_typed_reason_is_recorded(send, scanned, nodes):
    send(series=[scanned.ledger.uploads.candidate_series([1])[0]])
    events = {event.action: event.detail for event in scanned.ledger.events.all()}
    assert events["upload without verified de-identification"]["reason"] == "invented people"


def test_dry_run_says_what_the_upload_then_does(send, scanned, cohort, nodes, held):
    first = scanned.ledger.uploads.candidate_series([1])[:3]
    send(series=first)
    before = held()
    planned = plan(scanned, source=str(cohort.folder))
    assert held() == before
    assert planned.already_there == len(before)
    done = send()
    assert (done.queued, done.sent, done.bytes) == (planned.queued, planned.to_send, planned.bytes)
    assert planned.left_out == done.left_out == {"held_back": 1, "duplicates": 1, "excluded": 0}


def test_several_connections_bring_the_same(send, scanned, held):
    done = send(connections=4)
    assert held() == sendable(scanned)
    assert done.verified == done.queued == done.sent


def test_chosen_series_only(send, scanned, held):
    pair = scanned.ledger.uploads.candidate_series([1])[1]
    done = send(series=[list(pair)])
    assert held() == {i.sop_uid for i in scanned.ledger.uploads.candidates([1], *pair)}
    assert done.queued == len(held())


def test_members_of_archives_are_sent_as_they_are(workspace, cohort, nodes, held, tmp_path):
    import zipfile

    source = next(p for p in sorted(cohort.folder.rglob("IM0002*")) if p.is_file())
    folder = tmp_path / "zipped"
    folder.mkdir()
    with zipfile.ZipFile(folder / "cd.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(source, "a/b.dcm")
    scan(workspace, [folder], archives=True)
    assert upload(workspace, source=str(folder), override="x").verified == 1
    sent = control(nodes, "/instances")["instances"][0]["sha256"]
    assert sent == hashlib.sha256(source.read_bytes()).hexdigest()


def test_file_that_changed_since_the_scan_is_not_sent(workspace, nodes, held, cohort, tmp_path):
    folder = tmp_path / "some"
    folder.mkdir()
    ct = sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]
    for path in ct:
        (folder / path.name).write_bytes(path.read_bytes())
    scan(workspace, [folder])
    changed = folder / ct[1].name
    changed.write_bytes(changed.read_bytes() + b"\0\0")
    done = upload(workspace, source=str(folder), override="x")
    assert (done.verified, done.failed) == (len(held()), 1)
    assert "Scan again" in workspace.ledger.uploads.failures("practice-upv")[0]["message"]


@pytest.fixture
def four(workspace, cohort, tmp_path):
    """A folder with four instances of one series, scanned."""
    folder = tmp_path / "four"
    folder.mkdir()
    for number, path in enumerate(sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]):
        (folder / f"{number}.dcm").write_bytes(path.read_bytes())
    scan(workspace, [folder])
    return folder


def spoil(path, how):
    content = path.read_bytes()
    path.unlink()
    if how == "same size":
        path.write_bytes(bytes(len(content)))
        os.utime(path, ns=(1, 1))
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "folder":
        path.mkdir()


@pytest.mark.parametrize("how", ["gone", "same size", "pipe", "folder"])
def test_file_that_is_no_longer_what_was_scanned_fails_at_once_and_alone(how, four, workspace, nodes, held):
    spoil(four / "1.dcm", how)
    began = time.monotonic()
    done = upload(workspace, source=str(four), override="x")
    assert time.monotonic() - began < 5
    assert (done.verified, done.failed) == (len(held()), 1) == (3, 1)
    assert "Scan again" in workspace.ledger.uploads.failures("practice-upv")[0]["message"]


def test_file_lost_during_the_request_is_not_taken_for_the_network(four, workspace, nodes, held, monkeypatch):
    monkeypatch.setattr("eucaim_nb.dicom.Place.unchanged_since", lambda *_: True)
    (four / "1.dcm").unlink()
    began = time.monotonic()
    done = upload(workspace, source=str(four), override="x")
    assert time.monotonic() - began < 5
    assert (done.verified, done.failed, len(held())) == (3, 1, 3)


def test_files_touched_and_scanned_again_are_still_read_back(four, workspace, nodes):
    upload(workspace, source=str(four), override="x")
    for path in four.iterdir():
        os.utime(path, ns=(5, 5))
    scan(workspace, [four])
    compared = verify(workspace, readback=100)
    assert (compared.read_back, compared.different, compared.unreadable) == (4, 0, 0)


def test_what_cannot_be_compared_is_counted(four, workspace, nodes):
    upload(workspace, source=str(four), override="x")
    (four / "0.dcm").unlink()
    nodes.faults.set(["wado:status=404@1"])
    compared = verify(workspace, readback=100)
    assert (compared.missing, compared.read_back, compared.unreadable) == (0, 2, 2)
    nodes.faults.set(["wado:status=503@1"])
    assert verify(workspace, readback=100).unreadable == 1
    with pytest.raises(SettingsError, match="percent"):
        verify(workspace, readback=101)


def test_nothing_stays_in_sending_when_the_upload_ends(four, workspace, nodes):
    nodes.faults.set(["stow:status=403@1-"])
    with pytest.raises(NodeError):
        upload(workspace, source=str(four), override="x")
    counts = workspace.ledger.uploads.counts("practice-upv")
    assert (counts.sending, counts.queued) == (0, 4)


def test_nothing_scanned_and_nothing_deidentified_are_said(workspace, tmp_path):
    with pytest.raises(WorkspaceError, match="not scanned"):
        upload(workspace, source=str(tmp_path), override="x")
    with pytest.raises(WorkspaceError, match="no de-identified images"):
        upload(workspace, override="x")


def test_real_node_without_an_address_says_what_is_missing(tmp_path, cohort):
    from eucaim_nb import workspace as workspaces

    made = workspaces.create(tmp_path / "real", node="upv")
    scan(made, [cohort.folder])
    with pytest.raises(SettingsError, match="DICOMweb address"):
        upload(made, source=str(cohort.folder), override="x")
    http = made.change(node_options={"dicomweb": "http://node.example/dicom-web"})
    with pytest.raises(SettingsError, match="https"):
        upload(http, source=str(cohort.folder), override="x")


@pytest.mark.parametrize("seed", range(3))
def test_second_upload_after_kill_sends_only_what_the_server_lacks(seed, scanned, cohort, tmp_path, monkeypatch):
    """The worker is killed at some moment; then the server holds all, each once, and no verified byte went twice."""
    with PracticeNodes(tmp_path / "killed", faults=["stow:delay=0.3@1-"]) as nodes:
        (tmp_path / "ready.json").write_text(json.dumps(nodes.ready()))
        arguments = {"source": str(cohort.folder), "override": "invented"}
        job = jobs.start(scanned, "upload", arguments)
        counts = scanned.ledger.uploads.counts
        end = time.monotonic() + 30
        while counts("practice-upv").acknowledged < 5 + 15 * seed and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(scanned.ledger.jobs.get(job.id).pid, signal.SIGKILL)
        while jobs.get(scanned, job.id).alive:
            time.sleep(0.02)
        verified = counts("practice-upv").verified
        there = settled(nodes)
        assert verified <= len(there) < len(sendable(scanned))
        nodes.faults.set([])
        again = upload(scanned, **arguments)
        assert again.already_there == len(there)
        assert again.sent == again.queued - len(there)
        assert {row["sop"] for row in control(nodes, "/instances")["instances"]} == sendable(scanned)
        assert again.failed == 0


def test_verify_finds_what_the_server_lost_and_what_differs(send, scanned, nodes, monkeypatch):
    send()
    good = verify(scanned, readback=100)
    assert (good.missing, good.different, good.read_back) == (0, 0, good.expected)
    changed = all_items(scanned)[0]
    path = Path(os.fsdecode(changed.root)) / os.fsdecode(changed.folder) / os.fsdecode(changed.name)
    original = path.read_bytes()
    try:
        path.write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
        assert verify(scanned, readback=100).different == 1
    finally:
        path.write_bytes(original)
    requests.post(nodes.control + "/wipe", timeout=10).raise_for_status()
    bad = verify(scanned)
    assert (bad.present, bad.missing) == (0, good.expected)
    assert scanned.ledger.uploads.counts("practice-upv").verified == 0


def test_ctrl_c_of_the_command_line_stops_and_resumes(scanned, cohort, tmp_path):
    with PracticeNodes(tmp_path / "slow", faults=["stow:delay=1@1-"]) as nodes:
        (tmp_path / "ready.json").write_text(json.dumps(nodes.ready()))
        command = [sys.executable, "-m", "eucaim_nb", "upload", str(scanned.folder), "images", "--json"]
        command += ["--source", str(cohort.folder), "--override", "invented"]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while scanned.ledger.uploads.counts("practice-upv").acknowledged < 5:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 1
        assert jobs.latest(scanned, "upload").state is jobs.JobState.STOPPED
        assert scanned.ledger.uploads.counts("practice-upv").total > 5
        nodes.faults.set([])
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert scanned.ledger.uploads.counts("practice-upv").verified == len(sendable(scanned))


def settled(nodes):
    """What the node holds once the request that was under way has ended there too."""
    held, before = None, -1
    while held is None or len(held) != before:
        before = -1 if held is None else len(held)
        time.sleep(0.3)
        held = {row["sop"] for row in control(nodes, "/instances")["instances"]}
    return held


def all_items(workspace):
    uploads = workspace.ledger.uploads
    return [i for pair in uploads.candidate_series([1]) for i in uploads.candidates([1], *pair)]


def test_states_of_the_journal_are_those_documented():
    assert [state.value for state in UploadState] == ["queued", "sending", "acknowledged", "verified", "failed"]
