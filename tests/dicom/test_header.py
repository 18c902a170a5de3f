"""For readable files `read_header` gives pydicom's values and what is wrong, and reads few bytes."""

import io
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from eucaim_nb.dicom._problems import HeaderError, ProblemKind
from eucaim_nb.dicom._read import read_header
from eucaim_nb.dicom._values import canonical
from eucaim_nb.dicom._wanted import Wanted

from .header_files import BUNDLED_FILES, image, kinds, values_of_pydicom, written

# Genuine DICOM that pydicom refuses unless forced, and that we read because its UIDs prove what it is.
WITHOUT_PREAMBLE = {"ExplVR_BigEndNoMeta.dcm", "ExplVR_LitEndNoMeta.dcm", "rtstruct.dcm"}
# pydicom returns the first part of a header that was cut off, without a word.
CUT_OFF = {"rtplan_truncated.dcm"}


@pytest.mark.parametrize("path", BUNDLED_FILES, ids=lambda path: path.name)
def test_bundled_file_reads_as_pydicom_reads_it(path):
    try:
        header = read_header(path)
    except HeaderError as error:
        kind = error.problem.kind
        if kind is ProblemKind.NOT_DICOM:
            with pytest.raises(pydicom.errors.InvalidDicomError):
                pydicom.dcmread(path)
        elif kind is ProblemKind.MISSING_UIDS:
            values = values_of_pydicom(path)
            uids = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
            assert not all(values.get(keyword) for keyword in uids)
        elif kind is ProblemKind.DICOMDIR:
            assert (
                pydicom.dcmread(path).file_meta.MediaStorageSOPClassUID.name
                == "Media Storage Directory Storage"
            )
        else:
            assert kind is ProblemKind.TRUNCATED_HEADER
            assert path.name in CUT_OFF
    else:
        assert header.values == values_of_pydicom(path, force=path.name in WITHOUT_PREAMBLE)


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
    ids=lambda syntax: syntax.name,
)
def test_every_native_syntax_gives_the_same_values_and_sees_the_pixels(syntax):
    dataset = image(syntax, PatientAge="064Y", SliceThickness="0.50", ImageType=["ORIGINAL", "PRIMARY"])
    dataset.add_new(0x00291010, "UN", bytes(20_000))
    header = read_header(io.BytesIO(written(dataset)))
    assert header.transfer_syntax == syntax
    assert header.problems == ()
    assert header.values["SliceThickness"] == "0.50"
    assert header.values["ImageType"] == "ORIGINAL\\PRIMARY"
    assert header.values["Rows"] == "4"
    assert header.pixel_data is not None
    assert header.pixel_data.length == 40


def test_absent_is_missing_and_empty_is_empty():
    values = read_header(io.BytesIO(written(image(PatientID="", SliceThickness="")))).values
    assert values["PatientID"] == ""
    assert values["SliceThickness"] == ""
    assert "EchoTime" not in values


def test_only_what_is_wanted_is_returned():
    wanted = Wanted(["PatientID", "Modality"])
    assert read_header(io.BytesIO(written(image())), wanted).values == {"PatientID": "P1", "Modality": "CT"}


@pytest.mark.parametrize("keyword", ["PixelData", "ReferencedImageSequence", "NoSuchAttribute"])
def test_wanting_what_has_no_text_form_is_refused(keyword):
    with pytest.raises(ValueError, match=keyword):
        Wanted([keyword])


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("DS", ["0.50", "-1e3"], "0.50\\-1e3"),
        ("IS", "007", "007"),
        ("US", [1, 65535], "1\\65535"),
        ("FD", 0.1, "0.1"),
        ("AT", 0x00100020, str(0x00100020)),
        ("PN", "Doe^Jane=", "Doe^Jane"),
        ("DS", None, ""),
    ],
)
def test_canonical_text(vr, value, expected):
    assert canonical(DataElement(0x00090010, vr, value)) == expected


def test_value_that_pydicom_cannot_decode_is_a_problem_and_costs_nothing_else():
    content = written(image()).replace(b"\x28\x00\x10\x00US\x02\x00", b"\x28\x00\x10\x00US\x03\x00")
    content = content.replace(b"US\x03\x00\x04\x00", b"US\x03\x00\x04\x00\x00")
    header = read_header(io.BytesIO(content))
    assert [problem.kind for problem in header.problems] == [ProblemKind.UNREADABLE_VALUE]
    assert "Rows" not in header.values
    assert header.values["Columns"] == "5"


class CountingStream(io.BytesIO):
    """Knows how many bytes were read from it."""

    count = 0

    def read(self, size=-1):
        data = super().read(size)
        self.count += len(data)
        return data


def test_pixels_and_large_private_blocks_are_not_read():
    dataset = image(Rows=512, Columns=512)
    dataset.add_new(0x00091001, "OB", bytes(3_000_000))
    dataset["PixelData"].value = bytes(512 * 512 * 2)
    stream = CountingStream(written(dataset))
    assert read_header(stream).problems == ()
    assert stream.count < 20_000


def test_encapsulated_pixel_data_are_seen_complete_even_before_trailing_padding():
    path = get_testdata_file("JPEG2000.dcm", download=False)
    content = Path(path).read_bytes()
    padding = b"\xfc\xff\xfc\xffOB\0\0\x04\0\0\0" + bytes(4)
    assert read_header(io.BytesIO(content)).pixel_data.length is None
    assert kinds(content) == kinds(content + padding) == []


def encapsulated(*fragments: bytes) -> bytes:
    dataset = image(JPEG2000Lossless)
    dataset["PixelData"].value = pydicom.encaps.encapsulate(list(fragments))
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return written(dataset)


def test_encapsulated_pixel_data_cut_anywhere_are_found():
    content = encapsulated(bytes(100), bytes(50))
    assert kinds(content) == []
    for lost in (1, 8, 9, 60, 150):
        assert kinds(content[:-lost]) == [ProblemKind.TRUNCATED_PIXEL_DATA]


def test_native_pixel_data_cut_by_one_byte_are_found():
    assert kinds(written(image())[:-1]) == [ProblemKind.TRUNCATED_PIXEL_DATA]


@pytest.mark.parametrize(
    ("changes", "length", "complete"),
    [
        ({}, 40, True),
        ({}, 38, False),
        ({"NumberOfFrames": "3"}, 120, True),
        ({"NumberOfFrames": "3"}, 80, False),
        ({"BitsAllocated": 1, "NumberOfFrames": "3"}, 8, True),
        ({"BitsAllocated": 1, "NumberOfFrames": "3"}, 6, False),
        ({"BitsAllocated": 8, "Columns": 3, "Rows": 3}, 10, True),
        ({"BitsAllocated": 8, "SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422"}, 40, True),
        ({"BitsAllocated": 8, "SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL"}, 40, False),
    ],
)
def test_native_pixel_data_shorter_than_the_image_are_found(changes, length, complete):
    dataset = image(**changes)
    dataset["PixelData"].value = bytes(length)
    assert kinds(written(dataset)) == ([] if complete else [ProblemKind.TRUNCATED_PIXEL_DATA])


def test_image_without_pixel_data_is_found():
    assert kinds(written(image(PixelData=None))) == [ProblemKind.MISSING_PIXEL_DATA]


def test_path_and_stream_give_the_same(tmp_path):
    path = tmp_path / "image.dcm"
    path.write_bytes(written(image()))
    assert read_header(path) == read_header(str(path)) == read_header(io.BytesIO(path.read_bytes()))


def test_missing_file_raises_what_the_system_says(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_header(tmp_path / "none.dcm")
