"""Verification of single files: whatever of the original is put back anywhere is found, and nothing else is."""

import io
from dataclasses import replace
from random import Random
from types import MappingProxyType

import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

from eucaim_nb.deid import Action, Override, load_profile, verify_file
from eucaim_nb.deid._finding import Kind, Severity
from eucaim_nb.identity import Key, Pseudonyms
from tests.deid.outputs import (
    ACCESSION,
    BIRTH,
    NAME,
    PATIENT_ID,
    PROFILE,
    ROOT,
    STUDY,
    changed,
    jpeg,
    original,
    treated,
    written,
)

SOURCE = written(original())
OUTPUT = treated(SOURCE)
SECRETS = (*NAME.replace("^", " ").split(), "Garcia", "Lindqvist", "Ibáñez", PATIENT_ID, ACCESSION, BIRTH, STUDY, ROOT)


def found(output, source=SOURCE, profile=PROFILE, name=""):
    findings = verify_file(source, output, profile=profile, name=name)
    for one in findings:
        assert not any(secret.lower() in f"{one.tag} {one.message}".lower() for secret in SECRETS), one
    return {(one.kind, one.tag) for one in findings if one.severity is Severity.ERR}


def planted(change):
    return found(changed(OUTPUT, change))


def test_a_clean_output_has_no_finding():
    assert verify_file(SOURCE, OUTPUT, profile=PROFILE, name="EUCAIM-X/0123456789/0123456789/0123456789ab.dcm") == ()


@pytest.mark.parametrize("name", ["basic", "eucaim", "lethe-compatible"])
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit])
def test_clean_outputs_of_every_profile_and_encoding_have_no_finding(name, syntax):
    profile, source = load_profile(name), written(original(syntax))
    assert verify_file(source, treated(source, profile), profile=profile) == ()


def test_the_whole_sample_cohort_treated_has_no_finding(cohort):
    from eucaim_nb.deid._engine import Engine
    from eucaim_nb.deid._rewrite import Quarantine

    engine, checked = Engine(PROFILE, Pseudonyms(Key(bytes(32)), "EUCAIM")), 0
    for path in sorted(cohort.folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        try:
            done = engine.treat(memoryview(data))
        except Quarantine:
            continue
        assert verify_file(data, b"".join(done.pieces), profile=PROFILE, patient=done.patient[1]) == ()
        checked += 1
    assert checked > 80


@pytest.mark.parametrize(
    "value",
    [
        "Sra. Garcia", "GARCIA^MARIA", "fernandez t1", "GarciaFernandez", "FERNANDEZGARCIA_2", "MARIA_JOSE",
        "lindqvist", "ASA Lindqvist", "García",
    ],
)  # fmt: skip
def test_a_name_in_any_usual_spelling_is_found_in_a_description(value):
    assert planted(lambda ds: ds.__setattr__("SeriesDescription", value)) == {(Kind.NAME, "(0008,103E)")}


@pytest.mark.parametrize("value", ["471182", "NHC 00471182", "ID:0471182/2", "471-182", "abd 471182 ax"])
def test_a_patient_id_with_or_without_zeros_and_separators_is_found(value):
    assert planted(lambda ds: ds.__setattr__("SeriesDescription", value)) == {(Kind.ID, "(0008,103E)")}


@pytest.mark.parametrize(
    "value", ["12/03/1957", "12.03.1957", "1957-03-12", "19570312", "born 12031957", "15-03-2024"]
)
def test_a_date_of_the_patient_is_found_in_text(value):
    assert planted(lambda ds: ds.__setattr__("SeriesDescription", value)) == {(Kind.DATE, "(0008,103E)")}


@pytest.mark.parametrize(
    ("keyword", "value", "kind"),
    [
        ("AccessionNumber", ACCESSION, Kind.ID),
        ("AccessionNumber", "acc77120934", Kind.ID),
        ("StationName", "SN60098-X", Kind.ID),
        ("FrameOfReferenceUID", f"{ROOT}.30000024031507115387500000003", Kind.UID),
        ("AcquisitionDate", STUDY, Kind.DATE),
        ("AcquisitionDateTime", f"{STUDY}101530.25", Kind.DATE),
        ("PatientBirthDate", BIRTH, Kind.DATE),
        ("OperatorsName", "Maria^J", Kind.NAME),
        ("ImageComments", "call 961 234 567", Kind.PHONE),
        ("ImageComments", "lives in calle mayor 12", Kind.PLACE),
        ("ImageComments", "HOSPITAL CLINICO DE EJEMPLO", Kind.PLACE),
        ("ImageComments", f"see {ROOT}.30000024031507115387500000001", Kind.UID),
    ],
)
def test_what_is_put_back_at_the_top_level_is_found_with_its_kind_and_place(keyword, value, kind):
    out = changed(OUTPUT, lambda ds: ds.__setattr__(keyword, value))
    tag = dcmread(io.BytesIO(out))[keyword].tag
    assert (kind, f"({tag.group:04X},{tag.element:04X})") in found(out)


@pytest.mark.parametrize(("keyword", "value"), [("StationName", "CT03"), ("InstitutionAddress", "Łódź")])
def test_an_identifying_attribute_as_it_was_is_found_however_short_it_is(keyword, value):
    ds = original()
    ds.__setattr__(keyword, value)
    before = written(ds)
    out = changed(treated(before), lambda out: out.__setattr__(keyword, value))
    tag = ds[keyword].tag
    assert (Kind.IDENTIFIER, f"({tag.group:04X},{tag.element:04X})") in found(out, before)


def test_private_attributes_that_are_not_known_to_be_safe_or_have_no_creator_are_found():
    def plant(ds):
        ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x08, "CS", "IMAGE NUM 4")
        ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", 1000.0)
        ds.add_new(0x00431039, "IS", "1000")

    assert planted(plant) == {(Kind.PRIVATE, "(0029,1008)"), (Kind.PRIVATE, "(0043,1039)")}


