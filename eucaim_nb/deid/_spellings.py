"""The spellings in which names, numbers, places and days of an original may be met again."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import permutations
from typing import NamedTuple

from eucaim_nb.identity import DatePolicy, eponyms, fold, protocol_words, variants

_SHORTEST_NUMBER, SHORTEST_NUMBER_IN_BYTES = 4, 6
_SHORTEST_NAME, SHORTEST_NAME_IN_BYTES = 3, 5
SHORTEST_PLACE, _SHORTEST_PHONE = 6, 7
_MOST_PARTS = 6
_PLACEHOLDERS = frozenset(
    (
        *("anon", "anonymous", "anonymized", "anonymised", "anonymisiert", "unknown", "unbekannt", "desconocido"),
        *("inconnu", "none", "null", "nil", "test", "patient", "name", "doe", "removed", "eucaim", "doctor"),
        *("operator", "physician", "admin", "radiology", "phantom", "prof", "mrs", "med", "herr", "frau", "phd"),
        *("van", "von", "del", "der", "den", "des", "dos", "las", "los", "san", "sir"),
    )
)
PLACEHOLDER_NUMBERS = frozenset(("none", "null", "unknown", "anonymous", "removed", "test", "patient"))
PLACEHOLDER_DATES = frozenset(("19000101", "19010101", "19700101", "00010101", "20000101"))
_LETTERS = re.compile(r"[^\W\d_]+")
WORDS = re.compile(r"[^\W_]+")
_PN_PARTS = re.compile(r"[\^=\\\s,.;/_-]+")
_DIGEST = re.compile(r"[0-9A-Fa-f]{32,128}")
DIGITS = re.compile(r"[0-9]")


# Dates


def moved(day: str, days: int) -> str:
    """Return a DA value some days later, '' if it is none."""
    try:
        then = date(int(day[:4]), int(day[4:6]), int(day[6:8])) + timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{then.year:04d}{then.month:02d}{then.day:02d}"


def days_between(before: str, after: str) -> int | None:
    """Return how many days lie between two DA values, None if one of them is none."""
    try:
        one, other = (date(int(day[:4]), int(day[4:6]), int(day[6:8])) for day in (before, after))
    except ValueError:
        return None
    return (other - one).days


def forbidden_days(days: Iterable[str], policy: DatePolicy, shift_days: int | None) -> frozenset[str]:
    """Return the days that may not be left: not those which a day of the same file becomes by the policy."""
    if policy is DatePolicy.KEEP:
        return frozenset()
    true = {day for day in days if len(day) == 8 and day.isdigit() and moved(day, 0)} - PLACEHOLDER_DATES
    if policy is DatePolicy.MONTH:
        return frozenset(true - {f"{day[:6]}01" for day in true})
    if policy is DatePolicy.SHIFT and shift_days:
        return frozenset(true - {moved(day, shift_days) for day in true})
    return frozenset(true)


@lru_cache(maxsize=512)
def spelled_days(days: frozenset[str]) -> dict[str, str]:
    """Return the days by the ways in which they are written in digits."""
    found = {}
    for day in days:
        year, month, number = day[:4], day[4:6], day[6:]
        found[day] = day
        for separator in "-./":
            for parts in ((year, month, number), (number, month, year), (month, number, year)):
                found[separator.join(parts)] = day
        found[f"{number}{month}{year}"] = day
    return found


# Names


@lru_cache(maxsize=2048)
def name_words(name: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return the words of a name in their spellings, and the pairs of words that are a name only together."""
    words: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for group in name.split("="):
        parts = [part for part in _PN_PARTS.split(group) if part][:_MOST_PARTS]
        plain = ["".join(_LETTERS.findall(fold(part))) for part in parts]
        kept = [part for part in plain if part not in _PLACEHOLDERS]
        for part in parts:
            words.update(
                form
                for form in variants("".join(_LETTERS.findall(part)))
                if len(form) >= _SHORTEST_NAME and form not in _PLACEHOLDERS
            )
        for one, other in permutations(kept, 2):
            if len(one + other) >= SHORTEST_NAME_IN_BYTES and min(len(one), len(other)) > 1:
                words.add(one + other)
                pairs.add((one, other))
    return frozenset(words), frozenset(pairs)


@lru_cache(maxsize=2048)
def other_alphabets(name: str) -> tuple[tuple[bytes, str], ...]:
    """Return a name with letters beyond ASCII as bytes, in the character sets that a value may be in."""
    return tuple(_in_other_alphabets(name))


