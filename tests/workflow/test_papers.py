"""Documents on file: hashed copies with an end that is remembered, and reasons for what is not needed."""

import datetime as dt
import hashlib

import pytest

from eucaim_nb import workflow
from eucaim_nb.errors import Refused, SettingsError, WorkspaceError
from eucaim_nb.workflow import PaperState, StepState

TODAY = dt.date.today()


@pytest.fixture
def approval(tmp_path):
    file = tmp_path / "Ethik Votum é.pdf"
    file.write_bytes(b"%PDF favourable")
    return file


def state(workspace, paper_id) -> PaperState:
    return next(one.state for one in workflow.papers(workspace) if one.paper.id == paper_id)


def test_new_workspace_lacks_every_document(workspace):
    assert {one.state for one in workflow.papers(workspace)} == {PaperState.MISSING}
    assert "0 of 6 needed papers are on file" in workflow.action("documentation", workspace).sentence


def test_document_on_file_is_a_hashed_copy_and_in_the_audit_trail_without_its_name(workspace, approval):
    kept = workflow.put_on_file(workspace, "ethics", file=approval, valid_until=TODAY + dt.timedelta(days=400))
    approval.unlink()
    assert kept.state is PaperState.ON_FILE
    assert kept.file.read_bytes() == b"%PDF favourable"
    assert kept.file.parent == workspace.folder / "paperwork" / "documentation"
    assert kept.sha256 == hashlib.sha256(b"%PDF favourable").hexdigest()
    event = workspace.ledger.events.all()[-1]
    assert (event.action, event.detail["id"], event.detail["sha256"]) == ("paper on file", "ethics", kept.sha256)
    assert "Votum" not in str(event.detail)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, PaperState.EXPIRED), (0, PaperState.ENDING), (30, PaperState.ENDING), (31, PaperState.ON_FILE)],
)
def test_end_is_reminded_of_in_time_and_counts_from_the_day_after(workspace, approval, days, expected):
    end = TODAY + dt.timedelta(days=days)
    kept = workflow.put_on_file(workspace, "ethics", file=approval, valid_until=end, remind_days=30)
    assert kept.state is expected


def test_expired_document_asks_for_attention_on_the_board_although_everything_was_recorded(workspace, approval):
    workflow.record(workspace, "documentation", note="compliant")
    workflow.put_on_file(workspace, "ethics", file=approval, valid_until=TODAY + dt.timedelta(days=5))
    soon = workflow.action("documentation", workspace)
    assert soon.state is StepState.DONE
    assert "ends on" in soon.sentence
    workflow.put_on_file(workspace, "ethics", file=approval, valid_until=TODAY - dt.timedelta(days=5))
    late = workflow.action("documentation", workspace)
    assert late.state is StepState.ATTENTION
    assert "expired on" in late.sentence
    assert "expired on" in workflow.step("legal", workspace).sentence


def test_newer_document_takes_the_place_of_the_older_one_whose_copy_stays(workspace, approval):
    first = workflow.put_on_file(workspace, "terms", file=approval)
    second = workflow.put_on_file(workspace, "terms", file=approval)
    assert first.file != second.file
    assert first.file.is_file()
    assert len([one for one in workflow.papers(workspace) if one.state is PaperState.ON_FILE]) == 1


def test_what_does_not_apply_is_left_out_with_a_reason_and_what_everybody_needs_is_not(workspace):
    assert workflow.waive(workspace, "dpia", "no high risk, says the DPO").state is PaperState.WAIVED
    with pytest.raises(SettingsError, match="why"):
        workflow.waive(workspace, "national", " ")
    with pytest.raises(Refused, match="every data holder"):
        workflow.waive(workspace, "dpo-report", "we have none")
    assert state(workspace, "dpo-report") is PaperState.MISSING


def test_note_is_enough_where_the_document_is_kept_elsewhere_and_nothing_is_not(workspace):
    assert workflow.put_on_file(workspace, "gdpr", note="register of the DPO, no. 7").state is PaperState.ON_FILE
    with pytest.raises(SettingsError, match="nothing to put on file"):
        workflow.put_on_file(workspace, "terms")
    with pytest.raises(SettingsError, match="no document called"):
        workflow.put_on_file(workspace, "horoscope", note="x")


def test_taken_off_file_it_is_missing_again_and_its_copy_stays(workspace, approval):
    kept = workflow.put_on_file(workspace, "terms", file=approval)
    workflow.take_off_file(workspace, "terms")
    assert state(workspace, "terms") is PaperState.MISSING
    assert kept.file.is_file()
    with pytest.raises(SettingsError, match="Nothing is on file"):
        workflow.take_off_file(workspace, "terms")


@pytest.mark.parametrize(
    "harm", ["{", "[]", '{"entries": 3}', '{"entries": {"ethics": 1}}', '{"entries": {"ethics": {}}}']
)
def test_damaged_list_is_said_and_never_taken_for_an_empty_one(workspace, harm):
    (workspace.folder / "paperwork" / "papers.json").write_text(harm)
    with pytest.raises(WorkspaceError, match=r"papers\.json"):
        workflow.papers(workspace)
