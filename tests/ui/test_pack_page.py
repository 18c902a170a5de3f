"""The pack and the question about conflicts on the upload page."""

from dataclasses import replace

import pytest

from eucaim_nb import jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.ui.components import Notice
from eucaim_nb.ui.pages import _conflicts
from eucaim_nb.ui.pages._conflicts import Conflicts
from eucaim_nb.ui.pages._upload import _UploadPage
from tests.ui.widgets import named, text


@pytest.fixture
def page(workspace, cohort):
    scan(workspace, [cohort.folder])
    return _UploadPage(workspace)


def test_pack_asks_for_a_whole_path_and_starts_nothing_without(page):
    page.other_ways.program.line.click()
    named(page.other_ways.program.root, "Write the pack").click()
    assert "whole path" in text(page.page.root)
    assert jobs.latest(page.workspace, "pack") is None


def test_finished_pack_is_shown_with_what_to_look_at(page, tmp_path, cohort):
    out = str(tmp_path / "pack")
    jobs.run(page.workspace, "pack", {"out": out, "source": str(cohort.folder), "override": "invented people"})
    page.other_ways.program.line.click()
    shown = text(page.other_ways.program.root)
    assert "images of 4 patients packed" in shown
    assert "No clinical table" in shown


def test_conflicts_are_asked_once_and_the_answer_is_kept(workspace, monkeypatch):
    job = replace(
        jobs.run(workspace, "scan", {"folders": []}), state=jobs.JobState.DONE, result={"conflicts": 2}, error=None
    )
    monkeypatch.setattr(_conflicts, "latest", lambda workspace, kind: job)
    heard = []
    question = Conflicts(workspace, Notice(), heard.append)
    assert "2 sessions" in text(question.root)
    question.keep.click()
    assert heard == ["keep"]
    assert workspaces.open_workspace(workspace.folder).settings.node_options["on_conflict"] == "keep"
    assert question.root.layout.display == "none"
    assert Conflicts(workspace, Notice(), heard.append).root.layout.display == "none"
