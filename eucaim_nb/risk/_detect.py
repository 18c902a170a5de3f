"""Search one file for leaks, attribute by attribute."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from eucaim_nb.dicom import TEXT_VRS, AttributePath, class_attributes, path_text, remarks
from eucaim_nb.identity import Cleaner, Found, Person, bare, masked

from ._contents import BINARY, Attribute, Contents
from ._embedded import pdf_text, readable_runs
from ._known import Known, is_placeholder, is_pseudonym, person_of
from ._leak import Kind, Leak, Severity, leak_facts, name_of
from ._tables import Source
from ._uid import uid_leak

_DOCUMENT, _ICON = 0x00420011, 0x00880200
_AGE, _OLD = 0x00101010, 89
_CODES = frozenset((0x00080100, 0x00080102, 0x00080103, 0x00080119, 0x00080120))
_DECLARATIONS = frozenset((0x00120063, 0x00120064, 0x00080005))
_PADDING = 0xFFFCFFFC
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PLACEHOLDER_DATES = frozenset(("", "19000101", "00010101", "18000101"))
_MOST_BINARY = 1 << 20
KINDS = {
    "name": (Kind.NAME, Severity.ERR),
    "id": (Kind.NUMBER, Severity.ERR),
    "phone": (Kind.CONTACT, Severity.ERR),
    "e-mail": (Kind.CONTACT, Severity.ERR),
    "address": (Kind.ADDRESS, Severity.ERR),
    "date": (Kind.DATE, Severity.WARN),
    "number": (Kind.NUMBER, Severity.WARN),
    "url": (Kind.CONTACT, Severity.WARN),
}


def leaks(file: Contents, known: Known, name: str = "", original: Contents | None = None) -> Iterator[Leak]:
    """Yield the leaks in a file; the same kind once for each place and detector.

    Parameters
    ----------
    known
        What the workspace knows of originals.
    name
        Path of the file below its folder; empty if its name is not looked at.
    original
        What an output was made from: whoever is named there must not be here.
    """
    person = person_of(known, file) if original is None else person_of(known, file, original)
    yield from _Search(file, known, person).all(name)


class _Search:
    def __init__(self, file: Contents, known: Known, person: Person) -> None:
        self._file, self._known, self._facts = file, known, leak_facts()
        self._cleaner = Cleaner(person, keep_dates=known.source is Source.DEIDENTIFIED)

    def all(self, name: str) -> Iterator[Leak]:
        for one in self._file.attributes:
            yield from self._attribute(one)
        yield from self._pictures()
        yield from self._around()
        yield from self._name(name)

    # One attribute

    def _attribute(self, one: Attribute) -> Iterator[Leak]:
        tag, facts = one.tag, self._facts
        if not one.raw.strip(b" \0") or tag & 0xFFFF == 0 or tag in _DECLARATIONS or tag in facts.technical:
            return
        if one.vr == "UI":
            yield from self._uid(one)
        elif (direct := self._direct(one)) is not None:
            yield direct
        elif tag in facts.numbers or one.vr == "PN" or tag in _CODES:
            return  # a pseudonym or a placeholder
        elif tag >> 16 & 0xFF01 in (0x5000, 0x6000) and tag & 0xFFFF == 0x3000:
            yield self._leak(one.path, Kind.GRAPHICS, "overlay or curve", Severity.WARN, "", "graphics")
        elif one.path[0] == _ICON and tag == 0x7FE00010:
            yield self._leak(one.path, Kind.GRAPHICS, "icon", Severity.WARN, "", "graphics")
        elif tag == _DOCUMENT:
            yield from self._document(one)
        elif tag == _PADDING:
            yield self._leak(one.path, Kind.AROUND, "padding that is not empty", Severity.WARN, "", "around")
        elif one.vr in ("DA", "DT"):
            yield from self._date(one)
        elif tag == _AGE or one.vr == "AS":
            yield from self._age(one)
        elif one.vr in TEXT_VRS or one.vr in BINARY:
            yield from self._text(one)

    def _direct(self, one: Attribute) -> Leak | None:
        """Return the leak of an attribute that names somebody by what it is for."""
        tag, facts = one.tag, self._facts
        value = one.values[0] if one.values else ""
        if not value or all(map(is_placeholder, one.values)) or is_pseudonym(one, self._known):
            return None
        if one.vr == "PN":
            return self._leak(one.path, Kind.NAME, "attribute", Severity.ERR, value, "attribute")
        if tag in facts.numbers:
            return self._leak(one.path, Kind.NUMBER, "attribute", Severity.ERR, value, "attribute")
        if tag in facts.contacts:
            return self._leak(one.path, Kind.CONTACT, "attribute", Severity.ERR, value, "attribute")
        if tag in facts.addresses:
            return self._leak(one.path, Kind.ADDRESS, "attribute", Severity.ERR, value, "attribute")
        if tag in facts.sites:
            return self._leak(one.path, Kind.SITE, "attribute", Severity.WARN, value, "site")
        if tag in facts.birth and value not in _PLACEHOLDER_DATES:
            return self._leak(one.path, Kind.BIRTH, "attribute", Severity.ERR, value, "date")
        return None

    def _uid(self, one: Attribute) -> Iterator[Leak]:
        if one.tag in class_attributes():
            return
        for uid in one.values:
            if uid.startswith("1.2.840.10008."):
                continue
            numbers = {bare(value) for tag in self._facts.numbers if (value := self._file.value(tag))}
            if found := uid_leak(uid, self._known, numbers):
                yield self._leak(one.path, Kind.UID, found[0], found[1], uid, "uid")
                return

    def _date(self, one: Attribute) -> Iterator[Leak]:
        told = [value for value in one.values if value[:8] not in _PLACEHOLDER_DATES]
        if told and self._known.source is Source.ORIGINAL:
            yield self._leak(one.path, Kind.DATE, "exact date", Severity.WARN, told[0], "date")

    def _age(self, one: Attribute) -> Iterator[Leak]:
        found = re.fullmatch(r"(\d{3})Y", one.values[0]) if one.values else None
        limit = _OLD if self._known.source is Source.ORIGINAL else _OLD + 1
        if found and int(found[1]) > limit:
            yield self._leak(one.path, Kind.AGE, f"age above {_OLD}", Severity.WARN, one.values[0], "age")

    def _text(self, one: Attribute) -> Iterator[Leak]:
        private = bool(one.tag >> 16 & 1)
        text = one.text
        found = self._found(text) if text else ()
        if one.vr == "CS":
            found = tuple(each for each in found if each.detector.startswith("own"))
        if not text and one.vr in BINARY and len(one.raw) <= _MOST_BINARY:
            text = readable_runs(one.raw)
            # In bytes of unknown make, what only looks like a name or a number mostly is none.
            found = tuple(each for each in self._found(text) if each.detector.startswith("own"))
        yield from self._each(one.path, text, found, "private" if private else "text")

    def _document(self, one: Attribute) -> Iterator[Leak]:
        text = pdf_text(one.raw) if one.raw[:1024].lstrip().startswith(b"%PDF") else readable_runs(one.raw)
        found = list(self._each(one.path, text, self._found(text), "document"))
        yield from found
        if not found:
            words = "document that was not understood"
            yield self._leak(one.path, Kind.DOCUMENT, words, Severity.WARN, "", "document")

    # Around the attributes

    def _pictures(self) -> Iterator[Leak]:
        told: set[Severity] = set()
        for fragment in self._file.fragments:
            for remark in remarks(fragment):
                text = readable_runs(remark.text.strip(b"\0"))
                grave = remark.is_application_data or any(each.kind in KINDS for each in self._found(text))
                severity = Severity.ERR if grave else Severity.WARN
                if remark.text.strip(b"\0") and severity not in told:
                    told.add(severity)
                    detector = "EXIF or other application data" if remark.is_application_data else "comment"
                    yield self._leak((0x7FE00010,), Kind.REMARK, detector, severity, text, "remark")

    def _around(self) -> Iterator[Leak]:
        for place, data in (("preamble", self._file.preamble), ("after the data set", self._file.rest)):
            if not data.strip(b"\0 "):
                continue
            text = readable_runs(data)
            grave = any(each.detector.startswith("own") for each in self._found(text))
            if data.startswith(_TIFF) and not grave:
                continue  # the file is a TIFF as well (PS3.10 section 7.1)
            severity = Severity.ERR if grave else Severity.WARN
            yield self._at(place, "", Kind.AROUND, "bytes that are not empty", severity, text, "around", True)

    def _name(self, name: str) -> Iterator[Leak]:
        told: set[tuple[Kind, str]] = set()
        for part in PurePath(name).parts:
            words = part.replace("_", " ")
            found = self._found(words)
            if self._known.source is Source.DEIDENTIFIED:  # what names outputs has any letters and numbers in it
                found = tuple(one for one in found if one.detector.startswith("own") and _stands_alone(words, one))
            for each in found:
                kind, severity = KINDS[each.kind]
                if (kind, each.detector) not in told:
                    told.add((kind, each.detector))
                    excerpt = words[each.start : each.end]
                    yield self._at(
                        "file name", "", kind, each.detector, severity, excerpt, "name of a file", hidden=True
                    )

    # Findings

    def _found(self, text: str) -> tuple[Found, ...]:
        return self._cleaner.clean(text).found

    def _each(self, path: AttributePath, text: str, found: tuple[Found, ...], remedy: str) -> Iterator[Leak]:
        told: set[tuple[Kind, str]] = set()
        for one in found:
            kind, severity = KINDS[one.kind]
            if (kind, one.detector) not in told:
                told.add((kind, one.detector))
                yield self._leak(path, kind, one.detector, severity, text[one.start : one.end], remedy)

    def _leak(
        self, path: AttributePath, kind: Kind, detector: str, severity: Severity, value: str, remedy: str
    ) -> Leak:
        tag = path[-1]
        hidden = len(path) > 1 or bool(tag >> 16 & 1) or tag in self._facts.hidden or tag >> 24 in (0x50, 0x60)
        hidden = hidden or kind in (Kind.REMARK, Kind.GRAPHICS, Kind.AROUND, Kind.UID)
        return self._at(path_text(path), name_of(tag), kind, detector, severity, value, remedy, hidden)

    def _at(
        self,
        place: str,
        attribute: str,
        kind: Kind,
        detector: str,
        severity: Severity,
        value: str,
        remedy: str,
        hidden: bool,
    ) -> Leak:
        words = self._facts.remedies[remedy]
        return Leak(place, attribute, kind, detector, severity, masked(value) if value else "", words, hidden)


def _stands_alone(text: str, found: Found) -> bool:
    """Tell whether no letter or digit touches what was found."""
    around = text[max(found.start - 1, 0) : found.start] + text[found.end : found.end + 1]
    return not any(map(str.isalnum, around))
