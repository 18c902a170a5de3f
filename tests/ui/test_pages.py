"""Pages: they read on load, start jobs on a click, survive a reload, and show whatever a file says as text."""

import html
import os

import pydicom
import pytest
from pydicom.data import get_testdata_file

from eucaim_nb import jobs, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.errors import EucaimError
from eucaim_nb.jobs import JobState, _process
from eucaim_nb.ledger import Mark, UploadState
from eucaim_nb.reference import phases
from eucaim_nb.ui import components as c
from eucaim_nb.ui import pages
from eucaim_nb.ui.components import _job
from eucaim_nb.ui.pages._inspect import _InspectPage
from eucaim_nb.ui.pages._upload import _UploadPage
from eucaim_nb.ui.pages._workspaces import Creation, Details, Opening
from tests.ui.widgets import every, in_sight, labels, named, text, until

AVAILABLE = [phase.id for phase in phases() if phase.available]
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def hostile(workspace, tmp_path):
    """A workspace with a file whose header and name try to become HTML."""
    folder = tmp_path / "export"
    folder.mkdir()
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for keyword in ("PatientID", "StudyDescription", "SeriesDescription", "PatientName", "Manufacturer"):
        setattr(header, keyword, HOSTILE)
    header.save_as(folder / f"{HOSTILE.replace('/', '')}.dcm")
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    header.InstanceNumber = 2
    header.Manufacturer = f"{HOSTILE} again"
    header.save_as(folder / "second.dcm")
    (folder / f"note {HOSTILE}.txt").write_text("no DICOM")
    changed = workspace.change(sources=[str(folder)])
    scan(changed, [folder])
    return changed


def open_everything(widget):
    """Open every fold, and those that appear inside."""
    opened = set()
    while folds := [b for b in every(widget) if "▸" in getattr(b, "description", "") and b not in opened]:
        for fold in folds:
            opened.add(fold)
            fold.click()


# All pages


@pytest.mark.parametrize("page_id", AVAILABLE)
def test_page_without_workspace_says_what_to_do(page_id):
    shown = text(pages.build(page_id, None))
    assert "What you need" in shown
    assert "workspace" in shown


@pytest.mark.parametrize("page_id", AVAILABLE)
def test_building_a_page_starts_nothing_and_writes_nothing(page_id, scanned, monkeypatch):
    monkeypatch.setattr(jobs, "start", lambda *given: pytest.fail("a job was started"))
    before = {path: path.stat().st_mtime_ns for path in scanned.folder.rglob("*")}
    pages.build(page_id, scanned)
    assert {path: path.stat().st_mtime_ns for path in scanned.folder.rglob("*")} == before


@pytest.mark.parametrize("page_id", AVAILABLE)
def test_page_names_workspace_node_and_practice(page_id, scanned):
    shown = text(pages.build(page_id, scanned))
    assert "Workspace submission" in shown
    assert "UPV reference node (practice, on this computer)" in shown
    assert "Nothing leaves this computer." in shown


def test_there_is_a_page_for_every_phase_and_no_other():
    assert len(AVAILABLE) == len(phases()) == 14
    with pytest.raises(EucaimError, match="no page"):
        pages.build("payment", None)


@pytest.mark.parametrize("node", ["practice-upv", "practice-health-ri", "upv", "health-ri"])
@pytest.mark.parametrize("page_id", AVAILABLE)
def test_page_of_every_node_names_its_actions(page_id, node, tmp_path):
    workspace = workspaces.create(tmp_path / "new", node=node)
    page = pages.build(page_id, workspace)
    if page_id not in ("start", "legal", "accounts", "prepare"):
        named(page, "Instructions, checklist").click()
    shown = text(page) + " ".join(labels(page)).replace("'", "&#x27;")
    for status in workflow.step(page_id, workspace).actions:
        assert html.escape(status.action.title) in shown
        for instruction in status.action.instructions:
            assert html.escape(instruction.text) in shown


