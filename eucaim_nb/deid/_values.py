"""What replaces the value of one element: a UID, a date, a cleaned text, a number, or something meaningless."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from eucaim_nb.identity import Cleaner, DatePolicy, Dates, Person, recogniser, top_coded_age

from ._actions import Action
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


Make = Callable[[int, str, bytes, Texts], bytes | None]
"""Makes the new value of an element out of its tag, VR and old value; None where it stays."""
_MOST_TEXTS = 20_000


class Maker(Protocol):
    """Who makes pseudonyms: see `eucaim_nb.identity.Pseudonyms`."""

    def patient(self, patient_id: str, issuer: str = "") -> str: ...
    def uid(self, uid: str, patient_id: str = "") -> str: ...
    def number(self, value: str, kind: str, length: int = 16) -> str: ...
    def shift_days(self, patient_id: str) -> int: ...


class Remembering:
    """A maker that works out only once what the files of a patient have in common."""

    def __init__(self, maker: Maker) -> None:
        self.patient = lru_cache(maxsize=4096)(maker.patient)
        self.uid = lru_cache(maxsize=200_000)(maker.uid)
        self.number = lru_cache(maxsize=20_000)(maker.number)
        self.shift_days = lru_cache(maxsize=4096)(maker.shift_days)


class Values:
    """Makes the new values in the files of one patient.

    Attributes
    ----------
    pseudonym
        What replaces the Patient ID.

    Parameters
    ----------
    new_uid
        Gives what replaces a UID in the files of this patient.
    person
        Who is not to be named.
    patient, issuer
        Patient ID and its issuer, as they were.
    """

    def __init__(
        self,
        profile: Profile,
        maker: Maker,
        new_uid: Callable[[str], str],
        person: Person,
        patient: str,
        issuer: str,
    ) -> None:
        self._maker, self._new_uid = maker, new_uid
        self._known_texts: dict[tuple[bytes, str, Texts], bytes | None] = {}
        self._dates = Dates(profile.dates, maker.shift_days(patient))
        self._cleaner = Cleaner(
            person,
            keep_dates=profile.dates is DatePolicy.KEEP,
            recognise=recogniser(profile.recogniser) if profile.recogniser else None,
        )
        self._age_limit = profile.age_limit
        self.pseudonym = maker.patient(patient, issuer)
        self._handlers: Mapping[Action, Make] = {
            Action.UID: self._uid,
            Action.DATE: self._date,
            Action.CLEAN_TEXT: self._clean,
            Action.PSEUDONYM: self._pseudonym,
            Action.NUMBER: self._number,
            Action.AGE: self._age,
            Action.DUMMY: self._dummy,
            Action.EMPTY: lambda tag, vr, raw, texts: b"",
        }

    def maker(self, action: Action) -> Make | None:
        """Return what makes the new values of elements with this action; None for those that make none."""
        return self._handlers.get(action)

    def replaced(self, raw: bytes) -> dict[str, str]:
        """Return what replaces the UIDs of an element that are not the standard's."""
        uids = [uid for uid in _uids(raw) if uid and not uid.startswith(_STANDARD)]
        return {uid: self._new_uid(uid) for uid in uids}

    def dummy(self, vr: str, raw: bytes) -> bytes:
        """Return a value that says nothing and that the VR allows."""
        if vr == "UI":
            uid = raw.decode("ascii", "replace").strip("\0 ")
            return self._new_uid(uid).encode("ascii") if uid else b""
        if vr in _NUMBERS:
            return bytes(len(raw))
        return _DUMMIES.get(vr, b"")

    def _uid(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        old = _uids(raw)
        new = [self._new_uid(uid) if uid else "" for uid in old]
        return None if new == old else "\\".join(new).encode("ascii")

    def _date(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        return _dated(self._dates, vr, raw)

    def _clean(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        key = (raw, vr, texts)
        try:
            return self._known_texts[key]
        except KeyError:
            if len(self._known_texts) >= _MOST_TEXTS:
                self._known_texts.clear()
            new = self._known_texts[key] = self._cleaned_bytes(*key)
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

    def _pseudonym(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        return self.pseudonym.encode("ascii")

    def _number(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        old = texts.read(raw).strip("\0 ")
        kind = f"{tag:08X}"
        return "\\".join(
            self._maker.number(value.strip(), kind) if value.strip() else "" for value in old.split("\\")
        ).encode("ascii")

    def _age(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        old = raw.decode("ascii", "replace").strip("\0 ")
        new = "\\".join(top_coded_age(value.strip(), self._age_limit) for value in old.split("\\"))
        return None if new == old else new.encode("ascii")

    def _dummy(self, tag: int, vr: str, raw: bytes, texts: Texts) -> bytes | None:
        return self.dummy(vr, raw)


def _uids(raw: bytes) -> list[str]:
    return [value.strip("\0 ") for value in raw.decode("ascii", "replace").split("\\")]


@lru_cache(maxsize=8192)
def _dated(dates: Dates, vr: str, raw: bytes) -> bytes | None:
    """Return what a date or time becomes, None if it stays as it is: the files of a study have few of them."""
    treat = {"DA": dates.da, "DT": dates.dt, "TM": dates.tm}.get(vr)
    if treat is None:
        return b""
    old = raw.decode("ascii", "replace").strip("\0 ")
    new = "\\".join(treat(value.strip()) for value in old.split("\\")) if old else ""
    return None if new == old else new.encode("ascii", "replace")
