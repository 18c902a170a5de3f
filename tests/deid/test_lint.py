"""The lint of what any program de-identified: structure, texts, and the originals of a workspace if there is one."""

import json

import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import JPEGBaseline8Bit

from eucaim_nb.cli import main
from eucaim_nb.deid import Kind, Severity, lint
from eucaim_nb.dicom import scan
from eucaim_nb.errors import WorkspaceError
from tests.deid.outputs import (
    ACCESSION,
    BIRTH,
    NAME,
    PATIENT_ID,
    ROOT,
    STUDY,
    changed,
    jpeg,
    original,
    treated,
    written,
)

SECRETS = (*NAME.replace("^", " ").split(), "GARCIA", "Lindqvist", PATIENT_ID, ACCESSION, BIRTH, STUDY, ROOT)
SOURCE = written(original())
OUTPUT = treated(SOURCE)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "output"
    made.mkdir()
    return made


def kinds(folder, against=None, least=Severity.WARN):
    findings = lint(folder, against).findings
    for one in findings:
        assert not any(secret.lower() in one.message.lower() for secret in SECRETS), one
    counted = (Severity.ERR, Severity.WARN) if least is Severity.WARN else (Severity.ERR,)
    return {(one.kind, one.tag) for one in findings if one.severity in counted}


def planted(folder, change, output=OUTPUT, **options):
    (folder / "a.dcm").write_bytes(changed(output, change))
    return kinds(folder, **options)


def test_outputs_of_this_program_have_no_finding(folder):
    (folder / "a.dcm").write_bytes(OUTPUT)
    found = lint(folder)
    assert (found.files, found.findings) == (1, ())


def test_a_pseudonym_of_this_program_without_a_digit_is_no_name(folder):
    def plant(ds):
        ds.PatientID = ds.PatientName = "EUCAIM-ZEBWDYWVCLQY"

    assert planted(folder, plant) == set()


@pytest.mark.parametrize(
    ("keyword", "value", "kind"),
    [
        ("PatientName", "Garcia^Maria", Kind.NAME),
        ("ReferringPhysicianName", "Lindqvist^A", Kind.NAME),
        ("PatientBirthDate", BIRTH, Kind.DATE),
        ("PatientAddress", "Calle Mayor 12", Kind.IDENTIFIER),
        ("PatientTelephoneNumbers", "961234567", Kind.IDENTIFIER),
        ("InstitutionName", "Hospital de Ejemplo", Kind.PLACE),
        ("DeviceSerialNumber", "60098", Kind.IDENTIFIER),
        ("PatientIdentityRemoved", "NO", Kind.STAMP),
        ("DeidentificationMethodCodeSequence", [], Kind.STAMP),
        ("LongitudinalTemporalInformationModified", "", Kind.STAMP),
        ("BurnedInAnnotation", "YES", Kind.BURNED_IN),
        ("Modality", "", Kind.MISSING),
        ("BodyPartExamined", "", Kind.MISSING),
        ("PatientID", "19570312", Kind.ID),
        ("PatientID", "4711823", Kind.ID),
        ("PatientID", "Garcia Maria", Kind.NAME),
        ("SeriesDescription", "Sra. Garcia T2", Kind.NAME),
        ("SeriesDescription", "NHC 4711823", Kind.ID),
        ("ImageComments", "call +34 961 234 567", Kind.PHONE),
        ("ImageComments", "maria@example.org", Kind.PHONE),
        ("ImageComments", "seen 12/03/1957", Kind.DATE),
        ("StudyInstanceUID", f"{ROOT}.1", Kind.UID),
        ("FrameOfReferenceUID", "1.2.3.4.20240315101530.7", Kind.UID),
    ],
)
def test_what_is_left_in_an_attribute_is_found_without_the_original(folder, keyword, value, kind):
    tag = written_tag(keyword)
    assert (kind, tag) in planted(folder, lambda ds: ds.__setattr__(keyword, value))


def written_tag(keyword):
    from pydicom.datadict import tag_for_keyword

    number = tag_for_keyword(keyword)
    return f"({number >> 16:04X},{number & 0xFFFF:04X})"


def test_output_as_lethe_writes_it_shows_its_known_leaks(folder):
    def as_lethe(ds):
        ds.PatientID, ds.PatientName = "EUCAIM-28374650192837465", "EUCAIM-28374650192837465^Anonymous"
        ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20240301"
        ds.PerformedProcedureStepStartDate = ds.InstanceCreationDate = STUDY
        reference = Dataset()
        reference.ReferencedSOPClassUID = ds.SOPClassUID
        reference.ReferencedSOPInstanceUID = f"{ROOT}.30000024031507115387500009999"
        ds.ReferencedImageSequence = Sequence([reference])
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "@empty()", "UNKNOWN", "x"
        ds.DeidentificationMethodCodeSequence = Sequence([code])
        del ds.PatientIdentityRemoved
        del ds.LongitudinalTemporalInformationModified
        ds.add_new(0x00431039, "IS", "1000")

    assert planted(folder, as_lethe) == {
        (Kind.DATE, "(0008,0012)"),
        (Kind.DATE, "(0040,0244)"),
        (Kind.UID, "(0008,1140)[0](0008,1155)"),
        (Kind.STAMP, "(0012,0062)"),
        (Kind.STAMP, "(0012,0064)"),
        (Kind.STAMP, "(0028,0303)"),
        (Kind.PRIVATE, "(0043,1039)"),
    }