@pytest.mark.parametrize("problem", [EucaimError("The drive is gone."), ValueError("DOE^JANE")])
def test_page_that_cannot_be_built_says_so_without_traceback(problem, monkeypatch):
    displayed = []

    def fail(page_id, workspace):
        raise problem

    monkeypatch.setattr("IPython.display.display", displayed.append)
    monkeypatch.setattr(pages, "build", fail)
    pages.show("inspect")
    shown = text(displayed[0])
    assert 'role="alert"' in shown
    assert ("The drive is gone." in shown) == isinstance(problem, EucaimError)
    assert "DOE" not in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("page_id", AVAILABLE)
def test_what_a_file_says_is_shown_as_text(page_id, hostile):
    page = pages.build(page_id, hostile)
    open_everything(page)
    shown = text(page)
    assert "<img src=x" not in shown
    if page_id == "inspect":
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown


# Start


def test_first_run_creates_a_workspace_and_the_page_is_built_anew(tmp_path):
    page = pages.build("start", None)
    fields = {part.description: part for part in every(page) if hasattr(part, "description")}
    fields["Folder to create it in"].value = str(tmp_path)
    fields["Name of the new folder"].value = "first"
    fields["Create the workspace"].click()
    assert workspaces.current().folder == tmp_path / "first"
    assert "How far this submission has come" in text(page)
    assert "Workspace first" in text(page)


def test_board_lists_all_actions_with_phase_state_and_blockers(workspace):
    shown = text(pages.build("start", workspace))
    statuses = workflow.actions(workspace)
    assert "0 of 18 done" in shown
    for phase in phases()[1:]:
        assert f'href="{phase.notebook}.ipynb"' in shown
    for status in statuses:
        assert html.escape(status.action.title) in shown
        for blocker in status.blockers:
            assert html.escape(blocker.text) in shown
    assert shown.count(">optional<") == sum(status.action.optional for status in statuses) == 3


def test_board_counts_what_is_done_and_leads_to_what_is_next(workspace):
    workflow.record(workspace, "documentation", note="handed in")
    workflow.record(workspace, "dta", note="signed")
    workflow.skip(workspace, "risk", "no clinical data")
    shown = text(pages.build("start", workspace))
    assert "2 of 18 done, 1 skipped on purpose" in shown
    assert "Go on: Accounts and training" in shown


def test_recent_workspaces_are_a_click_away(workspace, tmp_path):
    other = workspaces.create(tmp_path / "other", node="health-ri")
    workspaces.remember(workspaces.create(tmp_path / "gone", node="upv"))
    (tmp_path / "gone").rename(tmp_path / "elsewhere")
    workspaces.remember(other)
    workspaces.remember(workspace)
    page = pages.build("start", workspace)
    named(page, "Open another workspace").click()
    assert "Health-RI reference node" in text(page)
    assert "cannot be opened any more" in text(page)
    named(page, "Open other").click()
    assert workspaces.current().folder == other.folder
    assert "Workspace other" in text(page)


def test_project_and_site_id_can_be_added_later(workspace):
    used = []
    details = Details(workspace, used.append, c.Notice())
    details.project.value = " LUNG|A "
    details.site_id.value = "42"
    details.keep.click()
    assert (used[0].settings.project, used[0].settings.site_id) == ("LUNG|A", "42")


@pytest.mark.parametrize(("node", "key"), [("practice-upv", "upv"), ("practice-health-ri", "health_ri")])
def test_practice_workspace_gets_the_project_of_its_node(workspace, nodes, tmp_path, node, key):
    made = []
    creation = Creation(workspace, made.append, c.Notice())
    creation.node.value = "upv"
    assert creation.project.value == ""
    creation.node.value = node
    creation.parent.field.value = str(tmp_path)
    creation.name.value = "second"
    creation.create.click()
    assert made[0].settings.project == nodes.ready()[key]["project"]


