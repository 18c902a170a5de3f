"""Somebody else's template: every kind of gap is found, filled where it stands, and mapped only once."""

import json
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from pypdf import PdfReader

from eucaim_nb import paperwork
from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork import LEFT_OPEN
from eucaim_nb.reference import dta_fields
from tests.office import as_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def template(tmp_path):
    """A template as legal departments write them: controls, brackets over several runs, dots, empty cells, a footer."""
    document = docx.Document()
    between = document.add_paragraph("This agreement is between [Name of the ")
    between.add_run("Data ").bold = True
    between.add_run("Holder] and EUCAIM, see clause [1].")
    document.add_paragraph("Registered office: ______________ (hereafter the holder), VAT number: ........")
    document.add_paragraph("Purpose: <<purpose>>; purpose again: <<Purpose>>")
    table = document.add_table(rows=0, cols=2)
    for words in ("Technical contact", "Imaging modality"):
        table.add_row().cells[0].text = words
    document.add_paragraph()._p.append(
        parse_xml(
            f"<w:sdt {W}><w:sdtPr><w:alias w:val='Dataset title'/><w:tag w:val='dataset_name'/><w:showingPlcHdr/>"
            "</w:sdtPr><w:sdtContent><w:r><w:t>[Click to enter text]</w:t></w:r></w:sdtContent></w:sdt>"
        )
    )
    document.add_paragraph("Signature: ____________")
    document.sections[0].footer.paragraphs[0].text = "DTA of {{site id}}"
    file = tmp_path / "EUCAIM_DTA.docx"
    document.save(file)
    return file


@pytest.fixture
def without_office(monkeypatch):
    """A computer that has no LibreOffice."""
    monkeypatch.setattr("eucaim_nb.paperwork._dta.office", lambda: None)


def test_every_kind_of_gap_is_found_once_and_nothing_else(template):
    assert set(paperwork.gaps_of(template).values()) == {
        "Dataset title",
        "Technical contact",
        "Imaging modality",
        "Name of the Data Holder",
        "Registered office",
        "(hereafter the holder), VAT number",
        "purpose",
        "Signature",
        "site id",
    }


def test_what_is_alike_is_proposed_and_what_is_not_is_left_to_a_person(workspace, template):
    gaps = paperwork.gaps_of(template)
    proposed = {gaps[key]: field for key, field in paperwork.mapping_of(workspace, gaps).items()}
    assert proposed["Dataset title"] == "dataset_name"
    assert proposed["Registered office"] == "provider_address"
    assert proposed["Technical contact"] == "contact_technical"
    assert proposed["Imaging modality"] == "dataset_modalities"
    assert proposed["site id"] == "site_id"
    assert proposed["Signature"] is None


def test_filled_template_opens_in_libreoffice_with_every_gap_filled(
    workspace, template, every_answer, tmp_path
):
    paperwork.keep_answers(workspace, every_answer)
    names = iter(sorted(every_answer))
    chosen = {key: next(names) for key in paperwork.gaps_of(template)}
    paperwork.keep_mapping(workspace, chosen)
    made = paperwork.draft(workspace, template=template)
    assert made.blockers == ()
    assert made.files[0].name == "EUCAIM_DTA_filled.docx"
    (said,) = as_text(tmp_path, made.files[0])
    footer = docx.Document(str(made.files[0])).sections[0].footer.paragraphs[0].text
    whole = " ".join((said + footer).split())
    for field in chosen.values():
        assert " ".join(every_answer[field].split()) in whole, field
    assert "Click to enter text" not in whole
    assert "see clause [1]" in whole
    assert "____" not in whole


def test_template_itself_is_never_changed(workspace, template, every_answer, without_office):
    before = template.read_bytes()
    paperwork.keep_answers(workspace, every_answer)
    paperwork.draft(workspace, template=template)
    assert template.read_bytes() == before


def test_gap_in_the_middle_of_differently_set_words_keeps_what_is_around_it(
    workspace, template, without_office
):
    key = next(
        key for key, words in paperwork.gaps_of(template).items() if words == "Name of the Data Holder"
    )
    paperwork.keep_mapping(workspace, {key: "provider_name"})
    paperwork.keep_answers(workspace, {"provider_name": "Hospital"})
    made = paperwork.draft(workspace, template=template)
    first = docx.Document(str(made.files[0])).paragraphs[0].text
    assert first == "This agreement is between Hospital and EUCAIM, see clause [1]."


