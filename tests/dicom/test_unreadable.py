"""Files that are no DICOM, broken, or hostile: each gets a verdict in words, soon, and in little memory."""

import io
import pickle
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from eucaim_nb.dicom._problems import HeaderError, Problem, ProblemKind
from eucaim_nb.dicom._read import read_header

from .header_files import image, kinds, written

UNDEFINED = b"\xff\xff\xff\xff"
# An element of no known VR, with which our own walker leaves a file to pydicom.
ODD = b"\x08\x00\x06\x00ZZ\x02\x00ab"


def problem_of(content: bytes) -> Problem:
    with pytest.raises(HeaderError) as raised:
        read_header(io.BytesIO(content))
    return raised.value.problem


def with_first(elements: bytes) -> bytes:
    content = written(image())
    place = content.index(b"\x08\x00\x16\x00")
    return content[:place] + elements + content[place:]


@pytest.mark.parametrize(
    ("content", "sniffed"),
    [
        (b"%PDF-1.7 " + bytes(300), "PDF document"),
        (b"<!DOCTYPE html><html><body>Please log in" + b" " * 300, "HTML page"),
        (b"patient;age\n1;60\n" * 20, "text"),
        (b'{"a": 1}' + b" " * 200, "JSON"),
        (b"PK\x03\x04" + bytes(300), "ZIP archive"),
        (b"\x1f\x8b\x08" + bytes(300), "gzip"),
        (bytes(344) + b"n+1\x00" + bytes(100), "NIfTI"),
        (b"NRRD0004\n" + bytes(300), "NRRD"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "JPEG"),
        (b"SQLite format 3\x00" + bytes(300), "SQLite"),
        (b"\x00\x05\x16\x07" + bytes(300), "macOS resource fork"),
        (b"MZ" + bytes(300), "Windows program"),
        (bytes(300), "unknown"),
        (b"short", "text"),
        (b"\x08\x00\x05\x00CS", "unknown"),
    ],
)
def test_what_is_not_dicom_is_named(content, sniffed):
    problem = problem_of(content)
    assert problem.kind is ProblemKind.NOT_DICOM
    assert problem.sniffed == sniffed


def test_empty_file():
    assert problem_of(b"").kind is ProblemKind.EMPTY_FILE


@pytest.mark.parametrize("length", [132, 140, 160, 300, 450])
def test_header_cut_off(length):
    assert problem_of(written(image())[:length]).kind is ProblemKind.TRUNCATED_HEADER


def test_length_beyond_the_end_is_truncation_not_allocation():
    content = written(image()).replace(
        b"\x10\x00\x20\x00LO\x02\x00P1", b"\x10\x00\x20\x00UT\0\0\xf0\xff\xff\xffP1"
    )
    tracemalloc.start()
    problem = problem_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.kind is ProblemKind.TRUNCATED_HEADER
    assert peak < 1_000_000


def test_big_endian_declared_over_little_endian_bytes():
    lie = written(image()).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.2\0")
    assert problem_of(lie).kind is ProblemKind.TRANSFER_SYNTAX_MISMATCH


def test_little_endian_declared_over_big_endian_bytes():
    lie = written(image(ExplicitVRBigEndian)).replace(b"1.2.840.10008.1.2.2\0", b"1.2.840.10008.1.2.1\0")
    assert problem_of(lie).kind is ProblemKind.TRANSFER_SYNTAX_MISMATCH


@pytest.mark.parametrize(
    ("written_as", "declared"),
    [
        (ExplicitVRLittleEndian, ImplicitVRLittleEndian),
        (ImplicitVRLittleEndian, ExplicitVRLittleEndian),
    ],
)
def test_wrong_explicitness_is_read_and_reported(written_as, declared):
    dataset = image(written_as)
    head, data = (written(image(syntax)) for syntax in (declared, written_as))
    start = b"\x08\x00\x16\x00"
    lie = head[: head.index(start)] + data[data.index(start) :]
    header = read_header(io.BytesIO(lie))
    assert header.values["PatientID"] == dataset.PatientID
    assert header.values["Rows"] == "4"
    assert [problem.kind for problem in header.problems] == [ProblemKind.TRANSFER_SYNTAX_MISMATCH]


@pytest.mark.parametrize(
    "keyword", ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"]
)
def test_missing_uid_is_named(keyword):
    content = written(image())
    tag = {"SOPClassUID": 0x16, "SOPInstanceUID": 0x18, "StudyInstanceUID": 0x0D, "SeriesInstanceUID": 0x0E}[
        keyword
    ]
    group = 8 if keyword.startswith("SOP") else 0x20
    # Turned into a tag that means something else.
    content = content.replace(
        struct.pack("<HH2s", group, tag, b"UI"), struct.pack("<HH2s", group, 0xFE, b"UI")
    )
    problem = problem_of(content)
    assert problem.kind is ProblemKind.MISSING_UIDS
    assert keyword in problem.message