def test_typed_project_is_not_replaced_when_the_node_changes(workspace, nodes):
    creation = Creation(workspace, lambda made: None, c.Notice())
    creation.project.value = "MINE"
    creation.node.value = "practice-health-ri"
    assert creation.project.value == "MINE"


def test_training_session_offers_practice_nodes_only(workspace, monkeypatch):
    monkeypatch.setenv("EUCAIM_NB_PRACTICE_ONLY", "1")
    creation = Creation(workspace, lambda made: None, c.Notice())
    assert [value for _, value in creation.node.options] == ["practice-upv", "practice-health-ri"]


def test_ready_file_of_an_earlier_practice_is_found_again(workspace, tmp_path):
    workspaces.remember(workspace)
    real = workspaces.create(tmp_path / "real", node="upv")
    creation = Creation(real, lambda made: None, c.Notice())
    creation.node.value = "practice-upv"
    assert creation.practice.value == workspace.settings.practice
    assert creation.practice.layout.display == "none"


def test_new_workspace_takes_over_the_ready_file_of_the_current_one(workspace, tmp_path):
    made = []
    creation = Creation(workspace, made.append, c.Notice())
    assert creation.practice.value == workspace.settings.practice
    creation.parent.field.value = str(tmp_path)
    creation.name.value = "second"
    creation.create.click()
    assert made[0].settings.practice == workspace.settings.practice


def test_ready_file_is_asked_for_practice_nodes_only():
    creation = Creation(None, lambda workspace: None, c.Notice())
    assert creation.practice.layout.display is None
    creation.node.value = "upv"
    assert creation.practice.layout.display == "none"


def test_folder_that_cannot_be_used_is_said_in_words(workspace):
    notice, made = c.Notice(), []
    creation = Creation(workspace, made.append, notice)
    creation.parent.field.value = str(workspace.folder.parent)
    creation.name.value = workspace.folder.name
    creation.create.click()
    assert made == []
    assert "is a workspace already" in notice.root.value


def test_another_workspace_is_opened_by_its_path(workspace):
    opened = []
    opening = Opening(None, opened.append, c.Notice())
    opening.picker.field.value = str(workspace.folder)
    opening.open.click()
    assert opened[0].folder == workspace.folder


def test_workspace_that_is_gone_is_said_and_another_can_be_made(workspace):
    workspaces.remember(workspace)
    workspace.folder.rename(workspace.folder.with_name("moved"))
    shown = text(pages.build("start", workspaces.current()))
    assert "There is no workspace in" in shown
    assert "Create a workspace" in shown


# Inspect


def test_folder_is_added_kept_and_removed(workspace, cohort):
    page = _InspectPage(workspace)
    page.picker.field.value = str(cohort.folder)
    page.add.click()
    assert page.scan.description == "Scan 1 folder"
    assert workspaces.open_workspace(workspace.folder).settings.sources == (str(cohort.folder),)
    named(page.listed, "Remove").click()
    assert workspaces.open_workspace(workspace.folder).settings.sources == ()


def test_missing_folder_is_not_added(workspace, tmp_path):
    page = _InspectPage(workspace)
    page.picker.field.value = str(tmp_path / "gone")
    page.add.click()
    assert page.folders == []
    assert "There is no folder" in page.page.notice.root.value


def test_scan_runs_once_on_a_double_click_and_shows_its_result(workspace, cohort):
    page = _InspectPage(workspace.change(sources=[str(cohort.folder)]))
    page.scan.click()
    page.scan.click()
    page.panel.wait(60)
    assert page.panel.job.state is JobState.DONE
    assert page.panel.job.id == 1
    assert f"{cohort.instances:,} instances" in text(page.page.result)
    assert page.page.action.layout.display is None


