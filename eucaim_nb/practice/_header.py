"""What the practice node reads from an instance: its identity, and the attributes that can be searched."""

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pydicom import DataElement, Dataset, dcmread
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.filereader import read_file_meta_info
from pydicom.tag import BaseTag, Tag

JsonDataset = dict[str, dict[str, Any]]

STUDY = [
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyDescription",
    "StudyInstanceUID",
    "StudyID",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "PatientIdentityRemoved",
]
SERIES = [
    "Modality",
    "SeriesDate",
    "SeriesTime",
    "Manufacturer",
    "ManufacturerModelName",
    "SeriesDescription",
    "BodyPartExamined",
    "ProtocolName",
    "SeriesInstanceUID",
    "SeriesNumber",
    "Laterality",
    "FrameOfReferenceUID",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
]
INSTANCE = [
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "InstanceNumber",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
]

_DEFLATED = "1.2.840.10008.1.2.1.99"
_LONGEST_VALUE = 64 * 1024  # bytes; longer values are not read, whatever length the file claims for them
_LONGEST_HEADER = 16 << 20  # bytes taken from a deflated file, which may blow up a thousandfold
_BULK = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})


def tag_of(name: str) -> BaseTag | None:
    """Return the tag for a keyword or for eight hexadecimal digits."""
    if re.fullmatch(r"[0-9A-Fa-f]{8}", name):
        return Tag(int(name, 16))
    number = tag_for_keyword(name)
    return None if number is None else Tag(number)


def key(tag: BaseTag | int) -> str:
    """Return a tag as DICOM JSON writes it."""
    return f"{int(tag):08X}"


def keys_of(keywords: Iterable[str]) -> tuple[str, ...]:
    """Return the tags of keywords as DICOM JSON writes them."""
    return tuple(key(tag) for keyword in keywords if (tag := tag_of(keyword)) is not None)


LEVELS = {"study": keys_of(STUDY), "series": keys_of(SERIES), "instance": keys_of(INSTANCE)}
SEARCHABLE = frozenset(tag for level in LEVELS.values() for tag in level)


class NotAnInstance(Exception):
    """The bytes are not a DICOM instance that can be stored."""

    def __init__(self, sop_class: str = "", sop: str = "") -> None:
        super().__init__("not an instance with study, series and SOP instance UID")
        self.sop_class = sop_class
        self.sop = sop


@dataclass(frozen=True, slots=True)
class Header:
    """The identity of an instance, and its searchable attributes as DICOM JSON."""

    study: str
    series: str
    sop: str
    sop_class: str
    transfer_syntax: str
    attributes: JsonDataset


def read_header(path: Path) -> Header:
    """Read what is needed to store and find an instance.

    Raises
    ------
    NotAnInstance
        The file cannot be read, or lacks a UID, or a UID has other characters than digits and dots.
    """
    wanted = [int(tag, 16) for tag in SEARCHABLE]
    try:
        dataset, transfer_syntax = _open(path, wanted)
        uids = [
            _uid(dataset, name)
            for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
        ]
    except Exception as error:  # a hostile file can make the parser raise anything, RecursionError included
        raise NotAnInstance from error
    study, series, sop, sop_class = uids
    if not (study and series and sop and sop_class):
        raise NotAnInstance(sop_class, sop)
    return Header(study, series, sop, sop_class, transfer_syntax, to_json(dataset))


def read_attributes(path: Path, tags: Iterable[str] | None = None) -> JsonDataset:
    """Return an instance's attributes, all or those with the given tags, as DICOM JSON without bulk."""
    try:
        dataset, _ = _open(path, None if tags is None else [int(tag, 16) for tag in tags])
    except Exception:  # it was stored, so it is readable unless someone touched the file
        return {}
    return to_json(dataset)


def to_json(dataset: Dataset) -> JsonDataset:
    """Return DICOM JSON, leaving out bulk values and elements that cannot be converted."""
    converted: JsonDataset = {}
    for element in _elements(dataset):
        if element.VR in _BULK:
            continue
        try:
            if element.VR == "SQ":
                items = [to_json(item) for item in element.value]
                converted[key(element.tag)] = {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
            else:
                converted[key(element.tag)] = element.to_json_dict(None, 0)
        except Exception:  # real files carry values that have no JSON form, such as an IS of 1.9.10.0
            continue
    return converted


def vr_of(tag: BaseTag | int) -> str:
    """Return the VR that the data dictionary gives a tag, `UN` if it has none."""
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def _elements(dataset: Dataset) -> Iterator[DataElement]:
    for tag in list(dataset.keys()):
        try:
            yield dataset[tag]
        except Exception:  # conversion of a broken value; the others are still worth having
            continue


def _uid(dataset: Dataset, keyword: str) -> str:
    tag = tag_of(keyword)
    if tag is None or tag not in dataset:
        return ""
    raw = dataset.get_item(
        tag
    ).value  # as it is in the file: a broken UID need not survive pydicom's conversion
    text = (raw.decode("ascii", "replace") if isinstance(raw, bytes) else str(raw)).strip(" \0")
    return text if re.fullmatch(r"[0-9][0-9.]{0,63}", text) else ""


def _open(path: Path, tags: list[int] | None) -> tuple[Dataset, str]:
    transfer_syntax = str(read_file_meta_info(path).TransferSyntaxUID)
    if transfer_syntax == _DEFLATED:
        with path.open("rb") as file:
            return _read(_inflated_head(file), tags, force=True), transfer_syntax
    return _read(path, tags), transfer_syntax


def _read(source: Path | BinaryIO, tags: list[int] | None, force: bool = False) -> Dataset:
    wanted: list[Any] | None = None if tags is None else list(tags)
    limit = None if isinstance(source, io.BytesIO) else _LONGEST_VALUE
    return dcmread(source, stop_before_pixels=True, specific_tags=wanted, defer_size=limit, force=force)


def _inflated_head(file: BinaryIO) -> io.BytesIO:
    """Inflate the beginning of the data set, behind the file meta information (PS3.10 7.1: length at 140)."""
    file.seek(140)
    meta_length = int.from_bytes(file.read(4), "little")
    file.seek(144 + meta_length)
    return io.BytesIO(zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(), _LONGEST_HEADER))
