"""The engine: one file in, the same file without what identifies out. What is kept is copied byte for byte."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from eucaim_nb.identity import Cleaner, DatePolicy, Dates, Person, top_coded_age

from ._actions import Action
from ._burned_in import NotClean, Seen, without_text
from ._encode import element, item
from ._file import Content, content_of, deflate, head
from ._parse import Element, Encoding, NotParsable, parse
from ._people import Texts, charset_of, person_of, texts_of
from ._profile import DocumentPolicy, Profile
from ._remarks import remarks
from ._rules import Rules
from ._stamps import Source, stamps
from .pixels import face_risk, needs_look

Piece = bytes | memoryview

_SOP_CLASS, _SOP_INSTANCE = 0x00080016, 0x00080018
_STUDY, _SERIES = 0x0020000D, 0x0020000E
_PATIENT_ID, _ISSUER = 0x00100020, 0x00100021
_GROUP_LENGTH, _PADDING = 0x0000, 0xFFFCFFFC
_PIXELS = 0x7FE00010
_WANTED = frozenset((_SOP_CLASS, _SOP_INSTANCE, _STUDY, _SERIES, _PATIENT_ID, _ISSUER, 0x00080020))
_ON_PICTURES = {
    0x00080008: "ImageType",
    0x00080016: "SOPClassUID",
    0x00080060: "Modality",
    0x00080064: "ConversionType",
    0x00081030: "StudyDescription",
    0x0008103E: "SeriesDescription",
    0x00180015: "BodyPartExamined",
    0x00180050: "SliceThickness",
    0x00180088: "SpacingBetweenSlices",
    0x00181012: "DateOfSecondaryCapture",
    0x00181016: "SecondaryCaptureDeviceManufacturer",
    0x00181018: "SecondaryCaptureDeviceManufacturerModelName",
    0x00181030: "ProtocolName",
    0x00280004: "PhotometricInterpretation",
    0x00280008: "NumberOfFrames",
    0x00280301: "BurnedInAnnotation",
}
"""What tells by the header whether text or a face may be seen in a picture."""
_ONE_VALUE = frozenset(("LT", "ST", "UT", "UR"))
_ITEM_END = 1 << 32
_STANDARD = "1.2.840.10008."
_MOST_UIDS = 200_000
_UID = re.compile(r"[0-9.]{1,64}")
_CODE = re.compile(r"[A-Z0-9_ ]{0,16}")  # PS3.5 section 6.2, CS

# One meaningless value for each VR that dciodvfy accepts.
_DUMMIES = {
    "AE": b"REMOVED",
    "AS": b"000D",
    "CS": b"REMOVED",
    "DA": b"19000101",
    "DS": b"0",
    "DT": b"19000101000000",
    "IS": b"0",
    "LO": b"REMOVED",
    "LT": b"REMOVED",
    "PN": b"REMOVED",
    "SH": b"REMOVED",
    "ST": b"REMOVED",
    "TM": b"000000",
    "UC": b"REMOVED",
    "UR": b"",
    "UT": b"REMOVED",
    **dict.fromkeys(("OB", "OW", "UN"), bytes(2)),
    **dict.fromkeys(("OF", "OL"), bytes(4)),
    **dict.fromkeys(("OD", "OV"), bytes(8)),
}
# As many zeros as there were numbers, because the attribute may ask for that many.
_NUMBERS = frozenset(("AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"))


class Quarantine(Exception):
    """An instance that must not be passed on; the text says why, without any value."""


class Maker(Protocol):
    """Who makes pseudonyms: see `eucaim_nb.identity.Pseudonyms`."""

    def patient(self, patient_id: str, issuer: str = "") -> str: ...
    def uid(self, uid: str, patient_id: str = "") -> str: ...
    def number(self, value: str, kind: str, length: int = 16) -> str: ...
    def shift_days(self, patient_id: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Treated:
    """A file after de-identification: its bytes in `pieces`, and what was done.

    `uids` and `patient` map what was to what is, for the crosswalk; `counts` the treated attributes by action. `note`
    is what a person must know about its picture, `face` why a face may be recognised in it; both may be empty.
    """

    pieces: Sequence[Piece]
    sop_class: str
    sop_uid: str
    study_uid: str
    series_uid: str
    patient: tuple[str, str]
    uids: Mapping[str, str]
    counts: Mapping[tuple[int, Action], int]
    note: str = ""
    face: str = ""


class Engine:
    """De-identifies files by one profile and with one key.

    Parameters
    ----------
    profile
        What to do.
    maker
        Makes the pseudonyms; the same maker gives the same for the same.
    baselines
        First study date (DA) of a patient, by Patient ID, from which days are counted; may know nobody.
    pictures
        Whether pictures are searched for burned-in text, which takes long, and cleaned of it.
    """

    def __init__(
        self,
        profile: Profile,
        maker: Maker,
        baselines: Mapping[str, str] | None = None,
        *,
        pictures: bool = False,
    ) -> None:
        self._profile, self._maker, self._pictures = profile, maker, pictures
        self._baselines = baselines or {}
        self._uids: dict[tuple[str, str], str] = {}

    def treat(self, file: memoryview) -> Treated:
        """De-identify the bytes of one file.

        Raises
        ------
        Quarantine
            The file cannot be read so surely that nothing in it would be overlooked, or the profile sets it aside.
        """
        try:
            content, elements = _opened(file)
            about = {
                keyword: _text(content.data, one)
                for one in elements
                if (keyword := _ON_PICTURES.get(one.tag)) and one.items is None
            }
            seen = Seen(file)
            if self._pictures and (reason := needs_look(about)) is not None:
                seen = without_text(file, reason)
                if seen.cleaned:
                    content, elements = _opened(seen.data)
            face = face_risk(about)
            return replace(
                self._treat(content, elements, seen), note=seen.note, face=face.words if face is not None else ""
            )
        except NotParsable as why:
            raise Quarantine(f"This file was set aside: {why}.") from None
        except NotClean as why:
            raise Quarantine(str(why)) from None

    def uid(self, uid: str, patient: str) -> str:
        """Return what replaces a UID in the files of a patient; those of the standard stay."""
        known = self._uids.get((patient, uid))
        if known is None:
            if len(self._uids) > _MOST_UIDS:
                self._uids.clear()
            known = self._uids[patient, uid] = self._maker.uid(uid, patient)
        return known

    def _treat(self, content: Content, elements: list[Element], seen: Seen) -> Treated:
        data = content.data
        found = {one.tag: _text(data, one) for one in elements if one.tag in _WANTED}
        if not found.get(_SOP_CLASS) or not found.get(_SOP_INSTANCE):
            raise NotParsable("it names no SOP class or no SOP Instance UID")
        if not _UID.fullmatch(found[_SOP_CLASS]) or not _UID.fullmatch(content.syntax):
            raise NotParsable("its SOP class or its transfer syntax is no UID")
        # Patients without an ID are kept apart by their studies.
        patient = found.get(_PATIENT_ID) or f"no Patient ID {found.get(_STUDY, '')}"
        texts = charset_of(data, elements, texts_of(""))
        rules = Rules.compile(self._profile, found[_SOP_CLASS])
        dates = Dates(self._profile.dates, self._maker.shift_days(patient))
        person = person_of(data, elements, texts)
        file = _File(self, content, rules, dates, person, patient, found.get(_ISSUER, ""))
        source = Source(
            burned_in="NO" if seen.earned else _of(data, elements, 0x00280301),
            pixels_cleaned=seen.earned or seen.cleaned,
            study_date=found.get(0x00080020, ""),
            birth_date=_of(data, elements, 0x00100030),
            age=_of(data, elements, 0x00101010),
        )
        own = stamps(rules, content.encoding, source, self._baselines.get(patient, ""))
        pieces = file.level(elements, content.start, content.stop, content.encoding, texts, (), own)
        if pieces is None:
            pieces = [data[content.start : content.stop]]
        sop_instance = self.uid(found[_SOP_INSTANCE], patient)
        return Treated(
            pieces=[
                head(found[_SOP_CLASS], sop_instance, content.syntax),
                *(deflate(pieces) if content.deflated else pieces),
            ],
            sop_class=found[_SOP_CLASS],
            sop_uid=sop_instance,
            study_uid=self.uid(found.get(_STUDY, ""), patient),
            series_uid=self.uid(found.get(_SERIES, ""), patient),
            patient=(found.get(_PATIENT_ID, ""), file.pseudonym),
            uids=file.uids,
            counts=file.counts,
        )

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self._profile

    @property
    def maker(self) -> Maker:
        """The maker of pseudonyms in use."""
        return self._maker


@dataclass
class _File:
    """The treatment of one file."""

    engine: Engine
    content: Content
    rules: Rules
    dates: Dates
    person: Person
    patient: str
    issuer: str
    counts: Counter[tuple[int, Action]] = field(default_factory=Counter)
    uids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data = self.content.data
        self.pseudonym = self.engine.maker.patient(self.patient, self.issuer)
        self.cleaner = Cleaner(self.person, keep_dates=self.engine.profile.dates is DatePolicy.KEEP)
        self._handlers: Mapping[Action, Callable[[Element, Texts], bytes | None]] = {
            Action.UID: self._uid,
            Action.DATE: self._date,
            Action.CLEAN_TEXT: self._clean,
            Action.PSEUDONYM: self._pseudonym,
            Action.NUMBER: self._number,
            Action.AGE: self._age,
            Action.DUMMY: self._dummy,
            Action.EMPTY: lambda one, texts: b"",
        }

    def level(
        self,
        elements: Sequence[Element],
        start: int,
        stop: int,
        encoding: Encoding,
        texts: Texts,
        path: tuple[int, ...],
        own: Sequence[tuple[int, bytes]] = (),
    ) -> list[Piece] | None:
        """Return the bytes of a data set or item in pieces, None if nothing in it changes.

        Parameters
        ----------
        own
            Whole elements, by rising tag, to put in.
        """
        data, copied = self.data, start
        out: list[Piece] = []
        decide = self.rules.action
        private: _Creators | None = None
        own_tags = frozenset(tag for tag, _ in own)
        pending = iter(own)
        tag_to_come, element_to_come = next(pending, (_ITEM_END, b""))
        for one in elements:
            tag = one.tag
            while tag_to_come < tag:
                out += [data[copied : one.start], element_to_come]
                copied = one.start
                tag_to_come, element_to_come = next(pending, (_ITEM_END, b""))
            if tag & 0xFFFF == _GROUP_LENGTH or tag == _PADDING or tag in own_tags:
                action = Action.REMOVE  # group lengths are retired, and wrong as soon as anything changes
            elif tag & 0x10000:
                private = private or _Creators(data, elements, self.rules)
                action = private.action(one)
            else:
                action = decide(tag, one.vr, path)
            if action is Action.KEEP:
                continue
            new = self._changed(one, action, encoding, texts, path)
            if new is None:
                continue
            out.append(data[copied : one.start])
            out += new
            copied = one.end
        while tag_to_come < _ITEM_END:
            out += [data[copied:stop], element_to_come]
            copied = stop
            tag_to_come, element_to_come = next(pending, (_ITEM_END, b""))
        if not out:
            return None
        out.append(data[copied:stop])
        return out

    def _changed(
        self, one: Element, action: Action, encoding: Encoding, texts: Texts, path: tuple[int, ...]
    ) -> list[Piece] | None:
        """Return the new bytes of an element, no bytes if it goes, None if it stays as it is."""
        if action in (Action.REMOVE, Action.STAMP):
            self.counts[one.tag, Action.REMOVE] += 1
            return []
        if action is Action.PIXELS:
            return self._pixels(one)
        if action is Action.DOCUMENT:
            left_out = self.engine.profile.documents is DocumentPolicy.DROP
            raise Quarantine(
                "This instance carries an encapsulated document, which cannot be cleaned. It was "
                + ("left out." if left_out else "set aside.")
            )
        if one.items is not None and action not in (Action.EMPTY, Action.DUMMY):
            return self._sequence(one, encoding, texts, path)
        if one.undefined and one.items is None:
            raise NotParsable("an element that must be changed is encapsulated")
        if one.items is not None:
            value = b"" if action is Action.EMPTY else self._dummy_items(one)
            self.counts[one.tag, action] += 1
            return [element(one.tag, one.vr, value, encoding)]
        handler = self._handlers.get(action)
        if handler is None:  # an action for sequences on a value that is none: nothing in it can be told
            self.counts[one.tag, Action.REMOVE] += 1
            return []
        new = handler(one, texts)
        if new is None:
            return None
        self.counts[one.tag, action] += 1
        return [element(one.tag, one.vr, new, encoding)]

    # Sequences

    def _sequence(
        self, one: Element, encoding: Encoding, texts: Texts, path: tuple[int, ...]
    ) -> list[Piece] | None:
        assert one.items is not None
        below, changed = (*path, one.tag), False
        written: list[bytes] = []
        for each in one.items:
            pieces = self.level(
                each.elements,
                each.value,
                each.stop,
                one.encoding,
                charset_of(self.data, each.elements, texts),
                below,
            )
            changed |= pieces is not None
            content = self.data[each.value : each.stop] if pieces is None else b"".join(pieces)
            written.append(item(bytes(content), one.encoding))
        if not changed:
            return None
        return [element(one.tag, one.vr, b"".join(written), encoding)]

    def _dummy_items(self, one: Element) -> bytes:
        """Return the items of a sequence with meaningless values, and without anything private."""
        return b"".join(
            item(
                b"".join(
                    element(
                        part.tag,
                        part.vr,
                        self._dummy_value(part) if part.items is None else self._dummy_items(part),
                        one.encoding,
                    )
                    for part in each.elements
                    if not part.tag & 0x10000 and not (part.undefined and part.items is None)
                ),
                one.encoding,
            )
            for each in one.items or ()
        )

    # Values

    def _uid(self, one: Element, texts: Texts) -> bytes | None:
        values = self._raw(one).decode("ascii", "replace").split("\\")
        new = []
        for value in values:
            uid = value.strip("\0 ")
            made = self.engine.uid(uid, self.patient) if uid else ""
            if uid and not uid.startswith(_STANDARD):
                self.uids[uid] = made
            new.append(made)
        return None if new == [value.strip("\0 ") for value in values] else "\\".join(new).encode("ascii")

    def _date(self, one: Element, texts: Texts) -> bytes | None:
        treat = {"DA": self.dates.da, "DT": self.dates.dt, "TM": self.dates.tm}.get(one.vr)
        if treat is None:
            return b""
        old = self._raw(one).decode("ascii", "replace").strip("\0 ")
        new = "\\".join(treat(value.strip()) for value in old.split("\\")) if old else ""
        return None if new == old else new.encode("ascii", "replace")

    def _clean(self, one: Element, texts: Texts) -> bytes | None:
        old = texts.read(self._raw(one)).strip("\0")
        if not old.strip():
            return None
        values = [old] if one.vr in _ONE_VALUE else old.split("\\")
        new = "\\".join(self._cleaned(value) for value in values)
        if new == old:
            return None
        if one.vr == "CS" and not all(_CODE.fullmatch(value) for value in new.split("\\")):
            return _DUMMIES["CS"]
        return texts.write(new)

    def _cleaned(self, value: str) -> str:
        """Return a text without what identifies; where nothing is left, a word, because a value may be required."""
        return self.cleaner.clean(value).text or ("REMOVED" if value.strip() else value)

    def _pseudonym(self, one: Element, texts: Texts) -> bytes | None:
        return self.pseudonym.encode("ascii")

    def _number(self, one: Element, texts: Texts) -> bytes | None:
        old = texts.read(self._raw(one)).strip("\0 ")
        kind = f"{one.tag:08X}"
        return "\\".join(
            self.engine.maker.number(value.strip(), kind) if value.strip() else "" for value in old.split("\\")
        ).encode("ascii")

    def _age(self, one: Element, texts: Texts) -> bytes | None:
        old = self._raw(one).decode("ascii", "replace").strip("\0 ")
        new = "\\".join(top_coded_age(value.strip(), self.engine.profile.age_limit) for value in old.split("\\"))
        return None if new == old else new.encode("ascii")

    def _dummy(self, one: Element, texts: Texts) -> bytes | None:
        return self._dummy_value(one)

    def _dummy_value(self, one: Element) -> bytes:
        if one.vr == "UI":
            uid = _text(self.data, one)
            return self.engine.uid(uid, self.patient).encode("ascii") if uid else b""
        if one.vr in _NUMBERS:
            return bytes(one.end - one.value)
        return _DUMMIES.get(one.vr, b"")

    def _pixels(self, one: Element) -> list[Piece] | None:
        """Return pixel data with the remarks in its codestreams blanked."""
        if one.tag != _PIXELS or not one.undefined:
            return None
        patches = remarks(self.data, one.value, one.end)
        if not any(any(self.data[first:last]) for first, last in patches):
            return None
        self.counts[one.tag, Action.PIXELS] += 1
        out: list[Piece] = []
        here = one.start
        for first, last in patches:
            out += [self.data[here:first], bytes(last - first)]
            here = last
        return [*out, self.data[here : one.end]]

    def _raw(self, one: Element) -> bytes:
        return bytes(self.data[one.value : one.end])


class _Creators:
    """Which private blocks of one level are reserved by whom, and what that means for each private element."""

    def __init__(self, data: memoryview, elements: Sequence[Element], rules: Rules) -> None:
        self._data, self._elements, self._rules = data, elements, rules
        self._actions = self._decide()

    def action(self, one: Element) -> Action:
        """Return what to do with a private element; a creator stays where something of its block does."""
        return self._actions.get(one.tag, Action.REMOVE)

    def _decide(self) -> dict[int, Action]:
        private = [one for one in self._elements if one.tag & 0x10000]
        creators = {
            one.tag >> 16 << 8 | one.tag & 0xFF: (one.tag, _text(self._data, one))
            for one in private
            if 0x10 <= one.tag & 0xFFFF <= 0xFF
        }
        decided: dict[int, Action] = {}
        for one in private:
            if one.tag & 0xFFFF < 0x1000:
                continue
            place, creator = creators.get(one.tag >> 16 << 8 | one.tag >> 8 & 0xFF, (0, ""))
            action = self._rules.private(creator, one.tag, one.vr)
            if action is Action.REMOVE:
                continue
            decided[one.tag] = action
            decided[place] = Action.KEEP
            if one.vr == "UN" and one.items is None:
                one.vr = self._rules.private_vr(creator, one.tag) or one.vr
        return decided


def _opened(file: memoryview) -> tuple[Content, list[Element]]:
    content = content_of(file)
    return content, parse(content.data, content.start, content.stop, content.encoding)


def _text(data: memoryview, one: Element) -> str:
    return bytes(data[one.value : one.end]).decode("ascii", "replace").strip("\0 ")


def _of(data: memoryview, elements: Sequence[Element], tag: int) -> str:
    return next((_text(data, one) for one in elements if one.tag == tag), "")