def _in_other_alphabets(name: str) -> Iterator[tuple[bytes, str]]:
    for part in _PN_PARTS.split(name):
        if part.isascii() or len(part) < _SHORTEST_NAME:
            continue
        for form in {part, part.lower(), part.upper(), part.title()}:
            for charset in ("utf-8", "latin-1", "iso8859-2", "iso8859-5", "iso8859-7", "utf-16-le"):
                try:
                    raw = form.encode(charset)
                except UnicodeError:
                    continue
                if len(raw) >= SHORTEST_NAME_IN_BYTES:
                    yield raw.lower(), part


def is_placeholder(word: str) -> bool:
    """Tell whether a folded word stands for a name or value that nobody knows or tells."""
    return word in _PLACEHOLDERS or word in PLACEHOLDER_NUMBERS


def says_something(text: str) -> bool:
    """Tell whether a value is more than a placeholder or a digest."""
    words = WORDS.findall(fold(text))
    return bool(words) and not all(map(is_placeholder, words)) and not _DIGEST.fullmatch(text.strip(" \0"))


@cache
def terms() -> frozenset[str]:
    """Return words that are terms of radiology too: by themselves they name nobody."""
    return frozenset(protocol_words() | eponyms())


# Numbers, telephones and places


class Spelled(NamedTuple):
    """A number, telephone number or address, and how it may be written.

    What has it, in whatever spelling, has `key` once the signs of `SEPARATORS` are taken out of it.
    """

    core: str
    key: str
    pattern: str

    def search(self, level: str) -> re.Match[str] | None:
        """Return where it stands in a levelled text."""
        return _compiled(self.pattern).search(level)


_compiled = lru_cache(maxsize=2048)(re.compile)
SEPARATORS = " ._/-()"
_NO_SEPARATORS = dict.fromkeys(map(ord, SEPARATORS))


def squeezed(level: str) -> str:
    """Return a text without the signs that may stand inside of numbers."""
    return level.translate(_NO_SEPARATORS)


@lru_cache(maxsize=2048)
def spelled_number(number: str) -> Spelled | None:
    """Return how a number may be written, by its bare letters and digits; None if it tells nothing."""
    given = "".join(WORDS.findall(level_of(number)))
    core = given.lstrip("0")
    if len(core) < _SHORTEST_NUMBER:
        core = given
    if len(core) < _SHORTEST_NUMBER or given in PLACEHOLDER_NUMBERS or not given.strip("0"):
        return None
    if not DIGITS.search(core) and (core in terms() or len(core) < SHORTEST_NAME_IN_BYTES):
        return None
    between = r"[ ._/-]?" if len(core) >= SHORTEST_NUMBER_IN_BYTES else ""
    return Spelled(core, core, rf"(?<![^\W_])0*{between.join(map(re.escape, core))}(?![^\W_])")


@lru_cache(maxsize=2048)
def spelled_phone(phone: str) -> Spelled | None:
    """Return how a telephone number or e-mail address may be written."""
    if "@" in phone:
        address = phone.lower()
        return Spelled(address, squeezed(address), re.escape(address))
    digits = "".join(DIGITS.findall(phone))
    if len(digits) < _SHORTEST_PHONE:
        return None
    # Without the country's code, as it is called at home.
    core = digits[-9:] if len(digits) > 9 else digits.lstrip("0")
    if not core:
        return None
    return Spelled(core, core, rf"{'[ ()./-]{0,2}'.join(core)}(?![0-9])")


@lru_cache(maxsize=2048)
def spelled_place(place: str) -> frozenset[str]:
    """Return a place, and its parts with a house number, as levelled words with one space between them."""
    found = set()
    for part in (place, *re.split(r"[,;\r\n^]+", place)):
        words = WORDS.findall(level_of(part))
        numbered = any(map(str.isdigit, words)) and any(map(str.isalpha, words))
        whole = part == place and not all(word in terms() for word in words)
        if len("".join(words)) >= SHORTEST_PLACE and (whole or numbered):
            found.add(" ".join(words))
    return frozenset(found)


# Letters and words


@lru_cache(maxsize=8192)
def level_of(text: str) -> str:
    """Return a text in lower-case Latin letters without accents."""
    return text.lower() if text.isascii() else _LETTERS.sub(lambda found: fold(found[0]), text).lower()


@lru_cache(maxsize=8192)
def words_of(level: str) -> frozenset[str]:
    """Return the words of a levelled text: runs of letters that no digit touches, and long ones that it does."""
    alone = {word for word in WORDS.findall(level) if word.isalpha()}
    return frozenset(alone | {word for word in _LETTERS.findall(level) if len(word) >= SHORTEST_NAME_IN_BYTES})
