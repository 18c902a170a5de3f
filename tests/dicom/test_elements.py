"""What a person is shown of an instance is what the file holds, and no file can do harm by being looked into."""

import io
import random
import struct
import time
import tracemalloc
import warnings
import zlib
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_charset_files, get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from eucaim_nb.dicom import ElementRow, ElementsError, elements, search

BUNDLED = sorted(
    path for path in (Path(pydicom.__file__).parent / "data/test_files").rglob("*") if path.is_file()
)
STOPPED = "The list stops here"


def written(dataset, syntax=ExplicitVRLittleEndian):
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    return file


def example():
    item = Dataset()
    item.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    item.ReferencedSOPInstanceUID = "1.2.3.4"
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ReferencedImageSequence = Sequence([item, item])
    dataset.PatientName = "Núñez^José"
    dataset.PatientComments = "first line\nsecond\x1b[31m line\u202e"
    block = dataset.private_block(0x0009, "GEMS_IDEN_01", create=True)
    block.add_new(0x01, "LO", "full")
    dataset.private_block(0x0011, "NOBODY KNOWS", create=True).add_new(0x01, "OB", b"\1\2\3\4")
    dataset.Rows = 512
    dataset.BitsAllocated = 16
    dataset.FrameIncrementPointer = 0x00181063
    dataset.WindowCenter = ["40", "-600"]
    dataset.TextValue = "x" * 300
    dataset.PixelData = b"\0" * 8
    return dataset


def by_path(rows):
    return {row.path: row for row in rows}


def test_values_are_decoded_text_with_names_and_counts():
    rows = by_path(elements(written(example())))
    assert rows["(0010,0010)"].value == "Núñez^José"
    assert (rows["(0008,0008)"].value, rows["(0008,0008)"].vm) == ("ORIGINAL\\PRIMARY\\AXIAL", 3)
    assert rows["(0028,0010)"] == ElementRow(
        "(0028,0010)", "(0028,0010)", "Rows", "Rows", "US", 1, "512", 0, False, ""
    )
    assert rows["(0028,0009)"].value == "(0018,1063)"
    assert rows["(0028,1050)"].vm == 2
    assert rows["(0002,0010)"].value == ExplicitVRLittleEndian
    assert rows["(7FE0,0010)"].value == "8 bytes, not listed"


def test_sequences_show_their_items_and_paths():
    rows = by_path(elements(written(example())))
    assert rows["(0008,1140)"].value == "2 items"
    inner = rows["(0008,1140)[2].(0008,1155)"]
    assert (inner.value, inner.depth, inner.keyword) == ("1.2.3.4", 1, "ReferencedSOPInstanceUID")


def test_private_elements_name_their_creator():
    rows = by_path(elements(written(example())))
    assert rows["(0009,0010)"].name == "Private Creator"
    assert rows["(0009,1001)"].name == "Full fidelity [GEMS_IDEN_01]"
    unknown = rows["(0011,1001)"]
    assert (unknown.name, unknown.creator, unknown.private) == (
        "Private attribute [NOBODY KNOWS]",
        "NOBODY KNOWS",
        True,
    )


def test_control_characters_are_visible():
    (row,) = search(elements(written(example())), "PatientComments")
    assert row.value == r"first line\nsecond\x1b[31m line\u202e"


def test_long_and_binary_values_are_cut_but_told_apart():
    dataset = example()
    first = by_path(elements(written(dataset)))
    dataset.TextValue = "x" * 299 + "y"
    dataset[0x00111001].value = b"\1\2\3\5"
    second = by_path(elements(written(dataset)))
    assert first["(0040,A160)"].value == "x" * 200 + "… (300 bytes)"
    assert first["(0011,1001)"].value == second["(0011,1001)"].value == "4 bytes"
    for path in ("(0040,A160)", "(0011,1001)"):
        assert first[path].fingerprint != second[path].fingerprint


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_other_transfer_syntaxes_show_the_same(syntax):
    plain = [row for row in elements(written(example())) if not row.tag.startswith("(0002")]
    dataset = example()
    if syntax == ImplicitVRLittleEndian:
        del dataset[0x00111001]  # its VR is not written and not known
        plain = [row for row in plain if row.tag != "(0011,1001)"]
    assert [row for row in elements(written(dataset, syntax)) if not row.tag.startswith("(0002")] == plain


def test_a_file_without_preamble_is_listed():
    headless = written(example()).getvalue()[132:]
    assert by_path(elements(io.BytesIO(headless)))["(0010,0010)"].value == "Núñez^José"


def test_patient_data_inside_an_undeclared_private_sequence_is_seen():
    rows = by_path(elements(get_testdata_file("priv_SQ.dcm", download=False)))
    assert rows["(3F03,1001)[1].(0008,0090)"].keyword == "ReferringPhysicianName"


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_every_bundled_file_is_listed_as_pydicom_reads_it(path):
    try:
        listed = {row.path for row in elements(path, limit=50_000)}
    except ElementsError:
        with pytest.raises(pydicom.errors.InvalidDicomError):
            pydicom.dcmread(path)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    assert set(paths(dataset)) <= listed


