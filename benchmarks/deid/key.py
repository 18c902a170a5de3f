"""The answer key: one row per check, made while a dataset is being filled.

A row names a place in the dataset by a path: eight hex digits for an attribute, `gggg:CREATOR:ee` for a private
one, and `[n]/` after a sequence, as in `00400275[0]/00400007` or `0009:ACME[0]/00100010`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from benchmarks.deid.people import Person, words

_LIMITS = {"LO": 64, "SH": 16, "ST": 1024, "LT": 10240, "UT": 10**6, "CS": 16, "AE": 16}
_PERSON_NAMES = "PN"
# Codes below these are part of what an object means; in a request they may go with the request.
_CODES_THAT_STAY = {
    "ContentSequence",
    "SegmentSequence",
    "AnatomicRegionSequence",
    "RadiopharmaceuticalInformationSequence",
}


@dataclass(frozen=True)
class Gone:
    """Text that must not survive. `how`: every one of its words ('words'), or the text as a whole ('phrase')."""

    text: str
    category: str
    difficulty: str = "easy"
    how: str = "words"


@dataclass
class Row:
    """One check. Which of `text`, `value`, `box`, `digest` says what is checked depends on the action."""

    action: str
    category: str
    locus: str
    difficulty: str = "easy"
    tag: str = ""
    text: str = ""
    how: str = ""
    value: Any = None
    box: Any = None
    digest: str = ""
    sop: str = ""
    series: str = ""
    study: str = ""
    patient: str = ""
    path: str = ""
    person: int = -1

    def line(self) -> dict[str, Any]:
        """The row without its empty fields, for one line of JSON."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


TITLE = "Dr."
"""Stands before a stranger's name and is never cut off, because nothing else tells that it is one."""


@dataclass
class Sheet:
    """The checks of one file. `optional` files may be left out by a tool: only what they reveal counts."""

    person: Person
    rows: list[Row] = field(default_factory=list)
    optional: bool = False
    _placed: list[tuple[Dataset, int, Row]] = field(default_factory=list)

    def add(self, action: str, category: str, locus: str, **more: Any) -> None:
        """Note a check that is not about one attribute of the dataset."""
        self.rows.append(Row(action, category, locus, **more))

    def put(self, item: Dataset, keyword: str, *parts: str | Gone, keep: bool = True) -> None:
        """Fill an attribute with text, part of which must go while the other words must stay (if `keep`)."""
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        limit = _LIMITS.get(dictionary_VR(tag), 10**6)
        setattr(item, keyword, self._note(item, tag, limit, list(parts), keep))

    def put_private(
        self,
        item: Dataset,
        group: int,
        creator: str,
        offset: int,
        vr: str,
        *parts: str | Gone,
        charset: str = "",
    ) -> None:
        """Fill an attribute of a private block with text to remove."""
        block = item.private_block(group, creator, create=True)
        text = self._note(item, block.get_tag(offset), _LIMITS.get(vr, 10**6), list(parts), keep=False)
        raw = text.encode(charset or "ascii")
        block.add_new(offset, vr, raw + b" " * (len(raw) % 2) if vr in {"UN", "OB"} else text)

    def note(self, item: Dataset, tag: int, row: Row) -> None:
        """Note a check about an attribute of `item`, whose path is found when the dataset is complete."""
        self._placed.append((item, tag, row))

    def _note(self, item: Dataset, tag: int, limit: int, parts: list[str | Gone], keep: bool) -> str:
        def joined() -> str:
            return " ".join(part.text if isinstance(part, Gone) else part for part in parts if part)

        while len(joined()) > limit:
            at = max(
                (n for n, part in enumerate(parts) if isinstance(part, str) and part and part != TITLE), default=None
            )
            if at is None:
                raise ValueError(f"{joined()!r} is longer than {limit} characters.")
            parts[at] = " ".join(str(parts[at]).split()[:-1])
        self._placed = [placed for placed in self._placed if placed[0] is not item or placed[1] != tag]
        for part in parts:
            if isinstance(part, Gone):
                row = Row("text_removed", part.category, "", part.difficulty, text=part.text, how=part.how)
                self.note(item, tag, row)
            elif keep and part and part != TITLE:
                self.note(item, tag, Row("text_retained", "descriptor", "", "medium", text=part))
        return joined()

    def close(self, ds: Dataset, path: str) -> list[Row]:
        """Add the checks that every attribute has by rule, and return all rows with their places filled in."""
        places: dict[tuple[int, int], str] = {}
        for item, prefix, element in _elements(ds):
            place = f"{prefix}{_name(item, element)}"
            places[id(item), int(element.tag)] = place
            self._by_rule(item, element, place)
        for item, tag, row in self._placed:
            row.tag = places[id(item), tag]
            row.locus = _locus(row.tag)
            self.rows.append(row)
        if self.optional:
            privacy = {"text_removed", "bytes_removed", "date_shifted", "uid_changed", "filename_clean"}
            self.rows = [row for row in self.rows if row.action in privacy]
        for row in self.rows:
            row.path, row.patient, row.person = path, self.person.id, self.person.index
            row.sop, row.series = str(ds.get("SOPInstanceUID", "")), str(ds.get("SeriesInstanceUID", ""))
            row.study = str(ds.get("StudyInstanceUID", ""))
        return self.rows

    def _by_rule(self, item: Dataset, element: DataElement, place: str) -> None:
        def note(action: str, category: str, text: str, how: str = "") -> None:
            row = Row(action, category, _locus(place), tag=place, text=text, how=how)
            if not any((other.action, other.tag, other.text) == (action, place, text) for other in self.rows):
                self.rows.append(row)

        if element.VR == "UI" and element.value:
            for uid in element.value if isinstance(element.value, MultiValue) else [element.value]:
                self._uid(str(uid), element, place)
        elif element.VR in {"DA", "DT"} and element.value:
            row = Row("date_shifted", "date", _locus(place), tag=place, text=str(element.value)[:8])
            self.rows.append(row)
        for rule in expectations().get(element.keyword, ()):
            if rule["action"] != "text_removed" and (":" in place or _is_below(place, {"IconImageSequence"})):
                continue
            if element.value is None or element.value == "":
                continue
            if element.keyword == "CodeValue" and not _is_below(place, _CODES_THAT_STAY):
                continue
            if rule["action"] == "tag_retained":
                if "/" not in place:
                    note("tag_retained", rule["category"], "")
                continue
            if any(row for other, tag, row in self._placed if other is item and tag == element.tag):
                continue
            values = list(element.value) if isinstance(element.value, MultiValue) else [element.value]
            text = "\\".join(map(str, values))
            if rule["action"] == "text_removed" and element.VR == _PERSON_NAMES:
                text = " ".join(words(text.replace("\\", " ")))
            is_phrase = rule["action"] == "text_removed" and element.VR != _PERSON_NAMES
            how = "phrase" if is_phrase else "words"
            note(rule["action"], rule["category"], text, how if rule["action"] == "text_removed" else "")

    def _uid(self, uid: str, element: DataElement, place: str) -> None:
        locus = _locus(place)
        may_go = locus == "private" or _is_below(place, _MAY_GO)
        if uid.startswith("1.2.840.10008."):
            if not may_go and element.keyword in {
                "SOPClassUID",
                "ReferencedSOPClassUID",
                "MediaStorageSOPClassUID",
            }:
                self.rows.append(Row("class_uid_kept", "class UID", locus, tag=place, value=uid))
            return
        self.rows.append(Row("uid_changed", "UID", locus, tag=place, value=uid))
        # Requests and comments may go with the attribute that holds them; references of an object may not.
        if element.keyword in _LINKS and not may_go:
            self.rows.append(Row("uid_consistent", "UID", locus, tag=place, value=uid))


