"""The way with CTP on the upload page: its files are checked in words, what is missing is said, and a run is shown."""

import time
from dataclasses import replace

import pytest

from eucaim_nb import jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.transfer import ctp as ctp_room
from eucaim_nb.ui.pages._upload import _UploadPage
from tests.ui.widgets import labels, named, text, until


@pytest.fixture
def page(tmp_path, cohort, nodes):
    workspace = workspaces.create(
        tmp_path / "submission",
        node="practice-health-ri",
        project="PRACTICE",
        practice=str(tmp_path / "ready.json"),
    )
    scan(workspace, [cohort.folder])
    return _UploadPage(workspace)


def opened(page):
    page.other_ways.program.line.click()
    return page.other_ways.program.root


def test_files_are_written_and_the_check_is_shown_in_words(page, monkeypatch):
    monkeypatch.delenv("CTP_HOME", raising=False)
    panel = opened(page)
    named(panel, "Write and check").click()
    until(lambda: "8 files" in text(panel))
    assert "Nobody is in the table" in text(panel)
    folder = page.workspace.folder / "private" / "ctp"
    assert (folder / "config.xml").exists()


def test_without_ctp_the_start_says_what_to_install(page, monkeypatch):
    monkeypatch.delenv("CTP_HOME", raising=False)
    named(opened(page), "Start CTP").click()
    assert "ctp_home" in text(page.page.root)
    assert jobs.latest(page.workspace, "ctp") is None


def test_ctp_deidentifies_only_with_a_typed_reason_and_after_saying_what_follows(page, monkeypatch):
    started = []
    monkeypatch.setattr(ctp_room, "find_program", lambda workspace: None)
    monkeypatch.setattr(jobs, "start", lambda workspace, kind, arguments, secrets: started.append((kind, arguments)))
    panel = opened(page)
    named(panel, "Let CTP de-identify the originals instead").click()
    assert "nobody looks at it" in text(panel)
    assert "Text in pictures stays" in text(panel)
    named(panel, "Let CTP de-identify and send").click()
    assert not started
    assert "Type a reason" in text(page.page.root)
    named(panel, "Reason why images may be sent that nobody verified").value = "the DPO agreed on 3 March"
    time.sleep(0.6)  # a second click within half a second is one click
    named(panel, "Let CTP de-identify and send").click()
    assert started == [("ctp", {"deidentify": True, "override": "the DPO agreed on 3 March"})]


def test_what_ctp_deidentified_is_never_called_verified(page, monkeypatch):
    job = jobs.run(page.workspace, "scan", {"folders": []})
    result = {"queued": 3, "already_there": 0, "sent": 3, "verified": 3, "missing": 0, "quarantine": {}, "refusals": []}
    done = replace(
        job, kind="ctp", arguments={"deidentify": True}, result=result, error=None, state=jobs.JobState.DONE
    )
    monkeypatch.setattr(jobs, "latest", lambda workspace, kind: done if kind == "ctp" else None)
    shown = text(opened(page))
    assert "The node lists 3 of 3 images, de-identified by CTP" in shown
    assert "verified 3" not in shown


def test_a_finished_run_shows_what_is_verified_missing_and_in_quarantine(page, monkeypatch):
    job = jobs.run(page.workspace, "scan", {"folders": []})
    result = {
        "queued": 10,
        "already_there": 1,
        "sent": 7,
        "verified": 8,
        "missing": 2,
        "quarantined": 2,
        "quarantine": {"filter": 2},
        "refusals": ["<b>no</b>"],
    }
    done = replace(job, kind="ctp", result=result, error=None, state=jobs.JobState.DONE)
    monkeypatch.setattr(jobs, "latest", lambda workspace, kind: done if kind == "ctp" else None)
    shown = text(opened(page))
    assert "Stored and verified 8 of 10 images" in shown
    assert "filter: 2 images" in shown
    assert "<b>no</b>" not in shown


def test_the_upv_node_has_no_such_way(workspace, cohort):
    scan(workspace, [cohort.folder])
    assert not [one for one in labels(_UploadPage(workspace).page.root) if "CTP" in one]
