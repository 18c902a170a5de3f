"""The agreement: every field is in the documents that come out, in any office program, and what is missing is said."""

import datetime as dt
import json

import pytest
from pypdf import PdfReader

from eucaim_nb import paperwork, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.ledger import FileRecord, InstanceRecord
from eucaim_nb.reference import dta_fields
from tests.office import as_text


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def answered(workspace, every_answer):
    paperwork.keep_answers(workspace, every_answer)
    return workspace


def index(workspace, **values):
    """Put one instance of a patient into the index."""
    known = {
        "StudyInstanceUID": "1.2",
        "SeriesInstanceUID": "1.3",
        "SOPInstanceUID": "1.4",
        "PatientID": "Miller^Ann",
    }
    source = workspace.ledger.index.source(b"/x")
    record = FileRecord(b"a", b"f", 2_000_000_000, 1, instance=InstanceRecord(known | values))
    workspace.ledger.index.store(source, [record])


def test_draft_opens_in_libreoffice_with_every_field_filled(answered, every_answer, tmp_path):
    made = paperwork.draft(answered)
    assert made.blockers == ()
    assert [file.name for file in made.files] == ["dta_draft.docx", "dta_draft.pdf"]
    (word,) = as_text(tmp_path, made.files[0])
    for name, value in every_answer.items():
        assert squeezed(value) in squeezed(word), name
    assert "[" not in word


def test_pdf_holds_every_field_in_letters_of_all_europe(answered, every_answer):
    pdf = paperwork.draft(answered).files[1]
    said = squeezed(" ".join(page.extract_text() for page in PdfReader(pdf).pages)).replace(" ", "")
    for name, value in every_answer.items():
        assert value.replace("\n", "").replace(" ", "") in said, name


def test_both_documents_say_that_they_are_a_draft_and_no_legal_advice(workspace, tmp_path):
    made = paperwork.draft(workspace)
    (word,) = as_text(tmp_path, made.files[0])
    pdf = PdfReader(made.files[1]).pages[0].extract_text()
    for said in (squeezed(word), squeezed(pdf)):
        assert "DRAFT" in said
        assert "no legal advice" in said


def test_each_needed_field_that_is_missing_blocks_by_its_own_name_and_shows_as_a_gap(answered, tmp_path):
    for field in dta_fields():
        if field.needed and not field.fact:
            paperwork.keep_answers(answered, {field.id: ""})
            assert paperwork.draft(answered).blockers == (f"{field.label} is missing.",)
            paperwork.keep_answers(answered, {field.id: "x"})
    paperwork.keep_answers(answered, {"purpose": "", "provider_register": ""})
    (word,) = as_text(tmp_path, paperwork.draft(answered).files[0])
    assert "[Purpose for which the data may be used]" in word
    assert "not stated" in word


def test_dataset_is_described_from_the_ledger_without_a_value_of_a_patient(workspace):
    index(workspace, Modality="CT", BodyPartExamined="MILLER ANN", PatientName="Miller^Ann")
    known = paperwork.values(workspace)
    assert known["dataset_extent"] == "1 patients, 1 studies, 1 series, 1 DICOM instances (2.00 GB)"
    assert known["dataset_modalities"] == "CT (computed tomography)"
    assert known["dataset_body_parts"] == "others"
    assert "iller" not in json.dumps(known).casefold()


def test_answer_of_a_person_outdoes_the_ledger_until_it_is_emptied(workspace):
    index(workspace, Modality="MR")
    paperwork.keep_answers(workspace, {"dataset_modalities": "MR, before and after therapy"})
    assert paperwork.values(workspace)["dataset_modalities"] == "MR, before and after therapy"
    paperwork.keep_answers(workspace, {"dataset_modalities": "  "})
    assert paperwork.values(workspace)["dataset_modalities"] == "MR (magnetic resonance)"


def test_answer_that_is_what_the_ledger_says_follows_the_ledger(workspace):
    index(workspace, Modality="MR")
    paperwork.keep_answers(workspace, paperwork.values(workspace))
    assert paperwork.answers(workspace) == {}


