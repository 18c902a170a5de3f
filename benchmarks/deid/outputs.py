"""What a tool wrote: its files, and which of them comes from which original."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

MAPPINGS = ("uid_mapping.csv", "patid_mapping.csv")
_ENCODINGS = ("utf-8", "latin-1", "iso8859-2", "iso8859-7", "gb18030", "iso2022_jp", "utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class File:
    """One file below a folder, read when asked."""

    path: Path
    relative: str

    @cached_property
    def raw(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def dataset(self) -> Dataset | None:
        """The DICOM dataset, or None for what is no DICOM file or cannot be parsed."""
        if self.raw[128:132] != b"DICM":
            return None
        try:
            ds = dcmread(io.BytesIO(self.raw))
            for _ in ds.iterall():
                pass
        except Exception:  # a tool may write anything at all: whatever pydicom cannot read is unreadable
            return None
        # Noise parses too, as attributes that do not exist: an instance says at least one of these.
        return ds if any(keyword in ds for keyword in ("SOPInstanceUID", "SOPClassUID", "Modality")) else None

    @cached_property
    def searchable(self) -> bytes:
        """The bytes in which nothing may be found: with what a deflated dataset unpacks to."""
        ds = self.dataset
        syntax = ds.file_meta.get("TransferSyntaxUID") if ds is not None else None
        if syntax != DeflatedExplicitVRLittleEndian:
            return self.raw.lower()
        start = 144 + int.from_bytes(self.raw[140:144], "little")
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.raw[start:])
        return (self.raw[:start] + unpacked).lower()

    def holds(self, text: str) -> bool:
        """Whether the text stands anywhere in the file, in any usual encoding, capitals or not."""
        return holds(self.searchable, text)


def holds(data: bytes, text: str) -> bool:
    """Whether lower-cased bytes hold a text as it is, in lower case or in capitals."""
    for form in {text, text.lower(), text.upper(), text.title()}:
        for encoding in _ENCODINGS:
            try:
                needle = form.encode(encoding).lower()
            except UnicodeEncodeError:
                continue
            if needle in data:
                return True
    return False


class Outputs:
    """The output folder of a tool, and for each original the files made from it."""

    def __init__(self, originals: Path, folder: Path) -> None:
        self.files = [
            File(path, path.relative_to(folder).as_posix())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in MAPPINGS
        ]
        self.originals = {
            path.relative_to(originals).as_posix(): File(path, path.relative_to(originals).as_posix())
            for path in sorted(originals.rglob("*"))
            if path.is_file()
        }
        self.uids = _mapping(folder / "uid_mapping.csv")
        self.patients = _mapping(folder / "patid_mapping.csv")
        self._by: dict[str, dict[Any, list[File]]] = {"path": {}, "sop": {}, "number": {}}
        for file in self.files:
            self._index(file)

    @property
    def tables(self) -> list[File]:
        return [file for file in self.files if file.relative.lower().endswith((".csv", ".tsv", ".xlsx"))]

    @property
    def directories(self) -> list[File]:
        return [file for file in self.files if Path(file.relative).name.upper() == "DICOMDIR"]

    def of(self, relative: str) -> list[File]:
        """Files made from one original: by the tool's UID mapping, else by path, SOP Instance UID or number.

        No two originals of one SOP class share an Instance Number (except exact copies), and no tool
        has a reason to change it.
        """
        original = self.originals[relative].dataset
        assert original is not None, relative
        candidates = (
            ("sop", self.uids.get(str(original.SOPInstanceUID))),
            ("number", _number(original)),
            ("path", relative),
            ("sop", str(original.SOPInstanceUID)),
        )
        for kind, value in candidates:
            found = self._by[kind].get(value)
            if found:
                return found
        return []

    def _index(self, file: File) -> None:
        self._by["path"].setdefault(file.relative, []).append(file)
        ds = file.dataset
        if ds is not None and "SOPInstanceUID" in ds:
            self._by["sop"].setdefault(str(ds.SOPInstanceUID), []).append(file)
            self._by["number"].setdefault(_number(ds), []).append(file)


def _number(ds: Dataset) -> tuple[str, str] | None:
    number = ds.get("InstanceNumber")
    return (str(ds.get("SOPClassUID", "")), str(number)) if number is not None else None


def _mapping(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["id_old"].strip(): row["id_new"].strip() for row in csv.DictReader(lines)}


def fold(text: str) -> str:
    """Text without case, accents and repeated blanks."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(text.split())


def runs(text: str) -> list[str]:
    """Runs of letters and digits in folded text."""
    return re.findall(r"[^\W_]+", fold(text))


def reach(ds: Dataset, place: str, *, any_item: bool) -> Iterator[Any]:
    """Values at a place of the key. `any_item` looks into every item of its sequences and every block of a group.

    A sequence that comes back as bytes (VR UN) is yielded as bytes.
    """
    segment, _, rest = place.partition("/")
    name, _, index = segment.rstrip("]").partition("[")
    for value in _values(ds, name, any_item=any_item):
        if not rest or isinstance(value, (bytes, str)):
            yield value
        elif value is not None:
            items = list(value) if any_item else list(value)[int(index) : int(index) + 1]
            for item in items:
                if isinstance(item, Dataset):
                    yield from reach(item, rest, any_item=any_item)


def _values(ds: Dataset, name: str, *, any_item: bool) -> Iterator[Any]:
    if ":" not in name:
        tag = int(name, 16)
        holder = ds.file_meta if tag >> 16 == 2 else ds
        if tag in holder:
            yield holder[tag].value
        return
    group, creator, offset = name.split(":")
    if any_item:
        for element in ds.group_dataset(int(group, 16)):
            yield element.value
        return
    try:
        yield ds.private_block(int(group, 16), creator)[int(offset, 16)].value
    except KeyError:
        return