def test_what_is_put_back_into_an_item_is_found():
    def plant(ds):
        item = Dataset()
        item.RequestedProcedureDescription = "TC Fernandez"
        item.RequestedProcedureID = PATIENT_ID
        ds.RequestAttributesSequence = Sequence([Dataset(), item])

    assert planted(plant) == {
        (Kind.NAME, "(0040,0275)[1](0032,1060)"),
        (Kind.ID, "(0040,0275)[1](0040,1001)"),
    }


def test_what_is_put_back_into_a_private_attribute_is_found():
    def plant(ds):
        block = ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "OB", b"\0\1\0\0PatName\0\0GARCIA FERNANDEZ\0\0\x99\x01")
        block.add_new(0x11, "UN", "Fernández".encode("utf-16-le"))
        block.add_new(0x12, "LO", f"MR {PATIENT_ID}")

    assert {
        (Kind.NAME, "(0029,1010)"), (Kind.NAME, "(0029,1011)"), (Kind.ID, "(0029,1012)")
    } <= planted(plant)  # fmt: skip


def test_a_private_sequence_of_unknown_vr_is_looked_into():
    item = Dataset()
    item.PatientBirthDate = BIRTH
    raw = io.BytesIO()
    inner = Dataset()
    inner.ReferencedPatientSequence = Sequence([item])
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    writer = DicomBytesIO()
    writer.is_implicit_VR, writer.is_little_endian = True, True
    write_dataset(writer, inner)
    raw = writer.getvalue()
    value = b"\xfe\xff\x00\xe0" + len(raw).to_bytes(4, "little") + raw

    def plant(ds):
        ds.private_block(0x0029, "VENDOR", create=True).add_new(0x20, "UN", value)

    assert (Kind.DATE, "(0029,1020)[0](0008,1120)[0](0010,0030)") in planted(plant)


def test_what_is_put_back_into_text_of_a_structured_report_is_found():
    source = original()
    source.SOPClassUID = source.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    source.Modality = "SR"
    del source.PixelData
    entry = Dataset()
    entry.RelationshipType, entry.ValueType, entry.TextValue = "CONTAINS", "TEXT", "Nodule of 8 mm, unchanged."
    source.ValueType, source.ContentSequence = "CONTAINER", Sequence([entry])
    before = written(source)
    after = treated(before)
    assert found(after, before) == set()

    def plant(ds):
        ds.ContentSequence[0].TextValue = "Señora García has a nodule of 8 mm."

    assert found(changed(after, plant), before) == {(Kind.NAME, "(0040,A730)[0](0040,A160)")}


def test_content_items_that_are_gone_are_found():
    source = original()
    entry = Dataset()
    entry.RelationshipType, entry.ValueType, entry.TextValue = "CONTAINS", "TEXT", "Unchanged."
    source.ContentSequence = Sequence([entry, entry])
    before = written(source)
    gone = changed(treated(before), lambda ds: ds.ContentSequence.pop())
    assert found(gone, before) == {(Kind.CONTENT, "(0040,A730)")}