def test_clinical_variables_and_the_choice_of_images_only_are_in_the_description(workspace):
    (workspace.folder / "clinical" / "mapping.json").write_text(
        '{"fields": [{"target": "age"}, {"target": "sex"}]}'
    )
    assert paperwork.values(workspace)["dataset_clinical"] == "A table with 2 variables: age, sex."
    workflow.skip(workspace, "upload-clinical", "images only")
    assert "images only" in paperwork.values(workspace)["dataset_clinical"]


def test_documents_on_file_are_an_annex_with_digest_and_end(workspace, tmp_path):
    (tmp_path / "votum.pdf").write_bytes(b"%PDF")
    kept = workflow.put_on_file(
        workspace, "ethics", file=tmp_path / "votum.pdf", valid_until=dt.date(2031, 3, 1)
    )
    annex = paperwork.values(workspace)["annex_documents"]
    assert kept.sha256 in annex
    assert "valid until 01 Mar 2031" in annex


def test_draft_that_was_edited_or_signed_is_never_overwritten(workspace, tmp_path):
    first = paperwork.draft(workspace).files
    assert paperwork.draft(workspace).files == first
    first[0].write_bytes(b"edited by the legal department")
    second = paperwork.draft(workspace).files
    assert [file.name for file in second] == ["dta_draft-2.docx", "dta_draft-2.pdf"]
    assert first[0].read_bytes() == b"edited by the legal department"
    (tmp_path / "dta_draft-3.pdf").write_bytes(b"%PDF signed")
    kept = paperwork.sign(workspace, tmp_path / "dta_draft-3.pdf").file
    second[1].write_bytes(b"stamped")
    paperwork.draft(workspace)
    assert kept.read_bytes() == b"%PDF signed"


@pytest.mark.parametrize("given", [{"horoscope": "x"}, {"purpose": 7}, {"purpose": "x" * 20_001}])
def test_answer_that_fits_no_field_is_refused_and_nothing_is_kept(workspace, given):
    with pytest.raises(SettingsError):
        paperwork.keep_answers(workspace, {"law": "Spain", **given})
    assert paperwork.answers(workspace) == {}


def test_control_characters_are_no_part_of_an_answer(workspace):
    paperwork.keep_answers(workspace, {"purpose": "re\x00sea\x1brch\r\nonly\ud800"})
    assert paperwork.answers(workspace)["purpose"] == "research\nonly?"
    assert paperwork.draft(workspace).files[0].is_file()


def test_names_of_people_stay_in_the_paperwork_and_out_of_the_audit_trail(workspace):
    paperwork.keep_answers(workspace, {"provider_signatory": "Prof. Ada Lovelace"})
    paperwork.draft(workspace)
    trail = json.dumps([event.detail for event in workspace.ledger.events.all()])
    assert "provider_signatory" in trail
    assert "Lovelace" not in trail


@pytest.mark.parametrize("harm", ["{", '{"entries": {"purpose": 1}}'])
def test_damaged_answers_are_said_and_not_overwritten(workspace, harm):
    file = workspace.folder / "paperwork" / "dta.json"
    file.write_text(harm)
    with pytest.raises(WorkspaceError, match=r"dta\.json"):
        paperwork.keep_answers(workspace, {"law": "Spain"})
    assert file.read_text() == harm


def test_signed_copy_is_recorded_with_all_ticks_and_opens_the_gate(workspace, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(b"%PDF signed")
    workflow.record(workspace, "documentation", note="compliant")
    record = paperwork.sign(workspace, tmp_path / "signed.pdf", note="by both")
    assert set(record.checks) == {"filled", "signed-holder", "signed-eucaim"}
    assert workflow.release_blockers(workspace) == ()


def test_operator_is_that_of_the_node_of_the_workspace(tmp_path):
    made = {node: workspaces.create(tmp_path / node, node=node) for node in ("upv", "health-ri")}
    said = {node: paperwork.values(one)["recipient_name"] for node, one in made.items()}
    assert "UPV" in said["upv"]
    assert "Health-RI" in said["health-ri"]


def test_long_answers_go_over_pages_and_none_of_their_words_is_lost(answered):
    words = " ".join(f"w{number}" for number in range(3000))
    paperwork.keep_answers(
        answered, {"dataset_description": words, "annex_security": words, "restrictions": words}
    )
    pdf = PdfReader(paperwork.draft(answered).files[1])
    said = " ".join(page.extract_text() for page in pdf.pages).split()
    assert said.count("w0") == said.count("w2999") == 3