def test_a_date_that_was_not_moved_with_the_others_is_found(folder):
    found = planted(folder, lambda ds: ds.__setattr__("PerformedProcedureStepStartDate", STUDY))
    assert found == {(Kind.DATE, "(0040,0244)")}


def test_private_attributes_are_only_let_pass_with_the_creator_of_a_safe_one(folder):
    def safe(ds):
        ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", 1000.0)

    def unsafe(ds):
        ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x10, "OB", b"\0\1")

    assert planted(folder, safe) == set()
    assert planted(folder, unsafe) == {(Kind.PRIVATE, "(0029,1010)")}


def test_overlays_and_documents_are_found(folder):
    def plant(ds):
        ds.add_new(0x60003000, "OW", b"\0\1" * 8)
        ds.add_new(0x00420011, "OB", b"%PDF-1.4")

    assert {(Kind.OVERLAY, "(6000,3000)"), (Kind.DOCUMENT, "(0042,0011)")} <= planted(folder, plant)


@pytest.mark.parametrize("comment", [b"Patient: Garcia Fernandez, born 12/03/1957", b"made by LEAD"])
def test_remarks_in_compressed_pictures_are_found(folder, comment):
    output = treated(written(original(JPEGBaseline8Bit)))

    def plant(ds):
        ds.PixelData = encapsulate([jpeg(comment)])
        ds["PixelData"].is_undefined_length = True

    assert planted(folder, plant, output) == {(Kind.REMARK, "(7FE0,0010)")}
    assert ((Kind.REMARK, "(7FE0,0010)") in kinds(folder, least=Severity.ERR)) == (b"born" in comment)


def test_a_segmentation_without_its_segments_or_images_is_found(folder):
    def broken(ds):
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
        ds.Modality = "SEG"
        ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = "2.25.1"

    found = planted(folder, broken)
    assert {(Kind.CONTENT, "(0062,0002)"), (Kind.CONTENT, "(5200,9230)"), (Kind.REFERENCE, "(0008,1155)")} <= found


def test_a_segmentation_whose_images_are_there_keeps_its_references(folder):
    from pydicom import dcmread

    (folder / "image.dcm").write_bytes(OUTPUT)
    image = dcmread(folder / "image.dcm").SOPInstanceUID

    def derived(ds):
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "2.25.77"
        ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = image

    assert not {kind for kind, _ in planted(folder, derived)} & {Kind.REFERENCE, Kind.MISMATCH}


def test_what_stands_around_the_data_set_is_found(folder):
    out = changed(OUTPUT, lambda ds: ds.file_meta.__setattr__("SourceApplicationEntityTitle", "PACS"))
    (folder / "a.dcm").write_bytes(b"x" * 128 + out[128:] + b"more than padding")
    assert {(Kind.PREAMBLE, "preamble"), (Kind.IDENTIFIER, "(0002,0016)"), (Kind.TEXT, "after the data set")} <= kinds(
        folder
    )


def test_names_of_files_and_files_that_are_no_dicom_are_found(folder):
    (folder / "Sra. Garcia").mkdir()
    (folder / "Sra. Garcia" / "a.dcm").write_bytes(OUTPUT)
    (folder / "patients.csv").write_text("name;id\n")
    (folder / "cut.dcm").write_bytes(OUTPUT[:400])
    found = {(one.file, one.kind) for one in lint(folder).findings}
    assert {("Sra. Garcia/a.dcm", Kind.NAME), ("patients.csv", Kind.UNREADABLE)} <= found
    assert any(file == "cut.dcm" and kind in (Kind.UNREADABLE, Kind.MISSING) for file, kind in found)
    assert {file for file, _ in found} == {"Sra. Garcia/a.dcm", "patients.csv", "cut.dcm"}


def test_against_a_workspace_the_uids_and_numbers_of_its_originals_are_found(folder, tmp_path, workspace):
    source = tmp_path / "originals"
    source.mkdir()
    ds = original()
    ds.FrameOfReferenceUID = ds.SeriesInstanceUID = "2.25.112233445566778899"
    (source / "a.dcm").write_bytes(written(ds))
    scan(workspace, [source])
    assert planted(folder, lambda ds: None, against=workspace) == set()

    def plant(ds):
        ds.FrameOfReferenceUID = "2.25.112233445566778899"
        ds.SeriesDescription = "axial 471-182"
        ds.StudyComments = ACCESSION.lower()
        ds.private_block(0x0029, "ANY", create=True).add_new(0x10, "OB", b"\0\1\0uid=2.25.112233445566778899\0")

    without = planted(folder, plant)
    assert planted(folder, plant, against=workspace) - without == {
        (Kind.UID, "(0020,0052)"),
        (Kind.ID, "(0008,103E)"),
        (Kind.ID, "(0032,4000)"),
        (Kind.UID, "(0029,1010)"),
    }


def test_a_folder_that_is_not_there_is_said_in_words(folder):
    with pytest.raises(WorkspaceError, match="cannot be read"):
        lint(folder / "missing")


def test_the_command_prints_findings_and_ends_with_one(folder, capsys):
    (folder / "a.dcm").write_bytes(OUTPUT)
    assert main(["lint-deidentified", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "findings": []}
    (folder / "b.dcm").write_bytes(SOURCE)
    assert main(["lint-deidentified", str(folder), "--json", "--quiet"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == 2
    assert {"path", "tag", "kind", "severity"} <= set(told["findings"][0])
    assert {one["path"] for one in told["findings"]} == {"b.dcm"}
    assert main(["lint-deidentified", str(folder / "missing"), "--json"]) == 2