def test_a_reference_that_lost_its_uid_is_found():
    def plant(ds):
        ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = ""

    assert planted(plant) == {(Kind.REFERENCE, "(0008,1140)[0](0008,1155)")}


def test_what_is_put_back_into_file_meta_information_is_found():
    def plant(ds):
        ds.file_meta.SourceApplicationEntityTitle = "GARCIA"

    assert {(Kind.IDENTIFIER, "(0002,0016)"), (Kind.NAME, "(0002,0016)")} <= planted(plant)


def test_what_is_put_back_into_the_preamble_is_found():
    out = b"GARCIA^MARIA".ljust(128, b"\0") + OUTPUT[128:]
    assert {(Kind.PREAMBLE, "preamble"), (Kind.NAME, "preamble")} <= found(out)


def test_what_stands_behind_the_data_set_is_found():
    assert (Kind.ID, "after the data set") in found(OUTPUT + b"#ID 00471182")
    assert (Kind.NAME, "after the data set") in found(OUTPUT + b"\0Garcia")


def test_what_stands_behind_the_samples_in_a_deflated_file_is_found():
    before = written(original(DeflatedExplicitVRLittleEndian))
    after = treated(before)
    out = changed(after, lambda ds: ds.__setattr__("DataSetTrailingPadding", b"xx GARCIA FERNANDEZ "))
    assert (Kind.NAME, "(FFFC,FFFC)") in found(out, before)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("EUCAIM-X/0123456789/Garcia_1/0.dcm", Kind.NAME),
        ("00471182/0/0/0.dcm", Kind.ID),
        ("EUCAIM-X/20240315/0/0.dcm", Kind.DATE),
        (f"EUCAIM-X/0/0/{ROOT}.30000024031507115387500001234.dcm", Kind.UID),
    ],
)
def test_what_is_put_back_into_names_of_files_and_folders_is_found(name, kind):
    assert found(OUTPUT, name=name) == {(kind, "file name")}


@pytest.mark.parametrize("comment", [b"GARCIA FERNANDEZ MARIA", b"nothing in particular"])
def test_a_comment_in_a_compressed_picture_is_found(comment):
    before = written(original(JPEGBaseline8Bit))
    after = treated(before)

    def plant(ds):
        ds.PixelData = encapsulate([jpeg(comment)])
        ds["PixelData"].is_undefined_length = True

    problems = found(changed(after, plant), before)
    assert (Kind.REMARK, "(7FE0,0010)") in problems
    assert ((Kind.NAME, "(7FE0,0010)") in problems) == (b"GARCIA" in comment)


def test_what_stands_behind_the_end_of_a_compressed_picture_is_found():
    before = written(original(JPEGBaseline8Bit))

    def plant(ds):
        ds.PixelData = encapsulate([jpeg() + b"0047"])
        ds["PixelData"].is_undefined_length = True

    assert (Kind.REMARK, "(7FE0,0010)") in found(changed(treated(before), plant), before)


def test_changed_samples_are_found_unless_the_file_declares_that_pixels_were_cleaned():
    def blank(ds):
        ds.PixelData = bytes(128)

    assert planted(blank) == {(Kind.PIXELS, "(7FE0,0010)")}

    def declare(ds):
        blank(ds)
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "113101", "DCM", "Clean Pixel Data Option"
        ds.DeidentificationMethodCodeSequence.append(item)

    assert planted(declare) == set()


def test_a_changed_picture_is_found_although_its_comment_may_change():
    before = written(original(JPEGBaseline8Bit))
    after = treated(before)
    picture = io.BytesIO()
    Image.new("L", (8, 8), 200).save(picture, "JPEG", comment=b"")

    def other(ds):
        ds.PixelData = encapsulate([picture.getvalue()])
        ds["PixelData"].is_undefined_length = True

    assert (Kind.PIXELS, "(7FE0,0010)") in found(changed(after, other), before)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PatientIdentityRemoved", "NO"),
        ("DeidentificationMethod", ""),
        ("DeidentificationMethodCodeSequence", []),
        ("LongitudinalTemporalInformationModified", "UNMODIFIED"),
    ],
)
def test_a_declaration_that_is_missing_or_wrong_is_found(keyword, value):
    out = changed(OUTPUT, lambda ds: ds.__setattr__(keyword, value))
    tag = dcmread(io.BytesIO(out))[keyword].tag
    assert found(out) == {(Kind.STAMP, f"({tag.group:04X},{tag.element:04X})")}


