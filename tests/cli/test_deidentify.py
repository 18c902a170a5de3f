"""`deidentify` from the command line, and the way from a scan to an upload without a typed reason."""

import hashlib
import json
import signal
import subprocess
import sys
import time

import pytest
from pydicom import dcmread

from eucaim_nb import jobs
from eucaim_nb.cli import main


@pytest.fixture
def folder(cohort, tmp_path):
    """Four planes of one CT."""
    path = tmp_path / "originals"
    path.mkdir()
    for number, plane in enumerate(sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]):
        (path / f"{number}.dcm").write_bytes(plane.read_bytes())
    return path


KEYS = {"written", "skipped", "quarantined", "profile", "edition", "verified", "findings", "seconds"}


def test_from_scan_to_upload_without_a_reason_by_commands_alone(heard, workspace, nodes, folder):
    heard("scan", workspace.folder, folder)
    status, done, _ = heard("deidentify", workspace.folder)
    assert set(done) >= KEYS
    assert (status, done["written"], done["verified"], done["findings"], done["profile"]) == (0, 4, 4, [], "eucaim")
    assert done["edition"].startswith("20")
    status, again, _ = heard("deidentify", workspace.folder)
    assert (status, again["written"], again["skipped"]) == (0, 0, 4)
    status, sent, _ = heard("upload", workspace.folder, "images")
    assert (status, sent["verified"]) == (0, 4)
    states = {phase["id"]: phase["state"] for phase in heard("status", workspace.folder)[1]["phases"]}
    assert states["deidentify"] == "done"


def test_findings_name_the_file_below_its_folder_and_never_a_value(heard, workspace, cohort):
    heard("scan", workspace.folder, cohort.folder)
    status, done, _ = heard("deidentify", workspace.folder)
    assert status == 1
    assert done["quarantined"] == sum(one["severity"] == "ERR" for one in done["findings"]) > 0
    assert all({"path", "kind", "severity", "message"} <= set(one) for one in done["findings"])
    assert all((cohort.folder / one["path"]).is_file() for one in done["findings"])
    assert done["findings_by_kind"]["same UID, other content"] == 1


def test_dry_run_says_what_would_be_done_and_writes_nothing(heard, workspace, folder, capsys):
    heard("scan", workspace.folder, folder)
    status, planned, _ = heard("deidentify", workspace.folder, "--dry-run", "--profile", "basic")
    assert (status, planned["written"], planned["dry_run"]) == (0, 4, True)
    assert planned["actions"]["(0010,0010) Patient's Name"]
    assert list(workspace.deidentified.iterdir()) == []
    main(["deidentify", str(workspace.folder), "--dry-run"])
    assert "Nothing was written. 4 instances would be" in capsys.readouterr().out


def test_what_was_chosen_on_the_page_is_a_profile_file_for_the_command(heard, workspace, folder, capsys):
    from eucaim_nb.deid import change_answers, load_profile

    document = dcmread(folder / "3.dcm")
    document.EncapsulatedDocument = b"%PDF-1.7"
    document.save_as(folder / "3.dcm")
    heard("scan", workspace.folder, folder)
    given = {"documents": "drop", "dates": "remove"}
    path = change_answers(workspace, load_profile("eucaim"), given, "The DPO wants no dates")
    status, done, _ = heard("deidentify", workspace.folder, "--profile", path)
    assert (status, done["written"], done["dropped"], done["quarantined"]) == (0, 3, 1, 0)
    assert done["profile"] == "eucaim-site"
    assert [one["kind"] for one in done["findings"]] == ["encapsulated document"]
    grave = [one for one in done["objections"] if one["grave"]]
    assert {one["by"] for one in grave} == {"EUCAIM", "UPV node"}
    main(["deidentify", str(workspace.folder), "--profile", str(path)])
    said = capsys.readouterr().out
    assert "UPV node: Study Date is emptied" in said
    assert "1 left out by the profile" in said


def test_outputs_deidentified_again_are_left_alone_and_said(heard, workspace, folder, tmp_path):
    heard("scan", workspace.folder, folder)
    heard("deidentify", workspace.folder)
    heard("init", tmp_path / "again", "--node", "practice-upv")
    heard("scan", tmp_path / "again", workspace.deidentified)
    status, done, _ = heard("deidentify", tmp_path / "again")
    assert (status, done["written"], done["already"]) == (0, 0, 4)
    assert {one["kind"] for one in done["findings"]} == {"de-identified by this program"}


def test_profile_file_and_secret_file_are_used_and_the_secret_stays_nowhere(heard, workspace, folder, tmp_path):
    from eucaim_nb.deid import load_profile, save_profile

    heard("scan", workspace.folder, folder)
    save_profile(load_profile("lethe-compatible"), tmp_path / "ours.toml")
    secret = "canary-5d21"
    (tmp_path / "secret.txt").write_text(secret + "\n")
    status, done, _ = heard(
        "deidentify", workspace.folder, "--profile", tmp_path / "ours.toml", "--secret-file", tmp_path / "secret.txt"
    )
    assert (status, done["written"]) == (0, 4)
    original = str(dcmread(folder / "0.dcm").PatientID)
    number = int.from_bytes(hashlib.md5(f"[{secret}]{original}".encode()).digest(), "big")
    assert {path.name for path in workspace.deidentified.iterdir()} == {f"EUCAIM-{number}"}
    for path in workspace.folder.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{ws}"], "Scan one first"),
        (["{tmp}/none"], "no workspace"),
        (["{ws}", "--profile", "nonsense"], "Scan one first"),
        (["{ws}", "--secret-file", "{tmp}/none"], "cannot be read"),
    ],
)
def test_what_cannot_run_exits_with_2_and_says_why(heard, workspace, tmp_path, arguments, says):
    status, answer, _ = heard("deidentify", *(one.format(ws=workspace.folder, tmp=tmp_path) for one in arguments))
    assert status == 2
    assert says in answer["error"]


def test_unknown_profile_is_named(heard, workspace, folder):
    heard("scan", workspace.folder, folder)
    status, answer, _ = heard("deidentify", workspace.folder, "--profile", "nonsense")
    assert status == 2
    assert "no profile" in answer["error"]


def test_ctrl_c_stops_at_a_safe_point_and_the_same_command_goes_on(heard, workspace, cohort):
    heard("scan", workspace.folder, cohort.folder)
    command = [sys.executable, "-m", "eucaim_nb", "deidentify", str(workspace.folder), "--json", "--workers", "2"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not list(workspace.deidentified.rglob("*.dcm")) and time.monotonic() < end:
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert b"Traceback" not in err
    assert jobs.latest(workspace, "deidentify").state in (jobs.JobState.STOPPED, jobs.JobState.DONE)
    done = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert done["verified"] == done["outputs"] == len(list(workspace.deidentified.rglob("*.dcm"))) > 90


def test_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["deidentify", "--help"])
    assert ended.value.code == 0
    assert "example: eucaim-nb deidentify" in capsys.readouterr().out
