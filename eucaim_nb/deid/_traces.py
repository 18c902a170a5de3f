"""Traces: what the original of a file says of a person, and whether anything of it is left in text or bytes.

This is the second opinion on what the engine did. It takes from the original every UID, number, name, date, address
and telephone number that it can find by itself, and looks for each in its usual spellings.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from eucaim_nb.dicom import class_attributes

from ._actions import Action
from ._finding import Kind
from ._identifying import TECHNICAL, is_telling, kind_of, traced
from ._personal import Trace, no_digit_before, no_digit_beside, personal, place_of
from ._profile import Option, Profile
from ._reading import Leaf, Reading
from ._spellings import SEPARATORS, SHORTEST_NUMBER_IN_BYTES, forbidden_days, level_of, spelled_days

_STANDARD = "1.2.840.10008."
_SHORTEST_UID_IN_BYTES = 12
_SHORTEST_IN_PICTURES = 8
_MOST_NAMES = 60
_TEXTS = frozenset(("AE", "LO", "LT", "OB", "PN", "SH", "ST", "UC", "UN", "UR", "UT"))
MOST_BYTES = 65536
"""Size of a value of bytes up to which it is searched by itself; larger ones are searched with the file."""
_DATE_LIKE = re.compile(r"(?:[0-9][^0-9]?){8}")
_SEPARATORS = SEPARATORS.encode()
_BY_VR = frozenset(("UI", "PN", "DA", "DT"))
_ESCAPE = b"\x1b"


class Traces:
    """What must not be left of one original.

    Parameters
    ----------
    original
        The file as it was.
    profile
        Says what is meant to stay: dates, UIDs, the device or the institution.
    shift_days
        By how many days dates were moved, if they were.
    """

    def __init__(self, original: Reading, profile: Profile, shift_days: int | None = None) -> None:
        options = frozenset(profile.applied)
        self._stays = meant_to_stay(profile)
        wanted = sought(profile)
        technical = {
            level_of(value) for tag in TECHNICAL if (leaf := original.top.get(tag)) is not None for value in leaf.values
        }
        uids: set[str] = set()
        if Option.UIDS not in options:
            for leaf in original.of("UI"):
                if leaf.tag not in class_attributes():
                    uids.update(uid for uid in leaf.values if not uid.startswith(_STANDARD))
        names: dict[str, None] = {}
        for leaf in original.of("PN"):
            if leaf.tag not in self._stays:
                names.update(dict.fromkeys(leaf.values))
        days: set[str] = set()
        for leaf in original.of("DA", "DT"):
            if leaf.tag not in self._stays:
                days.update(value.replace(".", "")[:8] if leaf.vr == "DA" else value[:8] for value in leaf.values)
        said: dict[Kind, set[str]] = {Kind.ID: set(), Kind.PHONE: set(), Kind.PLACE: set()}
        for leaf in original.with_tags(wanted):
            if leaf.vr not in _BY_VR:
                tag = leaf.tag
                values = (value for value in leaf.values if is_telling(tag, value))
                said[kind_of(tag)].update(value for value in values if level_of(value) not in technical)
        self.uids = frozenset(uids) - {""}
        self.days = forbidden_days(days, profile.dates, shift_days)
        self._uids_in_bytes = _by_prefix(uid for uid in self.uids if len(uid) >= _SHORTEST_UID_IN_BYTES)
        self._written_days = spelled_days(self.days)
        self._person = personal(
            tuple(names)[:_MOST_NAMES],
            frozenset(said[Kind.ID]),
            frozenset(said[Kind.PHONE]),
            frozenset(said[Kind.PLACE]),
        )
        self._needles = frozenset(
            (*(prefix.encode() for prefix, _ in self._uids_in_bytes), *(day[:4].encode() for day in self.days))
        )

    def __repr__(self) -> str:
        return "Traces(…)"

    def may_be_in(self, data: bytes) -> bool:
        """Tell whether anything can be left in some bytes, as far as it is written in ASCII or UTF-16.

        This is quick, and sometimes wrong when it says yes: a part of a name may stand in another word.
        """
        flat = data.lower().translate(None, b"\0")
        person = self._person
        if any(needle in flat for needle in self._needles) or any(needle in flat for needle in person.needles):
            return True
        bare = flat.translate(None, _SEPARATORS)
        return any(key in bare for key in person.keys)

    def doubtful(self, output: Reading) -> list[Leaf]:
        """Return the attributes in which something can be left although `may_be_in` the whole file says no."""
        texts = output.of(*_TEXTS)
        beyond = [
            leaf
            for leaf in texts
            if not (raw := leaf.data[leaf.start : leaf.stop]).isascii() or _ESCAPE in raw
        ]
        return [*output.meta, *output.of("UI", "DA", "DT"), *beyond]

    def in_leaf(self, leaf: Leaf, *, raw: bool = True) -> Iterator[Trace]:
        """Yield what is left in one attribute; `raw` also in values that are no text."""
        vr = leaf.vr
        if leaf.tag in self._stays:
            return
        if vr == "UI":
            if self.uids and leaf.tag not in class_attributes():
                for uid in leaf.values:
                    if uid in self.uids:
                        yield Trace(Kind.UID, uid)
        elif vr in ("DA", "DT"):
            if self.days:
                for value in leaf.values:
                    if value[:8] in self.days:
                        yield Trace(Kind.DATE, value[:8])
        elif vr in _TEXTS:
            text = leaf.text
            if text and not text.isspace():
                yield from self.in_text(text, names=leaf.tag not in TECHNICAL)
            elif raw and not text and len(leaf.raw) <= MOST_BYTES:
                yield from self.in_bytes(leaf.raw)

    def in_text(self, text: str, *, names: bool = True) -> Iterator[Trace]:
        """Yield what is left in a text, for instance a description or the name of a file."""
        level = level_of(text)
        for trace in self._person.in_text(level):
            if names or trace.kind is not Kind.NAME:
                yield trace
        if self._written_days and _DATE_LIKE.search(level):
            for written, day in self._written_days.items():
                if place_of(level, written, no_digit_before if written.isdigit() else no_digit_beside) >= 0:
                    yield Trace(Kind.DATE, day)
        for prefix, uids in self._uids_in_bytes:
            if prefix in level:
                yield from (Trace(Kind.UID, uid) for uid in uids if uid in level)

    def in_bytes(self, data: bytes, *, near: bool = True, pictures: bool = False) -> Iterator[Trace]:
        """Yield what is left anywhere in some bytes, in patterns that are too long to be met by chance.

        Parameters
        ----------
        near
            What `may_be_in` says of them.
        pictures
            The bytes are compressed pictures, in which longer patterns are met by chance than in attributes.
        """
        level = data.lower()
        for prefix, uids in self._uids_in_bytes if near else ():
            if prefix.encode() in level:
                for uid in uids:
                    if (at := level.find(uid.encode())) >= 0:
                        yield Trace(Kind.UID, uid, at)
        shortest = _SHORTEST_IN_PICTURES if pictures else 0
        for kind, secret, written, bounded in self._person.in_bytes if near else self._person.beyond_ascii:
            if len(written) >= shortest and (at := place_of(level, written, bounded)) >= 0:
                yield Trace(kind, secret, at)
        if pictures or not near:
            return
        for text, day in self._written_days.items():
            if (at := place_of(level, text.encode(), no_digit_before if text.isdigit() else no_digit_beside)) >= 0:
                yield Trace(Kind.DATE, day, at)
        bare = level.translate(None, _SEPARATORS)
        for number in self._person.numbers:
            if len(number.core) < SHORTEST_NUMBER_IN_BYTES or number.key.encode("latin-1", "replace") not in bare:
                continue
            # Latin-1 reads every byte as one character, so that places are those of the bytes.
            if found := number.search(level.decode("latin-1")):
                yield Trace(Kind.ID, number.core, found.start())


@lru_cache(maxsize=16)
def meant_to_stay(profile: Profile) -> frozenset[int]:
    """Return the attributes that a profile keeps with a reason of its own."""
    return frozenset(tag for tag, override in profile.overrides.items() if override.action is Action.KEEP)


@lru_cache(maxsize=16)
def sought(profile: Profile) -> frozenset[int]:
    """Return the attributes whose values may not be left by a profile."""
    return traced(frozenset(profile.applied)) - meant_to_stay(profile)


def _by_prefix(uids: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups: dict[str, list[str]] = {}
    for uid in sorted(uids):
        groups.setdefault(uid[:_SHORTEST_UID_IN_BYTES], []).append(uid)
    return tuple((prefix, tuple(group)) for prefix, group in groups.items())