def test_mapping_is_asked_for_once_and_holds_for_the_next_version_of_the_template(
    workspace, template, tmp_path, without_office
):
    gaps = paperwork.gaps_of(template)
    open_ones = [
        blocker for blocker in paperwork.draft(workspace, template=template).blockers if "map it" in blocker
    ]
    assert any("Signature" in blocker for blocker in open_ones)
    undecided = [key for key, field in paperwork.mapping_of(workspace, gaps).items() if field is None]
    paperwork.keep_mapping(workspace, dict.fromkeys(undecided, LEFT_OPEN))
    newer = docx.Document(str(template))
    newer.add_paragraph("A new clause without a gap.")
    newer.save(tmp_path / "EUCAIM_DTA_v2.docx")
    again = paperwork.draft(workspace, template=tmp_path / "EUCAIM_DTA_v2.docx")
    assert not [blocker for blocker in again.blockers if "map it" in blocker]
    filled = "\n".join(one.text for one in docx.Document(str(again.files[0])).paragraphs)
    assert "Signature: ____________" in filled


def test_our_own_draft_is_a_template_in_which_every_field_is_found_again(workspace, every_answer):
    own = paperwork.draft(workspace).files[0]
    gaps = paperwork.gaps_of(own)
    assert {key.removeprefix("control:") for key in gaps if key.startswith("control:")} == {
        field.id for field in dta_fields()
    }
    chosen = paperwork.mapping_of(workspace, gaps)
    assert all(chosen[f"control:{field.id}"] == field.id for field in dta_fields())


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_file_that_is_no_word_document_is_refused_in_words(workspace, tmp_path, content):
    file = tmp_path / "dta.docx"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="no Word document"):
        paperwork.draft(workspace, template=file)


def test_archive_of_something_else_is_refused_and_a_missing_file_too(workspace, tmp_path):
    with zipfile.ZipFile(tmp_path / "sheet.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(SettingsError, match="no Word document"):
        paperwork.draft(workspace, template=tmp_path / "sheet.docx")
    with pytest.raises(SettingsError, match="no file"):
        paperwork.draft(workspace, template=tmp_path / "gone.docx")


def test_computer_without_libreoffice_gets_the_word_document_and_is_told_how_to_make_the_pdf(
    workspace, template, without_office
):
    made = paperwork.draft(workspace, template=template)
    assert [file.suffix for file in made.files] == [".docx"]
    assert "save it as PDF" in made.notes[0]


def test_computer_with_libreoffice_gets_the_filled_template_as_pdf(workspace, template, tmp_path):
    as_text(tmp_path, template)  # says so where LibreOffice is missing
    paperwork.keep_answers(workspace, {"dataset_name": "Lung of Łódź"})
    made = paperwork.draft(workspace, template=template)
    assert [file.suffix for file in made.files] == [".docx", ".pdf"]
    assert "Lung of Łódź" in PdfReader(made.files[1]).pages[0].extract_text()


def test_document_without_a_gap_is_questioned(workspace, tmp_path, without_office):
    document = docx.Document()
    document.add_paragraph("Signed and sealed.")
    document.save(tmp_path / "full.docx")
    (blocker,) = paperwork.draft(workspace, template=tmp_path / "full.docx").blockers
    assert "right file" in blocker


def test_mapping_to_a_field_that_is_not_there_is_refused(workspace):
    with pytest.raises(SettingsError, match="no field"):
        paperwork.keep_mapping(workspace, {"text:name": "horoscope"})
    assert not (workspace.folder / "paperwork" / "dta_template.json").exists()


def test_kept_mapping_is_a_file_a_person_can_read(workspace):
    paperwork.keep_mapping(workspace, {"text:name": "provider_name"})
    kept = json.loads((workspace.folder / "paperwork" / "dta_template.json").read_text())
    assert kept["entries"] == {"text:name": "provider_name"}
