"""Pages 01 and 02: documents, agreement and SITE ID are kept as typed, and what is refused is said."""

import datetime as dt

import docx
import pytest

from eucaim_nb import paperwork, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.reference import dta_fields
from eucaim_nb.ui.pages._dta_form import DtaForm
from eucaim_nb.ui.pages._papers import Papers
from eucaim_nb.ui.pages._phase import PhasePage
from eucaim_nb.ui.pages._site_id import SiteId
from eucaim_nb.workflow import PaperState, StepState
from tests.ui.widgets import every, in_sight, text

HOSTILE = "<img src=x onerror=alert(1)>"


def tool(workspace, phase, action, kind):
    page = PhasePage(phase, workspace)
    guide = next(one for one in page.guides.guides if one.action.id == action)
    return page, next(one for one in guide.tools if isinstance(one, kind))


@pytest.fixture
def approval(tmp_path):
    file = tmp_path / f"{HOSTILE}.pdf"
    file.write_bytes(b"%PDF")
    return file


@pytest.fixture
def papers(workspace):
    return tool(workspace, "legal", "documentation", Papers)[1]


def state(workspace, paper):
    return next(one.state for one in workflow.papers(workspace) if one.paper.id == paper)


def test_document_is_put_on_file_with_its_end_and_shown_as_text(papers, workspace, approval):
    papers.which.value = "ethics"
    papers.file.go(approval.parent)
    papers.file.listing.value = approval.name
    papers.file.take.click()
    papers.until.value = dt.date(2031, 3, 1)
    papers.note.value = HOSTILE
    papers.put.click()
    assert state(workspace, "ethics") is PaperState.ON_FILE
    shown = text(papers.root)
    assert "until 01 Mar 2031" in shown
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown
    assert (papers.note.value, papers.until.value) == ("", None)


def test_expired_document_is_said_on_the_page_and_on_the_board(workspace, approval):
    page, papers = tool(workspace, "legal", "documentation", Papers)
    papers.which.value = "security"
    papers.file.field.value = str(approval)
    papers.until.value = dt.date.today() - dt.timedelta(days=1)
    papers.put.click()
    assert "expired on" in text(page.page.root)
    assert workflow.step("legal", workspace).state is StepState.ATTENTION


def test_only_what_may_not_apply_can_be_left_out_and_only_with_a_reason(papers, workspace):
    papers.which.value = "dpo-report"
    assert papers.waive not in list(in_sight(papers.root.children[2]))
    papers.which.value = "dpia"
    papers.waive.click()
    assert state(workspace, "dpia") is PaperState.MISSING
    papers.note.value = "no high risk"
    workflow.waive(workspace, "dpia", papers.note.value)
    assert state(workspace, "dpia") is PaperState.WAIVED


def test_next_document_that_is_needed_is_offered_after_one_is_on_file(papers):
    first = papers.which.value
    papers.note.value = "in the archive"
    papers.put.click()
    following = papers._status()
    assert following.paper.id != first
    assert (following.state, following.paper.optional) == (PaperState.MISSING, False)


def test_document_is_taken_off_file(papers, workspace):
    papers.which.value = "terms"
    papers.note.value = "in the archive"
    papers.put.click()
    assert state(workspace, "terms") is PaperState.ON_FILE
    papers.which.value = "terms"
    papers.remove.click()
    assert state(workspace, "terms") is PaperState.MISSING


@pytest.mark.parametrize("remind", ["soon", "-1", "²"])
def test_reminder_that_is_no_number_is_refused_and_what_was_typed_stays(workspace, remind):
    page, papers = tool(workspace, "legal", "documentation", Papers)
    papers.note.value, papers.remind.value = "kept elsewhere", remind
    papers.put.click()
    assert {one.state for one in workflow.papers(workspace)} == {PaperState.MISSING}
    assert 'role="alert"' in text(page.page.root)
    assert papers.note.value == "kept elsewhere"


