"""The engine on real bytes: what identifies is gone wherever it stood, what is kept is kept to the byte."""

import io
import random
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from eucaim_nb.deid import load_profile
from eucaim_nb.deid._engine import Engine, Quarantine
from eucaim_nb.errors import ProfileError
from eucaim_nb.identity import Key, LethePseudonyms, Pseudonyms

from ..identity.fake_recogniser import installed

KEY = Key(bytes(range(32)))
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
MR = "1.2.840.10008.5.1.4.1.1.4"
STUDY, SERIES, INSTANCE = "1.2.826.0.1.99.1", "1.2.826.0.1.99.1.2", "1.2.826.0.1.99.1.2.3"


@pytest.fixture(scope="module")
def engine():
    return Engine(load_profile("eucaim"), Pseudonyms(KEY, "EUCAIM"))


def made(syntax=ExplicitVRLittleEndian, **values):
    """An MR instance of an invented patient; `values` by keyword replace or add attributes."""
    data = Dataset()
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = MR, INSTANCE
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY, SERIES
    data.StudyDate = data.SeriesDate = data.AcquisitionDate = data.ContentDate = "20210315"
    data.StudyTime = "101500"
    data.Modality, data.Manufacturer, data.BodyPartExamined = "MR", "SIEMENS", "PROSTATE"
    data.PatientName, data.PatientID, data.PatientBirthDate = "Zubiría^Ainhoa", "HC-0045678", "19510704"
    data.PatientSex, data.PatientAge = "F", "069Y"
    data.AccessionNumber, data.StudyID = "ACC778812", "55"
    data.ReferringPhysicianName, data.InstitutionName = "Larrañaga^Iker", "Hospital Inventado"
    data.StudyDescription, data.SeriesDescription = "RM PROSTATA", "T2 TSE tra Zubiría"
    data.Rows = data.Columns = 8
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 15, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.PixelData = bytes(range(128))
    for keyword, value in values.items():
        setattr(data, keyword, value)
    return written(data, syntax)


def written(data, syntax=ExplicitVRLittleEndian):
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.SourceApplicationEntityTitle = "PACS_INVENTADO"
    data.preamble = b"preamble of Zubiria".ljust(128, b"\0")
    buffer = io.BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def treated(engine, data):
    """The output as bytes and as pydicom reads it, every element of it."""
    out = b"".join(engine.treat(memoryview(data)).pieces)
    read = pydicom.dcmread(io.BytesIO(out))
    list(read.iterall())
    return out, read


IDENTIFYING = (
    *("Zubir", "Ainhoa", "0045678", "19510704", "ACC778812"),
    *("Larra", "Inventado", "INVENTADO", STUDY, "20210315"),
)


def traces(out):
    return [trace for trace in IDENTIFYING if trace.encode() in out]


SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
def test_nothing_that_identifies_is_left_in_any_transfer_syntax(engine, syntax):
    out, read = treated(engine, made(syntax))
    assert read.file_meta.TransferSyntaxUID == syntax
    if syntax is not DeflatedExplicitVRLittleEndian:
        assert traces(out) == []
    assert not [trace for trace in IDENTIFYING if trace in str(read)]
    assert (read.SeriesDescription, read.StudyDescription) == ("T2 TSE tra", "RM PROSTATA")
    assert read.PixelData == bytes(range(128))


def test_what_research_and_eucaim_need_survives(engine):
    _, read = treated(engine, made())
    assert (read.Modality, read.Manufacturer, read.BodyPartExamined) == ("MR", "SIEMENS", "PROSTATE")
    assert (read.PatientSex, read.PatientAge, read.Rows) == ("F", "069Y", 8)
    assert read.PatientID == str(read.PatientName) == Pseudonyms(KEY, "EUCAIM").patient("HC-0045678")
    assert len(read.AcquisitionDate) == 8
    assert read.StudyDate == read.AcquisitionDate != "20210315"


def test_declares_what_was_done(engine):
    _, read = treated(engine, made())
    assert read.PatientIdentityRemoved == "YES"
    assert read.LongitudinalTemporalInformationModified == "MODIFIED"
    codes = {item.CodeValue for item in read.DeidentificationMethodCodeSequence}
    assert {"113100", "113105", "113107"} <= codes
    assert {item.CodingSchemeDesignator for item in read.DeidentificationMethodCodeSequence} == {"DCM"}
    assert list(read.keys()) == sorted(read.keys())


def test_uids_agree_with_each_other_in_meta_data_set_and_references(engine):
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = MR, INSTANCE
    _, read = treated(engine, made(SourceImageSequence=Sequence([reference])))
    assert read.file_meta.MediaStorageSOPInstanceUID == read.SOPInstanceUID
    assert read.SourceImageSequence[0].ReferencedSOPInstanceUID == read.SOPInstanceUID
    assert read.SourceImageSequence[0].ReferencedSOPClassUID == MR
    assert read.SOPInstanceUID == Pseudonyms(KEY, "EUCAIM").uid(INSTANCE)