def test_findings_are_recorded_as_looked_at_where_they_are_listed(workspace, cohort):
    page = _InspectPage(workspace.change(sources=[str(cohort.folder)]))
    page.scan.click()
    page.panel.wait(60)
    named(page.page.result, "What they are").value = "planted"
    record = named(page.page.result, "Record that they were looked at")
    assert record in list(in_sight(page.page.root))
    record.click()
    assert record not in list(in_sight(page.page.root))
    assert workflow.action("extract", workspace).state is workflow.StepState.DONE
    again = _InspectPage(workspace).page.root
    assert "Record that they were looked at" not in [getattr(one, "description", "") for one in in_sight(again)]


def test_reloaded_page_shows_the_scan_at_work_instead_of_the_button(workspace):
    row, _ = workspace.ledger.jobs.claim("scan", {}, _process.this_process(), lambda row: False)
    workspace.ledger.jobs.attach(row.id, os.getpid(), _process.started(os.getpid()))
    workspace.ledger.jobs.begin(row.id)
    page = _InspectPage(workspace)
    assert page.panel.busy
    assert page.page.action.layout.display == "none"
    workspace.ledger.jobs.end(row.id, "done", {})
    page.panel.wait(5)
    assert page.page.action.layout.display is None


def test_tree_opens_step_by_step_down_to_headers_and_comparison(hostile):
    page = _InspectPage(hostile).page.result
    assert len([b for b in every(page) if "▸" in getattr(b, "description", "")]) == 1
    named(page, "▸ Patient").click()
    named(page, "▸ Study").click()
    named(page, "▸ Series").click()
    until(lambda: "data:image/png;base64," in text(page), 60)
    assert "What differs inside this series" in text(page)
    assert "unusual" in text(page)  # the manufacturer
    named(page, "headers and comparison").click()
    named(page, "Header").click()
    assert "(0010,0020)" in text(page)
    search = named(page, "Search tag")
    search.value = "PatientID"
    assert "(0010,0020)" in text(page)
    assert "(0008,0060)" not in text(page)
    choose_a = [b for b in every(page) if getattr(b, "description", "") == "A"]
    choose_b = [b for b in every(page) if getattr(b, "description", "") == "B"]
    choose_a[0].click()
    choose_b[1].click()
    assert "differences between A and B" in text(page)
    assert "(0008,0070)" in text(page)


def test_file_that_went_away_is_said_in_words(hostile):
    inspect = _InspectPage(hostile)
    page = inspect.page.result
    for words in ("▸ Patient", "▸ Study", "▸ Series", "headers and comparison"):
        named(page, words).click()
    for path in (hostile.folder.parent / "export").iterdir():
        path.unlink()
    named(page, "Header").click()
    assert "Scan the folder again" in inspect.page.notice.root.value


# Upload


def test_nothing_scanned_leads_to_the_page_that_mends_it(workspace):
    shown = text(pages.build("upload", workspace))
    assert 'href="03_inspect_dicom.ipynb"' in shown


def test_nothing_is_sent_without_a_reason(scanned, nodes):
    page = _UploadPage(scanned)
    page.confirm.button.click()
    assert jobs.latest(scanned, "upload") is None
    assert "Type a reason" in page.page.notice.root.value


def test_series_left_out_change_the_button_and_are_not_sent(scanned, monkeypatch):
    started = []
    monkeypatch.setattr(_job.jobs, "start", lambda *given: started.append(given[2]))
    page = _UploadPage(scanned)
    before = page.confirm.button.description
    first = next(part for part in every(page.choice.root) if type(part).__name__ == "Checkbox")
    first.value = False
    assert page.confirm.button.description != before
    page.confirm.reason.value = "invented people"
    page.confirm.button.click()
    assert started[0]["override"] == "invented people"
    assert 0 < len(started[0]["series"]) < len(page.choice._all)
    first.value = True
    assert page.confirm.button.description == before
    assert page._series is None


def test_dry_run_says_what_would_happen_and_sends_nothing(scanned, nodes):
    page = _UploadPage(scanned)
    page.dry_run.click()
    until(lambda: "would go to" in page.page.notice.root.value)
    assert "held back" in page.page.notice.root.value
    assert scanned.ledger.uploads.counts(scanned.settings.node).total == 0


