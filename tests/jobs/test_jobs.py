"""Jobs: detached, followed, stopped, killed, resumed; nothing secret leaves the pipe."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from eucaim_nb import jobs
from eucaim_nb.dicom import scan
from eucaim_nb.errors import JobBusy, WorkspaceError
from eucaim_nb.jobs import JobState, _process
from eucaim_nb.ledger import Process
from eucaim_nb.practice.sample import write_cohort


def wait_for(job, workspace, seconds=60):
    end = time.monotonic() + seconds
    for snapshot in jobs.follow(workspace, job.id, every=0.05):
        assert time.monotonic() < end, snapshot
    return snapshot


def test_detached_scan_gives_the_same_as_the_verb_called_here(workspace, cohort):
    job = wait_for(jobs.start(workspace, "scan", {"folders": [str(cohort.folder)]}), workspace)
    assert job.state is JobState.DONE
    assert (job.done, job.total) == (cohort.files, cohort.files)
    here = scan(workspace, [cohort.folder])
    assert job.result["instances"] == here.instances == cohort.instances


def test_worker_outlives_the_process_that_started_it(workspace, cohort):
    code = (
        "import sys; from eucaim_nb import jobs, workspace as w\n"
        "print(jobs.start(w.open_workspace(sys.argv[1]), 'scan', {'folders': [sys.argv[2]]}).id)\n"
    )
    command = [sys.executable, "-c", code, str(workspace.folder), str(cohort.folder)]
    started = subprocess.run(command, capture_output=True, text=True, check=True)
    assert wait_for(jobs.get(workspace, int(started.stdout)), workspace).state is JobState.DONE


def test_double_click_starts_one_worker(workspace, tmp_path):
    folder = slow_folder(tmp_path)
    first = jobs.start(workspace, "scan", {"folders": [str(folder)]})
    second = jobs.start(workspace, "scan", {"folders": [str(folder)]})
    assert first.id == second.id
    with pytest.raises(JobBusy, match="already at work"):
        jobs.run(workspace, "scan", {"folders": [str(folder)]})
    jobs.stop(workspace, first.id)
    assert wait_for(first, workspace).state in (JobState.STOPPED, JobState.DONE)


def test_stopped_scan_keeps_what_it_read_and_goes_on_there(workspace, tmp_path):
    folder = slow_folder(tmp_path)
    job = jobs.start(workspace, "scan", {"folders": [str(folder)]})
    wait_until(lambda: jobs.get(workspace, job.id).doing == "Reading headers")
    jobs.stop(workspace, job.id)
    ended = wait_for(job, workspace)
    assert ended.state in (JobState.STOPPED, JobState.DONE)
    known = workspace.ledger.index.totals().files
    again = scan(workspace, [folder])
    assert again.unchanged == known
    assert again.files == 6000


def test_killed_scan_is_seen_as_interrupted_and_resumes(workspace, tmp_path):
    folder = slow_folder(tmp_path)
    job = jobs.start(workspace, "scan", {"folders": [str(folder)]})
    wait_until(lambda: jobs.get(workspace, job.id).state is JobState.RUNNING)
    os.kill(workspace.ledger.jobs.get(job.id).pid, signal.SIGKILL)
    wait_until(lambda: not jobs.get(workspace, job.id).alive)
    assert jobs.get(workspace, job.id).state is JobState.INTERRUPTED
    again = wait_for(jobs.start(workspace, "scan", {"folders": [str(folder)]}), workspace)
    assert again.id != job.id
    assert again.result["files"] == 6000


def test_failed_job_says_why_without_a_traceback(workspace, tmp_path):
    job = wait_for(jobs.start(workspace, "scan", {"folders": [str(tmp_path / "no such folder")]}), workspace)
    assert job.state is JobState.FAILED
    assert job.error.startswith("There is no folder")


def test_unexpected_error_reaches_row_and_log_without_its_text(workspace, monkeypatch):
    def leak(*_, **__):
        raise ValueError("PatientName is Iñigo^Montoya")

    monkeypatch.setattr("eucaim_nb.dicom.scan", leak)
    job = jobs.run(workspace, "scan", {"folders": []})
    assert job.state is JobState.FAILED
    written = job.error + (workspace.logs / f"job-{job.id}.log").read_text()
    assert "ValueError" in written
    assert "Montoya" not in written


def test_secret_reaches_the_verb_but_no_file_argv_or_environment(workspace, monkeypatch):
    canary = "canary-7c1f"
    seen = {}

    def verb(workspace, *, folders, password, progress):
        seen["password"] = password
        raise WorkspaceError("stop here")

    monkeypatch.setattr("eucaim_nb.dicom.scan", verb)
    jobs.run(workspace, "scan", {"folders": []}, secrets={"password": canary})
    assert seen["password"] == canary
    for path in workspace.folder.rglob("*"):
        assert not path.is_file() or canary.encode() not in path.read_bytes(), path


def test_worker_gets_its_secrets_by_pipe_only(workspace, tmp_path):
    canary = "canary-9e2d"
    folder = slow_folder(tmp_path)
    job = jobs.start(workspace, "scan", {"folders": [str(folder)]}, secrets={"archives": canary})
    worker = psutil.Process(workspace.ledger.jobs.get(job.id).pid)
    assert canary not in " ".join(worker.cmdline())
    assert canary not in str(worker.environ())
    assert "QUERY_STRING" not in worker.environ()
    assert wait_for(job, workspace).state is JobState.DONE
    for path in workspace.folder.rglob("*"):
        assert not path.is_file() or canary.encode() not in path.read_bytes(), path


def test_windows_worker_is_detached_and_has_its_own_process_group():
    assert _process.detached_options("win32") == {"creationflags": 0x8 | 0x200}
    assert _process.detached_options("linux") == _process.detached_options("darwin") == {"start_new_session": True}


def test_process_number_used_again_by_another_program_is_not_our_worker(workspace):
    row, _ = workspace.ledger.jobs.claim("scan", {}, _process.this_process(), _process.is_alive)
    workspace.ledger.jobs.attach(row.id, os.getpid(), _process.started(os.getpid()))
    assert jobs.get(workspace, row.id).alive
    workspace.ledger.jobs.attach(row.id, os.getpid(), _process.started(os.getpid()) - 1000)
    assert jobs.get(workspace, row.id).state is JobState.INTERRUPTED


def test_job_whose_process_was_killed_right_after_it_claimed_it_keeps_nobody_waiting(workspace):
    claim = (
        "import os, sys; from eucaim_nb import workspace; from eucaim_nb.jobs import _process; "
        "jobs = workspace.open_workspace(sys.argv[1]).ledger.jobs; "
        "jobs.claim('scan', {}, _process.this_process(), _process.is_alive); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", claim, str(workspace.folder)], check=False)
    assert jobs.latest(workspace, "scan").state is JobState.INTERRUPTED
    assert workspace.ledger.jobs.claim("scan", {}, _process.this_process(), _process.is_alive)[1]


def test_job_on_another_computer_is_alive_while_it_gives_signs_of_life(workspace):
    row, _ = workspace.ledger.jobs.claim("scan", {}, Process("another-host", 1, None), _process.is_alive)
    workspace.ledger.jobs.attach(row.id, 1, 0.0)
    assert jobs.get(workspace, row.id).alive
    silent = _process.is_alive
    assert not silent(type("Row", (), {"pid": 1, "host": "another-host", "heartbeat_at": time.time() - 60})())


def slow_folder(tmp_path):
    """A folder whose scan takes a second or two."""
    folder = tmp_path / "many"
    folder.mkdir()
    one = write_cohort(tmp_path / "one", patients=1, instances=14).folder
    content = next(one.rglob("IM0001*")).read_bytes()[:9000]
    for number in range(6000):
        (folder / f"{number:05d}").write_bytes(content)
    return folder


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