def test_names_in_nested_and_deeply_nested_sequences_go(engine):
    inner = Dataset()
    inner.RequestedProcedureDescription = "seguimiento Zubiría Ainhoa"
    inner.PersonName = "Zubiría^Ainhoa"
    outer = Dataset()
    outer.RequestAttributesSequence = Sequence([inner])
    outer.PerformedProcedureStepStartDate = "20210315"
    nested = {"RequestAttributesSequence": Sequence([inner]), "ReferencedStudySequence": Sequence([outer])}
    out, _ = treated(engine, made(**nested))
    assert traces(out) == []


def test_private_attributes_go_and_safe_ones_stay_with_their_creator(engine):
    data = pydicom.dcmread(io.BytesIO(made()))
    unsafe = data.private_block(0x0029, "ACME HOSPITAL", create=True)
    unsafe.add_new(0x10, "LO", "Zubiría Ainhoa")
    safe = data.private_block(0x7053, "Philips PET Private Group", create=True)
    safe.add_new(0x00, "DS", "1.25")
    safe.add_new(0x40, "LO", "Zubiría Ainhoa")
    out, read = treated(engine, written(data))
    assert traces(out) == []
    assert b"ACME" not in out
    assert read.private_block(0x7053, "Philips PET Private Group")[0x00].value == 1.25


def test_sequence_written_as_unknown_is_treated_too(engine):
    inner = Dataset()
    inner.PatientName, inner.StudyInstanceUID = "Zubiría^Ainhoa", STUDY
    buffer = pydicom.filebase.DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, True
    pydicom.filewriter.write_dataset(buffer, inner)
    content = buffer.getvalue()
    value = b"\xfe\xff\x00\xe0" + len(content).to_bytes(4, "little") + content
    unknown = b"\x08\x00\x40\x11UN\0\0" + len(value).to_bytes(4, "little") + value
    data, before = made(), b"\x10\x00\x10\x00PN"
    assert data.count(before) == 1
    out, read = treated(engine, data.replace(before, unknown + before))
    assert traces(out) == []
    assert len(read.ReferencedImageSequence) == 1


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 100", "Müller^Jörg"),
        ("ISO_IR 144", "Люкceмбypг^Ирина"),
        ("ISO_IR 126", "Διονυσιος^Ελένη"),
        ("GB18030", "王^小东"),
        ("\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎"),
    ],
)
def test_names_in_other_character_sets_leave_texts(engine, charset, name):
    family = name.partition("=")[2] or name
    described = f"T1 axial {family.replace('^', ' ')}"
    data = pydicom.dcmread(io.BytesIO(made()))
    data.SpecificCharacterSet = charset.split("\\") if "\\" in charset else charset
    data.PatientName, data.SeriesDescription, data.ReferringPhysicianName = name, described, ""
    data.InstitutionName = "X"
    _, read = treated(engine, written(data))
    assert family.split("^")[0] not in str(read)
    assert str(read.SeriesDescription).startswith("T1 axial")


def test_age_above_89_is_joined_and_a_missing_one_is_worked_out(engine):
    assert treated(engine, made(PatientAge="093Y"))[1].PatientAge == "090Y"
    assert treated(engine, made(PatientAge=""))[1].PatientAge == "069Y"


def test_dates_of_a_patient_move_together_and_intervals_stay(engine):
    first = treated(engine, made())[1].StudyDate
    second = treated(engine, made(StudyDate="20210614"))[1].StudyDate
    days = [pydicom.valuerep.DA(value) for value in (first, second)]
    assert (days[1] - days[0]).days == 91


def test_encapsulated_document_is_set_aside(engine):
    data = pydicom.dcmread(io.BytesIO(made()))
    data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    del data.PixelData
    data.MIMETypeOfEncapsulatedDocument, data.EncapsulatedDocument = "application/pdf", b"%PDF-1.7 Zubiria "
    with pytest.raises(Quarantine, match="encapsulated document"):
        engine.treat(memoryview(written(data)))


def test_remarks_in_a_jpeg_codestream_are_blanked_and_the_picture_stays(engine):
    data = pydicom.dcmread(BUNDLED / "SC_rgb_jpeg_dcmtk.dcm")
    frame = pydicom.encaps.get_frame(data.PixelData, 0, number_of_frames=1)
    secret = b"Exif\0\0patient Zubiria GPS 43.26 "
    remark = b"\xff\xe1" + (len(secret) + 2).to_bytes(2, "big") + secret
    comment = b"\xff\xfe" + (len(secret) + 2).to_bytes(2, "big") + secret
    data.PixelData = pydicom.encaps.encapsulate([frame[:2] + remark + comment + frame[2:]])
    data["PixelData"].is_undefined_length = True
    before = data.pixel_array.copy()
    buffer = io.BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    out, read = treated(engine, buffer.getvalue())
    assert b"Zubiria" not in out
    assert b"GPS" not in out
    assert (read.pixel_array == before).all()