def test_agreement_is_drafted_from_the_form_and_the_answers_are_there_after_a_rebuild(workspace):
    form = tool(workspace, "legal", "dta", DtaForm)[1]
    assert set(form.fields) == {field.id for field in dta_fields()}
    assert "missing" in text(form.root)
    form.fields["provider_name"].value = HOSTILE
    form.draft.click()
    shown = text(form.root)
    assert "dta_draft.docx" in shown
    assert "things are still open" in shown
    assert (workspace.folder / "paperwork" / "dta" / "dta_draft.pdf").is_file()
    again = tool(workspace, "legal", "dta", DtaForm)[1]
    assert again.fields["provider_name"].value == HOSTILE
    assert set(paperwork.answers(workspace)) == {"provider_name"}


def test_form_that_lacks_nothing_says_so(workspace, every_field):
    form = tool(workspace, "legal", "dta", DtaForm)[1]
    for name, field in form.fields.items():
        field.value = every_field[name]
    form.draft.click()
    assert "Every needed field is filled." in text(form.root)
    assert "missing" not in text(form.root)


@pytest.fixture
def every_field():
    return {field.id: f"answer {field.id}" for field in dta_fields()}


def test_template_of_somebody_else_is_mapped_and_filled_on_the_page(workspace, tmp_path):
    document = docx.Document()
    document.add_paragraph(f"[Name of your organisation] and [{HOSTILE.strip('<>')}]")
    document.save(tmp_path / "dta.docx")
    form = tool(workspace, "legal", "dta", DtaForm)[1]
    form.fields["provider_name"].value = "Hospital"
    form.template.file.field.value = str(tmp_path / "dta.docx")
    form.template.read.click()
    choices = [one for one in every(form.template.root) if getattr(one, "description", "").startswith("“")]
    assert [one.value for one in choices] == ["provider_name", "?"]
    choices[1].value = "law"
    form.template.fill.click()
    assert "dta_filled.docx" in text(form.template.root)
    filled = docx.Document(str(workspace.folder / "paperwork" / "dta" / "dta_filled.docx"))
    assert filled.paragraphs[0].text.startswith("Hospital and [")
    assert set(paperwork.mapping_of(workspace, paperwork.gaps_of(tmp_path / "dta.docx")).values()) == {
        "provider_name",
        "law",
    }


def test_no_template_at_all_is_said(workspace):
    page = PhasePage("legal", workspace)
    form = next(tool for guide in page.guides.guides for tool in guide.tools if isinstance(tool, DtaForm))
    form.template.read.click()
    assert "No template is chosen" in text(page.page.root)


def test_site_id_goes_into_the_settings_and_ticks_its_line(workspace):
    page, field = tool(workspace, "accounts", "eucaim-user", SiteId)
    field.field.value = " 0042 "
    field.keep.click()
    again = workspaces.open_workspace(workspace.folder)
    assert again.settings.site_id == "0042"
    assert "site-id" in workflow.checks(again, "eucaim-user")
    assert "0042 is in eucaim.toml" in text(page.page.root)
    boxes = next(one for one in page.guides.guides if one.action.id == "eucaim-user").checklist.boxes
    assert boxes["site-id"].value


@pytest.mark.parametrize("typed", ["", "  ", "a b", "x" * 65])
def test_what_is_no_site_id_is_refused(workspace, typed):
    page, field = tool(workspace, "accounts", "eucaim-user", SiteId)
    field.field.value = typed
    field.keep.click()
    assert workspaces.open_workspace(workspace.folder).settings.site_id == ""
    assert 'role="alert"' in text(page.page.root)


def test_training_is_a_list_with_links_and_certificates(workspace, approval):
    papers = tool(workspace, "accounts", "familiar", Papers)[1]
    assert "https://training.eucaim.cancerimage.eu/" in text(papers.root)
    papers.which.value = "ethical-training"
    papers.file.field.value = str(approval)
    papers.put.click()
    assert state(workspace, "ethical-training") is PaperState.ON_FILE
    assert "1 of 4 needed papers are on file" in workflow.action("familiar", workspace).sentence
