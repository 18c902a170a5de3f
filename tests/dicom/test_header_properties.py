"""For any file: what pydicom reads, or a recorded problem, in bounded time and without another exception."""

import io
import struct
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from eucaim_nb.dicom._problems import HeaderError
from eucaim_nb.dicom._read import read_header

from .header_files import BUNDLED_FILES, image, values_of_pydicom, written

# pydicom warns about what is unusual, while we write it and while it reads: that is the point here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
TEXT_OF_CHARACTER_SET = {
    "": "Doe",
    "ISO_IR 100": "Müller",
    "ISO_IR 144": "Люкceмбypг",
    "ISO_IR 192": "Ελένη 山田",
    "GB18030": "王小东",
    "ISO 2022 IR 87": "Yamada",
    ("", "ISO 2022 IR 149"): "김희중",
    ("ISO 2022 IR 13", "ISO 2022 IR 87"): "ﾔﾏﾀﾞ",
    "no such set": "Doe",
}

quick = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def items(draw, depth=0):
    """A data set as it stands in a sequence, with private and unknown elements, down to four levels."""
    item = Dataset()
    item.CodeValue = draw(st.text("ABC 123", max_size=8))
    if draw(st.booleans()):
        item.add_new(0x00091002, "UN", draw(st.binary(max_size=600)))
    if depth < 4 and draw(st.booleans()):
        add_sequence(draw, item, draw(st.sampled_from([0x0040A168, 0x00091003])), depth + 1)
    item.is_undefined_length_sequence_item = draw(st.booleans())
    return item


def add_sequence(draw, dataset, tag, depth=0):
    dataset.add_new(tag, "SQ", Sequence(draw(st.lists(items(depth), max_size=3))))
    dataset[tag].is_undefined_length = draw(st.booleans())


@st.composite
def data_sets(draw):
    """A CT image with nested sequences before, between and behind the wanted attributes."""
    character_set = draw(st.sampled_from(list(TEXT_OF_CHARACTER_SET)))
    text = TEXT_OF_CHARACTER_SET[character_set]
    dataset = image(draw(st.sampled_from(SYNTAXES)))
    dataset.SpecificCharacterSet = list(character_set) if isinstance(character_set, tuple) else character_set
    dataset.StudyDescription = draw(st.sampled_from([text, f"{text} ", f"{text}\\{text}", ""]))
    dataset.PatientID = draw(st.text(st.characters(codec="ascii", exclude_characters="\\"), max_size=20))
    dataset.ImagePositionPatient = draw(
        st.lists(st.sampled_from(["1", "-0.50", "1e-3", "+7."]), min_size=3, max_size=3)
    )
    dataset.InstanceNumber = draw(st.sampled_from(["", "1", "007", "-3"]))
    dataset.PatientAge = draw(st.sampled_from(["", "064Y", "064Y "]))
    dataset.DiffusionBValue = draw(st.floats(allow_nan=False))
    for tag in (0x00081140, 0x00180026, 0x00540016, 0x52009230):
        if draw(st.booleans()):
            add_sequence(draw, dataset, tag)
    for tag in (0x00091010, 0x00211010, 0x70531010):
        if draw(st.booleans()):
            vr = draw(st.sampled_from(["UN", "OB", "LO"]))
            size = draw(st.sampled_from([0, 2, 60, 9_000]))
            dataset.add_new(tag, vr, "x" * size if vr == "LO" else bytes(size))
    return dataset


@quick
@given(data_sets())
def test_any_written_data_set_reads_as_pydicom_reads_it(dataset):
    content = written(dataset)
    header = read_header(io.BytesIO(content))
    assert header.values == values_of_pydicom(io.BytesIO(content))
    assert not header.problems
    assert header.pixel_data is not None


@quick
@given(st.sampled_from([b"UN", b"SQ"]), st.lists(st.binary(max_size=30), max_size=4))
def test_unknown_value_of_undefined_length_is_walked_as_implicit_items(vr, values):
    elements = b"".join(struct.pack("<HHI", 9, 0x1010, len(value)) + value for value in values)
    item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(elements)) + elements
    nested = b"\x09\x00\x11\x10" + vr + b"\0\0\xff\xff\xff\xff" + item + b"\xfe\xff\xdd\xe0" + bytes(4)
    content = written(image())
    place = content.index(b"\x10\x00\x20\x00")
    content = content[:place] + nested + content[place:]
    assert read_header(io.BytesIO(content)).values == values_of_pydicom(io.BytesIO(content))


SEEDS = [
    path.read_bytes()
    for path in BUNDLED_FILES
    if path.stat().st_size < 12_000
    and path.suffix == ".dcm"
    and path.parent.name in ("test_files", "charset_files")
]
SEEDS += [written(image(syntax)) for syntax in SYNTAXES]


@st.composite
def mutated(draw):
    content = bytearray(draw(st.sampled_from(SEEDS)))
    places = st.integers(0, min(len(content), 3_000) - 1)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(places)
        kind = draw(st.sampled_from(["byte", "length", "cut", "insert", "remove"]))
        if kind == "byte":
            content[place] = draw(st.integers(0, 255))
        elif kind == "length":
            content[place : place + 4] = draw(
                st.sampled_from([b"\xff\xff\xff\xff", bytes(4), b"\xf0\xff\xff\x7f"])
            )
        elif kind == "insert":
            content[place:place] = draw(st.binary(min_size=1, max_size=12))
        elif kind == "remove":
            del content[place : place + draw(st.integers(1, 12))]
        else:
            del content[max(place, 1) :]
            break
        if len(content) < 2:
            break
        places = st.integers(0, min(len(content), 3_000) - 1)
    return bytes(content)


@settings(quick, max_examples=600)
@given(mutated())
def test_mutated_file_gives_pydicoms_values_or_a_problem(content):
    began = time.perf_counter()
    header = None
    with suppress(HeaderError):
        header = read_header(io.BytesIO(content))
    assert time.perf_counter() - began < 2
    if header and not header.problems:
        assert header.values == values_of_pydicom(io.BytesIO(content))


@quick
@given(st.binary(max_size=2_000))
@example(b"\x08\x00\x05\x00")
@example(bytes(128) + b"DICM")
@example(bytes(128) + b"DICM\x02\x00")
def test_any_bytes_get_a_verdict(content):
    for start in (
        b"",
        bytes(128) + b"DICM",
        bytes(128) + b"DICM\x02\x00\x10\x00UI\x12\x001.2.840.10008.1.2\x00",
    ):
        with pytest.raises(HeaderError):
            read_header(io.BytesIO(start + content))