@pytest.mark.parametrize("cut", [100, 132, 200, 400, -1, -60])
def test_file_that_is_cut_off_is_set_aside(engine, cut):
    with pytest.raises(Quarantine):
        engine.treat(memoryview(made()[:cut]))


def test_depth_that_could_stop_a_reader_is_set_aside(engine):
    data = Dataset()
    for _ in range(70):
        outer = Dataset()
        outer.ReferencedStudySequence = Sequence([data])
        data = outer
    with pytest.raises(Quarantine, match="nested"):
        engine.treat(memoryview(made(ReferencedStudySequence=Sequence([data]))))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_damaged_bytes_are_treated_or_set_aside_and_never_crash(engine, seed):
    rng = random.Random(seed)
    data = bytearray(made())
    for _ in range(rng.randrange(1, 8)):
        data[rng.randrange(132, len(data))] = rng.randrange(256)
    said = ""
    try:
        engine.treat(memoryview(bytes(data)))
    except Quarantine as why:
        said = str(why)
    assert "Zubir" not in said


def test_every_bundled_file_of_pydicom_is_treated_or_set_aside(engine):
    """Whoever reads the original reads the output; its pixels are the same."""
    done = 0
    for path in sorted(BUNDLED.rglob("*.dcm")):
        content = path.read_bytes()
        try:
            out = b"".join(engine.treat(memoryview(content)).pieces)
        except Quarantine:
            continue
        before = pydicom.dcmread(io.BytesIO(content), force=True)
        after = pydicom.dcmread(io.BytesIO(out))
        list(after.iterall())
        if "PixelData" in before:
            assert len(after.PixelData) == len(before.PixelData), path
            if not after.file_meta.TransferSyntaxUID.is_encapsulated:
                assert after.PixelData == before.PixelData, path
        assert after.SOPClassUID == before.SOPClassUID
        assert str(before.get("PatientID", "") or "no such") not in str(after.get("PatientID", "")), path
        done += 1
    assert done > 50


def test_same_key_gives_the_same_bytes_and_another_key_other_ones():
    first, again = (Engine(load_profile("eucaim"), Pseudonyms(KEY, "EUCAIM")) for _ in range(2))
    other = Engine(load_profile("eucaim"), Pseudonyms(Key(bytes(32)), "EUCAIM"))
    assert treated(first, made())[0] == treated(again, made())[0] != treated(other, made())[0]


def test_lethe_compatible_pseudonyms_are_those_of_the_eucaim_anonymiser():
    maker = LethePseudonyms("0123456789abcdef0123456789abcdef0")
    _, read = treated(Engine(load_profile("lethe-compatible"), maker), made())
    assert read.PatientID == maker.patient("HC-0045678")
    assert read.StudyInstanceUID == maker.uid(STUDY, "HC-0045678")


@pytest.mark.parametrize("profile", ["basic", "eucaim", "lethe-compatible"])
def test_no_profile_leaves_a_direct_identifier(profile):
    engine = Engine(load_profile(profile), Pseudonyms(KEY, "EUCAIM"))
    out, _ = treated(engine, made())
    kept = {"20210315"} if profile == "lethe-compatible" else set()
    assert set(traces(out)) <= kept


def with_recogniser(name):
    return Engine(replace(load_profile("eucaim"), recogniser=name), Pseudonyms(KEY, "EUCAIM"))


def test_names_that_only_the_site_s_own_recogniser_knows_leave_the_texts_of_a_file(tmp_path, monkeypatch):
    installed(tmp_path, monkeypatch)
    out, read = treated(with_recogniser("quillon"), made(ImageComments="lesión vista por quillon ayer"))
    assert b"quillon" not in out
    assert read.ImageComments == "lesión vista por ayer"


def test_a_file_whose_texts_the_recogniser_could_not_read_is_set_aside_without_telling_them(tmp_path, monkeypatch):
    installed(tmp_path, monkeypatch)
    with pytest.raises(Quarantine) as why:
        treated(with_recogniser("broken"), made(ImageComments="lesión vista por quillon ayer"))
    assert "recogniser" in str(why.value)
    assert "quillon" not in str(why.value)


def test_a_recogniser_that_is_not_installed_stops_the_run_instead_of_leaving_names(tmp_path):
    with pytest.raises(ProfileError, match="recogniser"):
        treated(with_recogniser("absent"), made())
