"""Dates in tables: one explicit format per column, chosen by all its cells, and never a guess for one cell.

A date in ISO 8601 is always what it says. Years of two digits are never read. Month and year without a day stay so.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from eucaim_nb.identity import months

from ._words import folded

_YEARS = range(1880, 2101)
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_CLOCK = r"(?:[ T,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]m)?)?"
_NAMED = re.compile(
    rf"(\d{{1,2}})[.\s/-]*(?:de\s+)?([^\W\d_]+)\.?[\s/,-]*(?:de\s+|del\s+)?(\d{{4}}){_CLOCK}", re.I
)
_NAMED_FIRST = re.compile(rf"([^\W\d_]+)\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_CLOCK}", re.I)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIAL_START = date(1899, 12, 30)
"""Day 0 of spreadsheets in the 1900 system, from 1 March 1900 on."""
_DIGIT = re.compile(r"\d")
_TWO_DIGITS = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2}|\d{1,2}[-./ ]?[^\W\d_]{3,}[-./ ]?\d{2}")


def _matcher(form: str) -> re.Pattern[str]:
    """Return the pattern of a format that is written in digits."""
    body = re.escape(form)
    for name, pattern in (("YYYY", r"(\d{4})"), ("MM", r"(\d{1,2})"), ("DD", r"(\d{1,2})")):
        body = body.replace(name, pattern if form != "YYYYMMDD" or name == "YYYY" else r"(\d{2})")
    return re.compile(body + (_CLOCK if "DD" in form else ""), re.I)


def _digits(form: str) -> Callable[[str], str | None]:
    """Return the reader of a format that is written in digits."""
    names, matcher = re.findall(r"YYYY|MM|DD", form), _matcher(form)

    def read(text: str) -> str | None:
        found = matcher.fullmatch(text)
        if not found:
            return None
        parts = dict(zip(names, map(int, found.groups()), strict=True))
        return _iso(parts["YYYY"], parts.get("MM"), parts.get("DD"))

    return read


def _named(text: str) -> str | None:
    """Read a date with the name of a month in one of many languages."""
    if found := _NAMED.fullmatch(text):
        day, name, year = found.groups()
    elif found := _NAMED_FIRST.fullmatch(text):
        name, day, year = found.groups()
    else:
        return None
    month = months().get(folded(name))
    return _iso(int(year), month, int(day)) if month else None


def _serial(text: str) -> str | None:
    found = _SERIAL.fullmatch(text)
    if not found:
        return None
    day = _SERIAL_START + timedelta(days=int(found[1]))
    return day.isoformat() if day.year in _YEARS else None


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if year not in _YEARS:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")


_IN_DIGITS = (
    "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
    "DD MM YYYY", "YYYYMMDD", "YYYY-MM", "MM/YYYY", "MM.YYYY", "MM-YYYY", "YYYY",
)  # fmt: skip
_SERIAL_DAY, _MONTH_BY_NAME = "spreadsheet day", "D MONTH YYYY"
FORMATS: dict[str, Callable[[str], str | None]] = {
    **{form: _digits(form) for form in _IN_DIGITS},
    _MONTH_BY_NAME: _named,
    _SERIAL_DAY: _serial,
}
"""The formats there are, each with its reader: ISO 8601, as precise as the text, or None."""
_MATCHERS = {**{form: _matcher(form) for form in _IN_DIGITS}, _SERIAL_DAY: _SERIAL}


@lru_cache(maxsize=4096)
def _possible(shape: str) -> tuple[str, ...]:
    """Return the formats that a text may be in, by the text with 9 for every digit."""
    return tuple(form for form, matcher in _MATCHERS.items() if matcher.fullmatch(shape))


@lru_cache(maxsize=1 << 15)
def _formats_of(text: str) -> tuple[str, ...]:
    """Return the formats that a text is in."""
    if not _DIGIT.search(text):
        return ()
    possible = _possible(_DIGIT.sub("9", text))
    if not possible and not text.isdigit():
        possible = (_MONTH_BY_NAME,)
    return tuple(form for form in possible if FORMATS[form](text) is not None)


_TWINS = {"DD/MM/YYYY": "MM/DD/YYYY", "DD-MM-YYYY": "MM-DD-YYYY"}


def iso(text: str) -> str | None:
    """Return the day of a text that is a date in ISO 8601, None if it is none."""
    found = _ISO.fullmatch(text)
    return _iso(*map(int, found.groups())) if found else None


@lru_cache(maxsize=1 << 15)
def parse_date(text: str, form: str) -> str | None:
    """Return a date as ISO 8601, read in one format; None if it is not in it.

    What is in ISO 8601 already is never read otherwise.
    """
    plain = text.strip()
    return iso(plain) or FORMATS[form](plain)


def has_short_year(text: str) -> bool:
    """Tell whether a text looks like a date whose year has two digits."""
    return bool(_TWO_DIGITS.fullmatch(text.strip()))


@dataclass(frozen=True, slots=True)
class Vote:
    """What the cells of a column say about its format of dates.

    Attributes
    ----------
    format
        The format that most cells are in; empty if it is not known.
    rivals
        Formats that the same cells are in, with other days: a person has to say which.
    share
        Part of the cells that are in the format.
    """

    format: str = ""
    rivals: tuple[str, ...] = ()
    share: float = 0.0


def vote(values: Iterable[tuple[str, int]]) -> Vote:
    """Return the format of a column, by its distinct values and how often each is there."""
    counted = [(value.strip(), count) for value, count in values if value.strip()]
    total = sum(count for _, count in counted)
    fits: Counter[str] = Counter()
    for value, count in counted:
        fits.update(dict.fromkeys(_formats_of(value), count))
    best = max(FORMATS, key=lambda form: fits[form])
    if not fits[best]:
        return Vote()
    twin = _TWINS.get(best) or next((day for day, month in _TWINS.items() if month == best), "")
    rivals = (best, twin) if twin and fits[twin] == fits[best] else ()
    return Vote("" if rivals else best, rivals, fits[best] / total)


def is_date(text: str) -> bool:
    """Tell whether a text is in one of the formats that say year, month and day in digits or words."""
    return any("DD" in form or form == _MONTH_BY_NAME for form in _formats_of(text)) or iso(text) is not None


def days_between(start: str, end: str) -> int | None:
    """Return the days from one ISO date to another; None unless both name a day."""
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days
    except ValueError:
        return None