def test_uid_that_is_a_path_is_reported():
    content = written(image(StudyInstanceUID="../../../../evil"))
    header = read_header(io.BytesIO(content))
    assert [problem.kind for problem in header.problems] == [ProblemKind.INVALID_UID]
    assert "evil" not in header.problems[0].message


@pytest.mark.parametrize(
    ("uid", "valid"),
    [
        ("1.2", True),
        ("1.02.3", True),
        ("1" * 64, True),
        ("1" * 65, False),
        ("1.2.", False),
        (".1", False),
        ("1..2", False),
        (".", False),
        ("..", False),
        ("1.a.2", False),
    ],
)
def test_uid_with_an_empty_component_is_reported(uid, valid):
    raw = uid.encode() + bytes(len(uid) % 2)
    head = b"\x20\x00\x0d\x00UI"
    content = written(image()).replace(head + b"\x06\x001.2.4\0", head + struct.pack("<H", len(raw)) + raw)
    assert read_header(io.BytesIO(content)).values["StudyInstanceUID"] == uid
    assert kinds(content) == ([] if valid else [ProblemKind.INVALID_UID])


@pytest.mark.parametrize(
    ("character_set", "text"),
    [(b"UTF-7 ", b"+2AA- "), (b"unicode_escape", b"\\ud800"), (b"raw_unicode_escape", b"\\ud800")],
)
@pytest.mark.parametrize("by_pydicom", [False, True])
def test_half_characters_are_replaced(character_set, text, by_pydicom):
    first = b"\x08\x00\x05\x00CS" + struct.pack("<H", len(character_set)) + character_set
    content = with_first(first + ODD * by_pydicom)
    content = content.replace(b"\x10\x00\x20\x00LO\x02\x00P1", b"\x10\x00\x20\x00LO\x06\x00" + text)
    values = read_header(io.BytesIO(content)).values
    assert values["PatientID"] == "\ufffd"
    assert all(value.encode("utf-8").decode("utf-8") == value for value in values.values())


@pytest.mark.parametrize("start", [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe"])
def test_executable_preamble_is_reported(start):
    content = start + written(image())[len(start) :]
    assert kinds(content) == [ProblemKind.EXECUTABLE_PREAMBLE]


@pytest.mark.parametrize("start", [b"II*\x00", b"MM\x00*"])
def test_tiff_preamble_is_allowed(start):
    assert kinds(start + written(image())[4:]) == []


def test_dicom_without_preamble_is_read_and_reported():
    header = read_header(io.BytesIO(written(image())[132:]))
    assert header.values["PatientID"] == "P1"
    assert [problem.kind for problem in header.problems] == [ProblemKind.NO_PREAMBLE]
    assert header.problems[0].sniffed == "DICOM without preamble"


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda uid: uid.name
)
def test_bare_data_set_is_read_as_it_is_written(syntax):
    content = written(image(syntax))
    tag = b"\x00\x08\x00\x16" if syntax == ExplicitVRBigEndian else b"\x08\x00\x16\x00"
    header = read_header(io.BytesIO(content[content.index(tag) :]))
    assert (header.values["PatientID"], header.values["Rows"]) == ("P1", "4")
    assert header.pixel_data is not None
    assert [problem.kind for problem in header.problems] == [
        ProblemKind.NO_PREAMBLE,
        ProblemKind.MISSING_TRANSFER_SYNTAX,
    ]


def test_dicomdir_is_named():
    path = Path(get_testdata_file("DICOMDIR", download=False))
    assert problem_of(path.read_bytes()).kind is ProblemKind.DICOMDIR


def nested_undefined(depth: int, *, explicit: bool) -> bytes:
    sequence = b"\x08\x00\x40\x11" + (b"SQ\0\0" if explicit else b"") + UNDEFINED
    open_item = sequence + b"\xfe\xff\x00\xe0" + UNDEFINED
    close = b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)
    return open_item * depth + close * depth


def nested_defined(depth: int, *, explicit: bool) -> bytes:
    content = b""
    for _ in range(depth):
        item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(content)) + content
        content = b"\x08\x00\x40\x11" + (b"SQ\0\0" if explicit else b"") + struct.pack("<I", len(item)) + item
    return content


