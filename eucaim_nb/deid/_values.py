"""What replaces the value of one element: a UID, a date, a cleaned text, a number, or something meaningless."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from eucaim_nb.identity import Cleaner, DatePolicy, Dates, Person, recogniser, top_coded_age

from ._actions import Action
from ._parse import Element, ascii_of
from ._people import Texts
from ._profile import Profile

_ONE_VALUE = frozenset(("LT", "ST", "UT", "UR"))
_STANDARD = "1.2.840.10008."
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


CleanedTexts = dict[tuple[bytes, str, Texts], bytes | None]
"""What became of text values, by their bytes, VR and character set; None where they stayed."""
_MOST_TEXTS = 20_000


class Maker(Protocol):
    """Who makes pseudonyms: see `eucaim_nb.identity.Pseudonyms`."""

    def patient(self, patient_id: str, issuer: str = "") -> str: ...
    def uid(self, uid: str, patient_id: str = "") -> str: ...
    def number(self, value: str, kind: str, length: int = 16) -> str: ...
    def shift_days(self, patient_id: str) -> int: ...


class Values:
    """Makes the new values of one file.

    Attributes
    ----------
    pseudonym
        What replaces the Patient ID.
    uids
        What became of each UID so far.

    Parameters
    ----------
    new_uid
        Gives what replaces a UID in the files of this patient.
    patient, issuer
        Patient ID and its issuer, as they were.
    cleaned
        What texts of this person became before, and become now.
    """

    def __init__(
        self,
        data: memoryview,
        profile: Profile,
        maker: Maker,
        new_uid: Callable[[str], str],
        person: Person,
        patient: str,
        issuer: str,
        cleaned: "CleanedTexts",
    ) -> None:
        self._data, self._maker, self._new_uid = data, maker, new_uid
        self._known = cleaned
        self._dates = Dates(profile.dates, maker.shift_days(patient))
        self._cleaner = Cleaner(
            person,
            keep_dates=profile.dates is DatePolicy.KEEP,
            recognise=recogniser(profile.recogniser) if profile.recogniser else None,
        )
        self._age_limit = profile.age_limit
        self.pseudonym = maker.patient(patient, issuer)
        self.uids: dict[str, str] = {}
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

    def maker(self, action: Action) -> Callable[[Element, Texts], bytes | None] | None:
        """Return what makes the new value of an element, or None where it stays; None for other actions."""
        return self._handlers.get(action)

    def dummy(self, one: Element) -> bytes:
        """Return a value that says nothing and that the VR allows."""
        if one.vr == "UI":
            uid = ascii_of(self._data, one)
            return self._new_uid(uid).encode("ascii") if uid else b""
        if one.vr in _NUMBERS:
            return bytes(one.end - one.value)
        return _DUMMIES.get(one.vr, b"")

    def _uid(self, one: Element, texts: Texts) -> bytes | None:
        values = self._raw(one).decode("ascii", "replace").split("\\")
        new = []
        for value in values:
            uid = value.strip("\0 ")
            made = self._new_uid(uid) if uid else ""
            if uid and not uid.startswith(_STANDARD):
                self.uids[uid] = made
            new.append(made)
        return None if new == [value.strip("\0 ") for value in values] else "\\".join(new).encode("ascii")

    def _date(self, one: Element, texts: Texts) -> bytes | None:
        treat = {"DA": self._dates.da, "DT": self._dates.dt, "TM": self._dates.tm}.get(one.vr)
        if treat is None:
            return b""
        old = self._raw(one).decode("ascii", "replace").strip("\0 ")
        new = "\\".join(treat(value.strip()) for value in old.split("\\")) if old else ""
        return None if new == old else new.encode("ascii", "replace")

    def _clean(self, one: Element, texts: Texts) -> bytes | None:
        key = (self._raw(one), one.vr, texts)
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= _MOST_TEXTS:
                self._known.clear()
            new = self._known[key] = self._cleaned_bytes(*key)
            return new

    def _cleaned_bytes(self, raw: bytes, vr: str, texts: Texts) -> bytes | None:
        old = texts.read(raw).strip("\0")
        if not old.strip():
            return None
        values = [old] if vr in _ONE_VALUE else old.split("\\")
        new = "\\".join(map(self._cleaned, values))
        if new == old:
            return None
        if vr == "CS" and not all(_CODE.fullmatch(value) for value in new.split("\\")):
            return _DUMMIES["CS"]
        return texts.write(new)

    def _cleaned(self, value: str) -> str:
        """Return a text without what identifies; where nothing is left, a word, because a value may be required."""
        return self._cleaner.clean(value).text or ("REMOVED" if value.strip() else value)

    def _pseudonym(self, one: Element, texts: Texts) -> bytes | None:
        return self.pseudonym.encode("ascii")

    def _number(self, one: Element, texts: Texts) -> bytes | None:
        old = texts.read(self._raw(one)).strip("\0 ")
        kind = f"{one.tag:08X}"
        return "\\".join(
            self._maker.number(value.strip(), kind) if value.strip() else "" for value in old.split("\\")
        ).encode("ascii")

    def _age(self, one: Element, texts: Texts) -> bytes | None:
        old = self._raw(one).decode("ascii", "replace").strip("\0 ")
        new = "\\".join(top_coded_age(value.strip(), self._age_limit) for value in old.split("\\"))
        return None if new == old else new.encode("ascii")

    def _dummy(self, one: Element, texts: Texts) -> bytes | None:
        return self.dummy(one)

    def _raw(self, one: Element) -> bytes:
        return bytes(self._data[one.value : one.end])