# PS3.15 lets a tool remove these whole.
_MAY_GO = {
    "ReferencedStudySequence",
    "ReferencedPatientSequence",
    "ReferencedPerformedProcedureStepSequence",
    "RequestAttributesSequence",
}
_LINKS = {
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "ReferencedFrameOfReferenceUID",
    "ReferencedSOPInstanceUID",
    "DimensionOrganizationUID",
}


@cache
def expectations() -> dict[str, list[dict[str, str]]]:
    """What is expected of an attribute wherever it stands, from expectations.csv."""
    rules: dict[str, list[dict[str, str]]] = {}
    with Path(__file__).with_name("expectations.csv").open(encoding="utf-8", newline="") as lines:
        for rule in csv.DictReader(lines):
            rules.setdefault(rule["keyword"], []).append(rule)
    return rules


def _elements(ds: Dataset, prefix: str = "") -> Iterator[tuple[Dataset, str, DataElement]]:
    for element in ds:
        yield ds, prefix, element
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from _elements(item, f"{prefix}{_name(ds, element)}[{number}]/")


def _name(item: Dataset, element: DataElement) -> str:
    tag = element.tag
    if tag.is_private and not tag.is_private_creator:
        creator = item[tag.group, (tag.element >> 8)].value
        return f"{tag.group:04X}:{creator}:{tag.element & 0xFF:02X}"
    return f"{int(tag):08X}"


def _locus(place: str) -> str:
    if ":" in place or (int(place[-8:-4], 16) % 2 if ":" not in place else False):
        return "private"
    return "nested" if "/" in place else "top"


def _is_below(place: str, keywords: set[str]) -> bool:
    tags = {f"{tag_for_keyword(keyword) or 0:08X}" for keyword in keywords}
    return any(segment[:8] in tags for segment in place.split("/")[:-1])
