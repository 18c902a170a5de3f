"""A CTP on this computer loses nothing, sends nothing twice, and counts only what XNAT lists."""

import json
import os
import shutil
import stat
import sys
import time
from pathlib import Path
from threading import Thread

import psutil
import pytest
import requests
import xnat
from pydicom import dcmread
from pydicom.data import get_testdata_file

from eucaim_nb import deid, transfer
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.errors import EucaimError, NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.nodes.health_ri import ctp as files_of_ctp
from eucaim_nb.transfer import _patience
from eucaim_nb.transfer.ctp import _folder, _make, _send, make, send
from eucaim_nb.transfer.ctp._relay import Relay

from ..conftest import control

RULES = files_of_ctp.Rules(**deid.plain_rules(deid.load_profile("eucaim")))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A workspace with verified outputs, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared") / "submission"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EUCAIM_NB_STATE", str(tmp_path_factory.mktemp("state")))
        made = workspaces.create(folder, node="practice-health-ri", project="PRACTICE")
        originals = tmp_path_factory.mktemp("originals")
        for number in range(24):
            one = dcmread(get_testdata_file("CT_small.dcm"))
            one.PatientID, one.InstanceNumber = f"HOSP-{number // 12:05}", number
            one.StudyInstanceUID, one.SeriesInstanceUID = f"1.2.3.{number // 6}", f"1.2.4.{number // 3}"
            one.SeriesNumber = 1 + number // 3 % 2
            one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = f"1.2.5.{number}"
            one.save_as(originals / f"{number}.dcm")
        scan(made, [originals])
        deid.deidentify(made)
    return folder