@pytest.mark.parametrize("explicit", [True, False], ids=["explicit", "implicit"])
@pytest.mark.parametrize("nested", [nested_undefined, nested_defined])
@pytest.mark.parametrize(("depth", "refused"), [(3, False), (60, False), (100, True), (10_000, True)])
def test_deep_nesting_is_refused_in_a_moment(nested, explicit, depth, refused):
    content = written(image(ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian))
    place = content.index(b"\x10\x00\x20\x00")
    content = content[:place] + nested(depth, explicit=explicit) + content[place:]
    began = time.perf_counter()
    if refused:
        assert problem_of(content).kind is ProblemKind.TOO_DEEP
    else:
        assert kinds(content) == []
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("nested", [nested_undefined, nested_defined])
@pytest.mark.parametrize("depth", [100, 10_000])
@pytest.mark.parametrize("start", [0, 132], ids=["preamble", "no preamble"])
def test_deep_nesting_is_refused_where_pydicom_reads(nested, depth, start):
    content = with_first(ODD + nested(depth, explicit=True))[start:]
    assert problem_of(content).kind is ProblemKind.TOO_DEEP


MANY_ITEMS = b"\xfe\xff\x00\xe0\0\0\0\0" * 1_000_000
MANY_ELEMENTS = (
    b"\xfe\xff\x00\xe0"
    + UNDEFINED
    + b"".join(
        struct.pack("<HH2sH", 0x11 + number // 65_536, number % 65_536, b"LO", 0) for number in range(150_000)
    )
    + b"\xfe\xff\x0d\xe0\0\0\0\0"
)


def sequence(items: bytes) -> bytes:
    return b"\x08\x00\x40\x11SQ\0\0" + UNDEFINED + items + b"\xfe\xff\xdd\xe0\0\0\0\0"


def test_many_items_without_preamble_are_walked_over():
    content = with_first(sequence(MANY_ITEMS))[132:]
    began = time.perf_counter()
    assert kinds(content) == [ProblemKind.NO_PREAMBLE]
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("items", [MANY_ITEMS, MANY_ELEMENTS], ids=["items", "elements"])
@pytest.mark.parametrize("start", [0, 132], ids=["preamble", "no preamble"])
def test_header_that_is_too_much_for_pydicom_is_refused(items, start):
    content = with_first(ODD + sequence(items))[start:]
    began = time.perf_counter()
    problem = problem_of(content)
    assert time.perf_counter() - began < 5
    assert problem.kind is ProblemKind.UNREADABLE
    assert "too many" in problem.message


def test_pydicom_is_stopped_before_it_takes_much_memory():
    content = with_first(ODD + sequence(MANY_ELEMENTS))
    tracemalloc.start()
    problem_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 * 1024**2


def deflated(data: bytes) -> bytes:
    content = written(image(DeflatedExplicitVRLittleEndian))
    meta_end = 132 + 12 + struct.unpack_from("<I", content, 140)[0]
    deflater = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return content[:meta_end] + deflater.compress(data) + deflater.flush()


def dataset_bytes() -> bytes:
    content = written(image())
    return content[content.index(b"\x08\x00\x16\x00") :]


def test_deflate_bomb_is_refused_in_little_memory():
    bomb = deflated(dataset_bytes() + bytes(300 * 1024**2))
    assert len(bomb) < 1024**2
    tracemalloc.start()
    problem = problem_of(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.kind is ProblemKind.TOO_LARGE_WHEN_INFLATED
    assert peak < 64 * 1024**2


def test_bomb_behind_odd_meta_information_does_not_reach_pydicom():
    bomb = deflated(dataset_bytes() + bytes(64 * 1024**2))
    odd = bomb.replace(b"\x02\x00\x10\x00UI", b"\x02\x00\x12\x00ZZ\x02\x001 \x02\x00\x10\x00UI", 1)
    tracemalloc.start()
    problem = problem_of(odd)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.kind is ProblemKind.UNREADABLE
    assert peak < 16 * 1024**2


def test_deflated_stream_cut_off_still_tells_its_header():
    whole = deflated(dataset_bytes()[:-40] + bytes(range(40)))
    assert kinds(whole) == []
    assert kinds(whole[:-10]) == [ProblemKind.TRUNCATED_PIXEL_DATA]


def test_damaged_deflated_stream():
    content = deflated(dataset_bytes())
    start = 132 + 12 + struct.unpack_from("<I", content, 140)[0]
    assert problem_of(content[:start] + b"\xff" * 50).kind is ProblemKind.UNREADABLE


def test_messages_never_quote_the_file():
    secret = "SECRET"
    for content in (
        written(image(PatientID=secret))[:-1],
        written(image(PatientID=secret, StudyInstanceUID=f"{secret}.1")),
        secret.encode() * 100,
    ):
        try:
            problems = read_header(io.BytesIO(content)).problems
        except HeaderError as error:
            problems = (error.problem,)
        assert problems
        assert all(secret not in problem.message + problem.sniffed for problem in problems)


def test_error_survives_the_way_home_from_a_worker():
    error = HeaderError(ProblemKind.NOT_DICOM, "This is not a DICOM file.", "text")
    again = pickle.loads(pickle.dumps(error))
    assert again.problem == error.problem
    assert str(again) == str(error)