def paths(dataset, prefix=""):
    for element in dataset:
        yield prefix + str(element.tag)
        if element.VR == "SQ":
            for number, item in enumerate(element.value, 1):
                yield from paths(item, f"{prefix}{element.tag}[{number}].")


@pytest.mark.parametrize("path", get_charset_files("*.dcm"), ids=lambda path: Path(path).name)
def test_names_in_every_character_set_are_decoded(path):
    expected = str(pydicom.dcmread(path).get("PatientName", ""))
    found = [row.value for row in elements(path) if row.path == "(0010,0010)"]
    # An empty last component group is part of the value, which pydicom leaves out.
    assert [value.rstrip("=") for value in found] == [expected] * len(found)


def test_search_finds_a_tag_however_it_is_written():
    rows = elements(written(example()))
    for text in ("(0010,0010)", "00100010", "0010,0010", "patientname", "NÚÑEZ", "Patient's Name"):
        assert "PatientName" in {row.keyword for row in search(rows, text)}, text
    assert {row.tag for row in search(rows, "7fe0")} == {"(7FE0,0010)"}
    assert search(rows, "no such thing") == []


def test_the_list_says_that_it_stops_at_the_limit():
    rows = elements(written(example()), limit=5)
    assert (len(rows), rows[-1].name, rows[-1].tag) == (6, STOPPED, "")


def nested(depth):
    level = struct.pack("<HH2sHIHHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF, 0xFFFE, 0xE000, 0xFFFFFFFF)
    return level * depth


def file_of(data, syntax=ExplicitVRLittleEndian):
    empty = written(Dataset(), syntax).getvalue()
    return io.BytesIO(empty + data)


def test_ten_thousand_nested_sequences_stop_at_a_depth():
    rows = elements(file_of(nested(10_000)))
    assert rows[-1].value == "Sequences are nested more than 64 deep."
    assert max(row.depth for row in rows) == 64


def test_a_deflate_bomb_takes_little_memory():
    deflater = zlib.compressobj(wbits=-15)
    zeros = bytes(1024**2)
    bomb = deflater.compress(struct.pack("<HH2sHI", 9, 0x1010, b"UN", 0, 2**31))
    bomb += b"".join(deflater.compress(zeros) for _ in range(512)) + deflater.flush()
    header = written(Dataset(), DeflatedExplicitVRLittleEndian).getvalue()
    start = (
        pydicom.dcmread(io.BytesIO(header), stop_before_pixels=True).file_meta.FileMetaInformationGroupLength
        + 144
    )
    source = io.BytesIO(header[:start] + bomb)
    tracemalloc.start()
    rows = elements(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "longer than the 32 MiB" in rows[-1].value
    assert peak < 100 * 1024**2


def test_a_huge_declared_length_is_reported_not_allocated():
    rows = elements(file_of(struct.pack("<HH2sHI", 0x0009, 0x1010, b"OB", 0, 0xFFFFFFF0) + b"abc"))
    assert rows[-1].value == "The last element declares 4,294,967,280 bytes, of which 3 are there."


def test_a_million_empty_items_end_in_time():
    items = (
        struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 1_000_000
    )
    begun = time.monotonic()
    rows = elements(file_of(items))
    assert rows[-1].name == STOPPED
    assert time.monotonic() - begun < 5


def test_a_file_cut_anywhere_is_listed_up_to_the_cut():
    whole = written(example()).getvalue()
    for length in range(140, len(whole) - 20, 7):
        try:
            rows = elements(io.BytesIO(whole[:length]))
        except ElementsError:
            continue
        assert len(rows) <= 30


def test_damaged_files_never_raise_anything_else():
    chance = random.Random(1)
    seeds = [path.read_bytes()[:6000] for path in BUNDLED if path.stat().st_size > 500][:40:2]
    reasons = {""}
    for _ in range(600):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert len(elements(io.BytesIO(data))) <= 5001
        except ElementsError as error:
            reasons.add(str(error))
    assert max(map(len, reasons)) < 100


@pytest.mark.parametrize("data", [b"", b"hello", b"<html>" * 100, bytes(500)])
def test_other_files_are_refused_in_words(data):
    with pytest.raises(ElementsError, match=r"not a DICOM file|is empty"):
        elements(io.BytesIO(data))


def test_an_error_does_not_tell_the_path(tmp_path):
    with pytest.raises(ElementsError) as caught:
        elements(tmp_path / "Doe^John.dcm")
    assert "Doe" not in str(caught.value)


def test_a_stream_is_left_where_it_was():
    stream = written(example())
    stream.seek(17)
    elements(stream)
    assert stream.tell() == 17
