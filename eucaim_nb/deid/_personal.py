"""The names, numbers, telephones and places of one original, and what of them is left in a text."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import AnyStr

from ._finding import Kind
from ._spellings import (
    DIGITS,
    PLACEHOLDER_NUMBERS,
    SHORTEST_NAME_IN_BYTES,
    SHORTEST_NUMBER_IN_BYTES,
    SHORTEST_PLACE,
    WORDS,
    Spelled,
    level_of,
    name_words,
    other_alphabets,
    spelled_number,
    spelled_phone,
    spelled_place,
    squeezed,
    terms,
    words_of,
)

_MOST_REMEMBERED, _LONGEST_REMEMBERED = 4096, 2000
_BETWEEN_WORDS = re.compile(r"[\W_]+")

_BytePattern = tuple[Kind, str, bytes, Callable[[bytes, int, int], bool]]


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of the original, found. `secret` is what was found: it is for masking only, never shown."""

    kind: Kind
    secret: str
    offset: int = 0


class Personal:
    """The names, numbers, telephones and places of one original, which the files of a series mostly share."""

    def __init__(
        self, names: tuple[str, ...], numbers: frozenset[str], phones: frozenset[str], places: frozenset[str]
    ) -> None:
        spelled = [name_words(name) for name in names]
        self._words = frozenset[str]().union(*(words for words, _ in spelled))
        self._pairs = frozenset[tuple[str, str]]().union(*(pairs for _, pairs in spelled))
        self.numbers = _all_of(map(spelled_number, sorted(numbers)))
        self._phones = _all_of(map(spelled_phone, sorted(phones)))
        self._places = frozenset[str]().union(*map(spelled_place, places))
        self.in_bytes = tuple(self._byte_patterns(names, numbers, places))
        self.beyond_ascii = tuple(one for one in self.in_bytes if not (one[1].isascii() and one[2].isascii()))
        self.needles = shortest(self._needles())
        """What the bytes of a file have if anything ASCII of this is in them, once they are lowered and lack NULs."""
        self.keys = shortest(_in_ascii(key) for key in self._keys(numbers))
        """The same of numbers, once the bytes also lack separators."""
        self._known: dict[str, tuple[Trace, ...]] = {}

    def _needles(self) -> Iterator[bytes]:
        yield from (word.encode() for word in self._words if word.isascii())
        # Both words of a pair and all words of a place are there if any of them is: the longest is the rarest.
        for words in (*self._pairs, *(place.split() for place in self._places)):
            if all(map(str.isascii, words)):
                yield max(words, key=len).encode()

    def _keys(self, numbers: Iterable[str]) -> Iterator[str]:
        yield from (one.key for one in (*self.numbers, *self._phones))
        yield from (squeezed(number.lower()) for number in numbers if len(number) >= SHORTEST_NUMBER_IN_BYTES)

    def in_text(self, level: str) -> tuple[Trace, ...]:
        """Return what is left in a levelled text; texts repeat from file to file."""
        found = self._known.get(level)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = tuple(self._search(level))
            if len(level) < _LONGEST_REMEMBERED:
                self._known[level] = found
        return found

    def _search(self, level: str) -> Iterator[Trace]:
        words = words_of(level)
        yield from (Trace(Kind.NAME, word) for word in sorted(self._words & words) if word not in terms())
        if self._pairs:
            # Words that are terms of radiology too are a name where they stand together.
            split = [word for word in _BETWEEN_WORDS.split(level) if word]
            for pair in sorted(self._pairs.intersection(pairwise(split))):
                yield Trace(Kind.NAME, " ".join(pair))
        if DIGITS.search(level) or "@" in level:
            yield from _matches(level, self._phones, Kind.PHONE)
        yield from _matches(level, self.numbers, Kind.ID)
        if self._places:
            spaced = f" {' '.join(WORDS.findall(level))} "
            yield from (Trace(Kind.PLACE, place) for place in sorted(self._places) if f" {place} " in spaced)

    def _byte_patterns(
        self, names: Iterable[str], numbers: Iterable[str], places: Iterable[str]
    ) -> Iterator[_BytePattern]:
        seen: set[bytes] = set()
        for word in sorted(self._words):
            if len(word) >= SHORTEST_NAME_IN_BYTES and word not in terms():
                seen.add(word.encode())
                yield Kind.NAME, word, word.encode(), _no_letter_beside
                yield Kind.NAME, word, word.encode("utf-16-le"), _anywhere
        for name in names:
            for written, secret in other_alphabets(name):
                if written not in seen:
                    seen.add(written)
                    yield Kind.NAME, secret, written, _no_letter_beside
        for number in sorted(numbers):
            if len(number) >= SHORTEST_NUMBER_IN_BYTES and number.lower() not in PLACEHOLDER_NUMBERS:
                yield Kind.ID, number, number.lower().encode("utf-16-le", "replace"), _anywhere
        for place in sorted(places):
            raw = place.strip().lower().encode("utf-8", "replace")
            if len(raw) >= SHORTEST_PLACE and " ".join(WORDS.findall(level_of(place))) in self._places:
                yield Kind.PLACE, place, raw, _no_letter_beside


def shortest(needles: Iterable[bytes]) -> frozenset[bytes]:
    """Return the needles that have no other in them: where none of these is, none of all is."""
    kept: list[bytes] = []
    for needle in sorted(set(needles), key=len):
        if not any(shorter in needle for shorter in kept):
            kept.append(needle)
    return frozenset(kept)


def _all_of(spelled: Iterable[Spelled | None]) -> tuple[Spelled, ...]:
    """Return each spelling once."""
    return tuple({one.core: one for one in spelled if one is not None}.values())


def _in_ascii(key: str) -> bytes:
    """Return what must be in the bytes of a file; nothing, which every file has, where that cannot be told."""
    return key.encode() if key.isascii() else b""


@lru_cache(maxsize=64)
def personal(
    names: tuple[str, ...], numbers: frozenset[str], phones: frozenset[str], places: frozenset[str]
) -> Personal:
    """Return what belongs to these names, numbers, telephones and places."""
    return Personal(names, numbers, phones, places)


def _matches(level: str, spelled: tuple[Spelled, ...], kind: Kind) -> Iterator[Trace]:
    bare = squeezed(level) if spelled else ""
    for one in spelled:
        if one.key in bare and (found := one.search(level)):
            yield Trace(kind, one.core, found.start())


def place_of(data: AnyStr, wanted: AnyStr, bounded: Callable[[AnyStr, int, int], bool]) -> int:
    """Return where `wanted` stands within its bounds, -1 if it does not."""
    at = data.find(wanted)
    while at >= 0 and not bounded(data, at, at + len(wanted)):
        at = data.find(wanted, at + 1)
    return at


def _anywhere(data: bytes, start: int, stop: int) -> bool:
    return True


def _no_letter_beside(data: bytes, start: int, stop: int) -> bool:
    return not (data[max(start - 1, 0) : start].isalpha() or data[stop : stop + 1].isalpha())


def no_digit_before(data: AnyStr, start: int, stop: int) -> bool:
    """Tell whether what stands there does not go on to the left as a number."""
    return not data[max(start - 1, 0) : start].isdigit()


def no_digit_beside(data: AnyStr, start: int, stop: int) -> bool:
    """Tell whether what stands there does not go on to either side as a number."""
    return no_digit_before(data, start, stop) and not data[stop : stop + 1].isdigit()