@pytest.fixture
def workspace(prepared, nodes, tmp_path, monkeypatch):
    shutil.copytree(prepared, tmp_path / "submission", copy_function=shutil.copy2)
    opened = workspaces.open_workspace(tmp_path / "submission").change(practice=str(tmp_path / "ready.json"))
    home, java = tmp_path / "CTP", tmp_path / "jdk" / "bin" / "java"
    (home / "libraries").mkdir(parents=True)
    (home / "libraries" / "CTP.jar").touch()
    java.parent.mkdir(parents=True)
    java.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).parent / "stand_in.py"}" "$@"\n')
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    monkeypatch.setenv("CTP_HOME", str(home))
    monkeypatch.setattr(_send, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(_folder, "_ZIPPED", 7)
    make(opened, RULES)
    return opened


@pytest.fixture
def at_the_node(nodes):
    """How many files the practice project has."""
    ready = nodes.ready()["health_ri"]

    def count() -> int:
        with xnat.connect(ready["url"], user=ready["username"], password=ready["password"], loglevel="ERROR") as one:
            experiments = one.projects["PRACTICE"].experiments.values()
            listed = [one.get_json(f"{e.uri}/scans/ALL/files")["ResultSet"]["Result"] for e in experiments]
        return sum(len(rows) for rows in listed)

    return count




def imports(nodes):
    return [r for r in control(nodes, "/log")["requests"] if r["path"].endswith("/data/services/import")]


def test_everything_verified_here_arrives_once_and_is_listed(workspace, at_the_node):
    done = send(workspace)
    assert done.queued == done.sent == done.verified == at_the_node() == 24
    assert (done.missing, done.quarantined, done.refusals) == (0, 0, [])


def test_a_second_run_sends_nothing_and_the_comparison_finds_all(workspace, nodes):
    done = send(workspace)
    before = len(imports(nodes))
    again = send(workspace)
    assert (again.sent, again.already_there, again.verified) == (0, done.queued, done.queued)
    assert len(imports(nodes)) == before
    compared = transfer.verify(workspace)
    assert (compared.present, compared.missing) == (done.queued, 0)


FAULTS = [
    "xnat-import:status=503@2",
    "xnat-import:drop-before@2",
    "xnat-import:drop-after@2",
    "xnat-import:session-expired@3",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_node_costs_no_image(fault, workspace, nodes, at_the_node):
    nodes.faults.set([fault])
    done = send(workspace)
    assert done.verified == done.queued == at_the_node()


@pytest.mark.parametrize("fault", ["xnat-import:lost@2", "xnat-import:partial=2@2"])
def test_what_the_node_only_claims_to_have_is_missing_until_the_next_run(fault, workspace, nodes, at_the_node):
    nodes.faults.set([fault])
    first = send(workspace)
    assert first.missing > 0
    assert first.verified == first.queued - first.missing
    again = send(workspace)
    assert (again.missing, again.sent) == (0, first.missing)
    assert at_the_node() == first.queued


def test_what_the_node_refuses_is_missing_with_its_reason(workspace, nodes):
    nodes.faults.set(["xnat-import:label-refused@1"])
    done = send(workspace)
    assert done.missing > 0
    assert done.verified == done.queued - done.missing
    assert "label" in done.refusals[0]


def test_a_run_that_was_stopped_goes_on_where_it_was(workspace, nodes, monkeypatch, at_the_node):
    nodes.faults.set(["xnat-import:delay=0.3@1-100"])
    progress = Progress()

    def stop() -> None:
        while not (progress.doing.startswith("CTP sends") and progress.done):
            time.sleep(0.02)
        progress.stop.set()

    Thread(target=stop, daemon=True).start()
    with pytest.raises(Stopped):
        send(workspace, progress=progress)
    assert not [p for p in psutil.Process().children(recursive=True) if "stand_in.py" in " ".join(p.cmdline())]
    nodes.faults.set([])
    done = send(workspace)
    assert done.already_there >= 1
    assert done.verified == done.queued == at_the_node()


def test_a_disk_that_is_full_at_the_node_ends_the_run_in_words(workspace, nodes):
    nodes.faults.set(["xnat-import:status=507@1-100"])
    with pytest.raises(NodeError, match="disk is full"):
        send(workspace)


def test_files_too_young_for_ctp_are_waited_for(workspace, at_the_node):
    newest = max(path.stat().st_mtime for path in workspace.deidentified.rglob("*.dcm"))
    done = send(workspace)
    assert time.time() - newest >= files_of_ctp.MIN_AGE_SECONDS
    assert done.missing == 0


def test_no_output_is_sent_that_changed_since_it_was_verified(workspace, nodes):
    output = next(workspace.deidentified.rglob("*.dcm"))
    os.utime(output, ns=(1, 1))
    with pytest.raises(Refused, match="not been verified"):
        send(workspace)
    assert imports(nodes) == []


def test_outputs_stay_as_they_are(workspace):
    def state():
        return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in workspace.deidentified.rglob("*.dcm")}

    before = state()
    send(workspace)
    assert state() == before


def test_ctp_does_not_deidentify_without_a_reason(workspace, nodes):
    with pytest.raises(Refused, match="give the reason"):
        send(workspace, deidentify=True)
    assert imports(nodes) == []


def test_ctp_is_not_started_on_originals_while_nobody_has_a_pseudonym(workspace, nodes, tmp_path):
    fresh = workspaces.create(
        tmp_path / "fresh", node="practice-health-ri", project="PRACTICE", practice=workspace.settings.practice
    )
    (tmp_path / "original").mkdir()
    shutil.copy(get_testdata_file("CT_small.dcm"), tmp_path / "original")
    scan(fresh, [tmp_path / "original"])
    with pytest.raises(WorkspaceError, match="No patient has a pseudonym"):
        send(fresh, deidentify=True, override="invented people")
    assert imports(nodes) == []


def test_no_password_and_no_original_number_is_written_where_ctp_reads(workspace, nodes):
    send(workspace)
    ready = nodes.ready()["health_ri"]
    originals = {row.patient_id for row in workspace.ledger.index.series(workspace.originals())} - {""}
    for path in (workspace.folder / "private" / "ctp" / "run").rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            assert ready["password"] not in text
            assert not [one for one in originals if len(one) > 4 and one in text]


def test_the_table_of_pseudonyms_stays_private_wherever_the_files_go(workspace, tmp_path):
    made = make(workspace, RULES, tmp_path / "elsewhere")
    table = workspace.folder / "private" / "ctp" / files_of_ctp.LOOKUP
    assert table in made.files
    assert not (tmp_path / "elsewhere" / files_of_ctp.LOOKUP).exists()
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    old = next(line.split("/")[1].split("=")[0] for line in table.read_text().splitlines() if line.startswith("ptid"))
    for path in (tmp_path / "elsewhere").iterdir():
        assert old not in path.read_text()


def test_a_script_spoilt_by_hand_does_not_start_ctp(workspace, nodes):
    routing = workspace.folder / "private" / "ctp" / files_of_ctp.ROUTING
    routing.write_text(routing.read_text().replace("Subject:", ""))
    with pytest.raises(SettingsError, match=r"anonymizerXnat\.script"):
        send(workspace)
    assert imports(nodes) == []


def test_what_is_missing_is_said_in_words(workspace, monkeypatch, tmp_path):
    monkeypatch.setenv("CTP_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match=r"CTP\.jar"):
        send(workspace)
    monkeypatch.delenv("CTP_HOME")
    with pytest.raises(SettingsError, match="ctp_home"):
        send(workspace)


def test_another_node_has_no_ctp(tmp_path, nodes):
    other = workspaces.create(tmp_path / "upv", node="practice-upv", practice=str(tmp_path / "ready.json"))
    with pytest.raises(EucaimError, match="Health-RI"):
        make(other, RULES)


def test_a_stranger_on_this_computer_sends_nothing_through_the_relay(nodes, tmp_path):
    with Relay(tmp_path, {}) as relay:
        answer = requests.post(relay.address.rpartition("/")[0] + "/guess", data=b"x", timeout=10)
    assert answer.status_code == 403
    assert imports(nodes) == []


def test_young_patients_with_the_same_number_are_left_out_of_the_table():
    assert _make._certain([("1", "A"), ("1 ", "B"), ("2", "C"), ("", "D")]) == {"2": "C"}


def test_files_say_where_images_go(workspace):
    config = (workspace.folder / "private" / "ctp" / files_of_ctp.CONFIG).read_text()
    ready = json.loads(Path(workspace.settings.practice).read_text())["health_ri"]
    assert ready["url"].partition("//")[2] in config
    assert str(workspace.deidentified) in config