@pytest.mark.parametrize("keyword", ["Modality", "PatientID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_a_required_attribute_without_value_is_found(keyword):
    tag = original()[keyword].tag
    problems = planted(lambda ds: ds.__setattr__(keyword, ""))
    assert (Kind.MISSING, f"({tag.group:04X},{tag.element:04X})") in problems


def test_a_patient_id_that_is_not_the_pseudonym_of_the_crosswalk_is_found():
    kinds = {one.kind for one in verify_file(SOURCE, OUTPUT, profile=PROFILE, patient="EUCAIM-ANOTHER")}
    assert kinds == {Kind.MISMATCH}


def test_a_sop_instance_uid_that_differs_from_the_file_meta_information_is_found():
    ours = dcmread(io.BytesIO(OUTPUT))
    out = OUTPUT.replace(ours.SOPInstanceUID.encode(), ours.SOPInstanceUID[:-1].encode() + b"0", 1)
    if out == OUTPUT:
        out = OUTPUT.replace(ours.SOPInstanceUID.encode(), ours.SOPInstanceUID[:-1].encode() + b"1", 1)
    assert (Kind.MISMATCH, "(0008,0018)") in found(out)


def test_a_shifted_date_that_happens_to_be_another_date_of_the_patient_is_no_finding():
    ds = original()
    ours = dcmread(io.BytesIO(OUTPUT))
    ds.PerformedProcedureStepStartDate = ours.StudyDate
    before = written(ds)
    assert verify_file(before, treated(before), profile=PROFILE) == ()


def test_dates_that_the_profile_keeps_are_no_finding():
    from eucaim_nb.identity import DatePolicy

    profile = replace(PROFILE, dates=DatePolicy.KEEP)
    assert verify_file(SOURCE, treated(SOURCE, profile), profile=profile) == ()


def test_an_attribute_that_the_profile_keeps_by_name_is_no_finding():
    kept = MappingProxyType({**PROFILE.overrides, 0x00181000: Override(Action.KEEP, "phantom study")})
    profile = replace(PROFILE, overrides=kept)
    out = treated(SOURCE, profile)
    assert dcmread(io.BytesIO(out)).DeviceSerialNumber == "SN60098-X"
    assert verify_file(SOURCE, out, profile=profile) == ()


def test_names_that_are_medical_terms_are_only_found_as_names():
    ds = original()
    ds.PatientName, ds.SeriesDescription = "Paget^Rosa", "Paget disease of bone"
    before = written(ds)
    after = treated(before)
    assert found(changed(after, lambda ds: ds.__setattr__("SeriesDescription", "Paget disease")), before) == set()
    assert found(changed(after, lambda ds: ds.__setattr__("SeriesDescription", "PAGET^ROSA")), before) == {
        (Kind.NAME, "(0008,103E)")
    }


def test_names_in_greek_are_found_in_greek_and_in_latin_letters():
    ds = original()
    ds.SpecificCharacterSet, ds.PatientName = "ISO_IR 126", "Παπαδόπουλος^Βασίλης"
    ds.InstitutionName = ds.InstitutionAddress = ds.StudyDescription = ds.ReferringPhysicianName = ""
    before = written(ds)
    after = treated(before)
    assert found(after, before) == set()
    for value in ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ", "Papadopoulos", "VASILIS", "Basilis"):
        out = changed(after, lambda ds, value=value: ds.__setattr__("SeriesDescription", value))
        assert found(out, before) == {(Kind.NAME, "(0008,103E)")}, value


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, "1.2.840.10008.1.2.1"])
def test_empty_sequences_are_read(syntax):
    ds = original(syntax)
    ds.AnatomicRegionSequence, ds.ViewCodeSequence = [], [Dataset()]
    before = written(ds)
    assert verify_file(before, treated(before), profile=PROFILE) == ()


def test_damaged_bytes_are_told_in_findings_never_in_errors():
    random = Random(7)
    for _ in range(300):
        data = bytearray(OUTPUT)
        for _ in range(random.randrange(1, 6)):
            data[random.randrange(len(data))] = random.randrange(256)
        found(bytes(data[: random.randrange(300, len(data))] if random.random() < 0.3 else data))


@pytest.mark.parametrize("bad", [b"", b"not DICOM", OUTPUT[:700]])
def test_an_output_that_cannot_be_read_is_found(bad):
    assert found(bad)


def test_no_public_dicom_test_file_makes_a_false_alarm():
    for name in ("CT_small", "MR_small_implicit", "rtplan", "JPEG2000", "liver_1frame", "ExplVR_BigEnd"):
        with open(get_testdata_file(f"{name}.dcm", download=False), "rb") as file:
            before = file.read()
        assert found(treated(before), before) == set(), name
