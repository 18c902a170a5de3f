"""Dates as people write them in text."""

import re
from dataclasses import dataclass

from ._fold import fold
from ._vocabulary import months

Day = tuple[int, int, int]
"""Year, month and day."""

_FIRST_YEAR, _LAST_YEAR = 1880, 2100
_COMPACT_YEARS = range(1900, 2036)
# 12/03/1957, 12. 3. 1957, 12-03-57; 1957-03-12; 12_03_1957; 1957 03 12. A dotted chain of more numbers is a UID or a
# version.
_NUMERIC = re.compile(
    r"(?<![0-9])(?<![0-9][./])"
    r"(?:([0-9]{1,2})(?:([./-])[ ]?([0-9]{1,2})\2[ ]?([0-9]{4}|[0-9]{2})|([ _])([0-9]{2})\5((?:19|20)[0-9]{2}))"
    r"|([0-9]{4})([./_ -])[ ]?([0-9]{1,2})\9[ ]?([0-9]{1,2}))"
    r"(?![0-9])(?![./][0-9])(?!\s*(?:mm|cm|ms|sec|s)\b)"
)
_COMPACT = re.compile(r"(?<![0-9])([0-9]{8})(?:[0-9]{4}(?:[0-9]{2})?)?(?![0-9])")
_DAY_BEFORE = re.compile(
    r"(?<![0-9.,])([0-9]{1,2})(?:st|nd|rd|th|er|[ºª°])?[\s.,/_-]{0,3}(?:(?:de|of|di|den)\s)?\Z", re.I
)
_YEAR_BEFORE = re.compile(r"(?<![0-9])((?:18|19|20)[0-9]{2})[\s.,/_-]{0,3}(?:m\.\s?|de\s)?\Z", re.I)
_YEAR_AFTER = re.compile(
    r"[\s.,/_'’-]{0,3}(?:(?:de|del|of)\s)?((?:18|19|20)[0-9]{2}|[0-9]{2})(?![0-9]|[.,][0-9])", re.I
)
_DAY_AFTER = re.compile(r"[\s.,/_-]{0,3}([0-9]{1,2})(?:st|nd|rd|th)?(?![0-9]|[.,][0-9])", re.I)
_LOOK_BACK = 14


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text: where, and which days it may mean. None if the year is not given."""

    start: int
    end: int
    days: tuple[Day, ...]


def is_day(year: int, month: int, day: int) -> bool:
    """Tell whether numbers make a day that a living person's records may name."""
    return (
        _FIRST_YEAR <= year <= _LAST_YEAR
        and 1 <= month <= 12
        and 1 <= day <= (31 if month in _LONG_MONTHS else 30 if month != 2 else 29)
    )


_LONG_MONTHS = frozenset((1, 3, 5, 7, 8, 10, 12))


def numeric_dates(text: str) -> list[Written]:
    """Return the dates that are written in digits with separators, or in eight digits and more."""
    found = []
    for one in _NUMERIC.finditer(text):
        days = _readings(one)
        if days:
            found.append(Written(one.start(), one.end(), days))
    for one in _COMPACT.finditer(text):
        days = tuple(day for day in compact_days(one[1]) if day[0] in _COMPACT_YEARS)
        if days:
            found.append(Written(one.start(), one.end(), days))
    return found


def compact_days(digits: str) -> tuple[Day, ...]:
    """Return the days that eight digits may mean: year first, or day first."""
    orders = (
        (int(digits[:4]), int(digits[4:6]), int(digits[6:])),
        (int(digits[4:]), int(digits[2:4]), int(digits[:2])),
    )
    return tuple(day for day in orders if is_day(*day))


def _readings(one: re.Match[str]) -> tuple[Day, ...]:
    first, separator, second, last, gap, second_spaced, last_spaced, year, between, month, day = one.groups()
    if year:
        if between in " _" and (len(month) < 2 or len(day) < 2 or int(year) not in _COMPACT_YEARS):
            return ()
        return tuple(each for each in ((int(year), int(month), int(day)),) if is_day(*each))
    if gap:
        return tuple(
            each
            for each in ((int(last_spaced), int(second_spaced), int(first)),)
            if len(first) == 2 and is_day(*each)
        )
    if len(last) == 2 and separator != "/" and (len(first) < 2 or len(second) < 2):
        return ()
    a, b = int(first), int(second)
    return tuple(each for full in years(last) for each in ((full, b, a), (full, a, b)) if is_day(*each))


def years(written: str) -> tuple[int, ...]:
    """Return the years that two or four digits may mean."""
    number = int(written)
    return (number,) if len(written) == 4 else (1900 + number, 2000 + number)


def spelled_date(text: str, start: int, end: int) -> Written | None:
    """Return the date around the name of a month that stands at `start` to `end`, if there is one.

    A full name wants a day or a year beside it, an abbreviation both: MAR and SET are terms of radiology too.
    """
    name = fold(text[start:end])
    month = months()[name]
    full = len(name) > 4
    back = max(0, start - _LOOK_BACK)
    before = text[back:start]
    if found := _DAY_BEFORE.search(before):
        day, begin = int(found[1]), back + found.start()
        if not 1 <= day <= 31:
            return None
        if after := _YEAR_AFTER.match(text, end):
            days = tuple(each for year in years(after[1]) if is_day(*(each := (year, month, day))))
            return Written(begin, after.end(), days) if days else None
        return Written(begin, end, ()) if full else None
    if found := _YEAR_BEFORE.search(before):
        begin, year = back + found.start(), int(found[1])
        if (after := _DAY_AFTER.match(text, end)) and is_day(year, month, int(after[1])):
            return Written(begin, after.end(), ((year, month, int(after[1])),))
        return Written(begin, end, ()) if full else None
    if (after := _DAY_AFTER.match(text, end)) and 1 <= int(after[1]) <= 31:
        if (then := _YEAR_AFTER.match(text, after.end())) and len(then[1]) == 4:
            return Written(start, then.end(), ((int(then[1]), month, int(after[1])),))
        return Written(start, after.end(), ()) if full else None
    if (after := _YEAR_AFTER.match(text, end)) and len(after[1]) == 4 and (full or name in _SHORT_BUT_FULL):
        return Written(start, after.end(), ())
    return None


_SHORT_BUT_FULL = frozenset(
    ("may", "mai", "mei", "maj", "maja", "mars", "marts", "juni", "juli", "juin", "iuni", "mayo")
)