def test_node_out_of_reach_is_said_when_asked_not_on_load(scanned):
    page = _UploadPage(scanned)
    assert "not running" not in page.sign_in._notice.root.value
    page.sign_in.test.click()
    until(lambda: "practice nodes are not running" in page.sign_in._notice.root.value)


def test_upload_ends_with_what_the_node_lists(scanned, nodes):
    page = _UploadPage(scanned)
    wanted = page.confirm.button.description.split()[1]
    page.confirm.reason.value = "invented people"
    page.confirm.button.click()
    page.panel.wait(60)
    assert f"Stored and verified {wanted} of {wanted} instances" in text(page.page.result)
    page.ask.click()
    page.verifying.wait(60)
    assert f"The server lists {wanted} of the {wanted} instances" in text(page.page.result)


def test_the_page_says_by_itself_how_the_upload_ended_and_where_the_receipt_is(scanned, nodes):
    nodes.faults.set(["stow:partial=1@1"])
    page = _UploadPage(scanned)
    page.confirm.reason.value = "invented people"
    page.confirm.button.click()
    page.panel.wait(60)
    until(lambda: "1 instance failed" in page.page.notice.root.value)
    assert "upload.html" in " ".join(str(getattr(part, "value", "")) for part in every(page.page.result))
    page.confirm.button.click()
    page.panel.wait(60)
    until(lambda: "The upload is done" in page.page.notice.root.value)


def test_studies_are_told_while_they_are_sent_failed_ones_first(scanned, monkeypatch):
    monkeypatch.setattr("eucaim_nb.ui.pages._journal._FOLLOW_SECONDS", 0)
    uploads, node = scanned.ledger.uploads, scanned.settings.node
    page = _UploadPage(scanned)
    assert not page.journal.begun
    ids = [number for number, _, _ in scanned.ledger.index.sources()]
    uploads.enqueue(node, ids, uploads.candidate_series(ids))
    last = uploads.studies(node)[-1]
    uids = [i.sop_uid for pair in uploads.series(node) if pair[0] == last.study_uid for i in uploads.items(node, *pair)]
    page.journal.follow()
    assert "waiting" in text(page.page.result)
    uploads.mark(node, uids[:1], "failed")
    page.journal.follow()
    shown = text(page.page.result)
    assert shown.index(last.study_uid) == min(shown.index(one.study_uid) for one in uploads.studies(node))
    uploads.mark(node, uids, "verified")
    page.journal.follow()
    assert "verified" in text(page.page.result)


def test_what_the_node_remarks_on_what_it_stored_is_listed(scanned):
    uploads, node = scanned.ledger.uploads, scanned.settings.node
    ids = [number for number, _, _ in scanned.ledger.index.sources()]
    uploads.enqueue(node, ids, uploads.candidate_series(ids)[:1])
    uid = next(iter(uploads.items(node, *uploads.series(node)[0]))).sop_uid
    uploads.note(node, [Mark(uid, UploadState.VERIFIED, warning=f"elements were discarded {HOSTILE}")])
    shown = text(_UploadPage(scanned).page.result)
    assert "the node has a remark" in shown
    assert "elements were discarded &lt;img" in shown


def test_failures_are_listed_with_their_reason(scanned):
    uploads, node = scanned.ledger.uploads, scanned.settings.node
    ids = [number for number, _, _ in scanned.ledger.index.sources()]
    uploads.enqueue(node, ids, uploads.candidate_series(ids)[:1])
    uid = next(iter(uploads.items(node, *uploads.series(node)[0]))).sop_uid
    uploads.mark(node, [uid], "failed", status=413, message=f"Too large {HOSTILE}")
    shown = text(_UploadPage(scanned).page.result)
    assert "1 instance failed" in shown
    assert "Too large &lt;img" in shown
    assert uid in shown
