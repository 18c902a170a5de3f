"""What points to some person in a text, told by its form alone: numbers, dates, addresses, names behind a title."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ._announced import announced_by
from ._calendar import numeric_dates
from ._east import eastern
from ._found import DATE, EMAIL, ID, NUMBER, PHONE, URL, Found, without_overlap
from ._national import finnish_number, hyphenated_number, lettered_number, national_number
from ._prose import prose_of, words_of
from ._strangers import strangers
from ._towns import towns
from ._unfamiliar import unfamiliar

_LONGEST_KEPT = 2000
"""Characters; longer texts are rare, and not kept in the cache."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL = re.compile(r"\b(?:[a-z]{3,6}://|www\.)[^\s\\<>\"']+", re.I)
_MAC = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f])")
_DIGITS = re.compile(r"[0-9]+")

_PLUS_PHONE = re.compile(r"(?<!\w)\+[1-9](?:[\s().-]{0,2}[0-9]){7,14}(?![0-9])")
_PHONE = re.compile(
    r"(?<![0-9.,])(?:00[1-9][0-9](?:[ .-]?[0-9]){7,11}|0[1-9]([ .-])[0-9]{2}(?:\1[0-9]{2}){3}"
    r"|\(0[0-9]{1,4}\)[ ]?[0-9][0-9 -]{4,10}[0-9]|0[0-9]{1,4}[/-][0-9]{5,9})(?![0-9])"
)

_BARE_NUMBER = re.compile(r"(?<![0-9])[0-9]{10,15}(?![0-9])")
_GROUPED_NUMBER = re.compile(
    r"(?<![\w.])(?:[0-9]{6}([-+])[0-9]{4}|[0-9]{8}[-+][0-9]{4}|[0-9]{6}-[0-9]{5}|[0-9]{6}/[0-9]{4}"
    r"|[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}|[0-9]{4} [0-9]{6}|756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"
    r"|[1-4] [0-9]{2} [0-9]{2} [0-9]{2} [0-9]{3} [0-9]{3} [0-9]{2})(?!\w)"
)
_LETTERED_NUMBER = re.compile(
    r"(?<![^\W_])(?:[0-9]{8}-?[A-Za-z]|[0-9]{2}\.[0-9]{3}\.[0-9]{3}-?[A-Za-z]"
    r"|[XYZxyz]-?[0-9]{7}-?[A-Za-z]|[0-9]{7}[A-Za-z]{1,2}"
    r"|[A-Za-z]{6}[0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{3}[A-Za-z]|[12][0-9]{4}2[ABab][0-9]{8})(?![^\W_])"
)
_HETU = re.compile(r"(?<!\w)[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y](?!\w)")


def detectors(text: str) -> tuple[Found, ...]:
    """Find what points to a person, without knowing whom.

    National numbers of twenty countries of Europe by their check digits, and any number behind a label (`NHC`, `BSN`,
    `Patient ID`); telephone numbers, e-mail and network addresses; dates in digits and with names of months in 25
    languages; names behind a title, a label or a word of kinship, and given names with family names in sentences;
    streets with a house number, towns with a postal code. A lone family name is not found: see `Cleaner`.

    Returns
    -------
    tuple of Found
        In the order of the text, not overlapping.
    """
    return _kept(text) if len(text) <= _LONGEST_KEPT else _detect(text)


def _detect(text: str) -> tuple[Found, ...]:
    found: list[Found] = []
    if "@" in text:
        found += (Found(*one.span(), EMAIL, "e-mail") for one in _EMAIL.finditer(text))
    if "://" in text or "www." in text or "WWW." in text:
        found += (Found(*one.span(), URL, "url") for one in _URL.finditer(text))
    numbers = _DIGITS.findall(text)
    if len(numbers) > 2 or text.count(":") > 4 or text.count("-") > 4:
        found += (Found(*one.span(), NUMBER, "mac") for one in _MAC.finditer(text))
    words = words_of(text)
    for start, end, form in words:
        for find in announced_by(form):
            found += find(text, start, end)
    if len(words) > 1:
        prose = prose_of(text, words)
        found += strangers(text, words, german=prose.german)
        found += unfamiliar(text, words, prose)
    found += eastern(text)
    if numbers:
        found += towns(text)
        longest = max(map(len, numbers))
        if longest > 7 or len(numbers) > 2:
            found += (Found(one.start, one.end, DATE, "date in digits") for one in numeric_dates(text))
        if sum(map(len, numbers)) > 6:
            found += _numbers(text)
    return without_overlap(found) if found else ()


_kept = lru_cache(maxsize=8192)(_detect)


def _numbers(text: str) -> Iterator[Found]:
    if "+" in text:
        yield from (Found(*one.span(), PHONE, "phone") for one in _PLUS_PHONE.finditer(text))
    yield from (Found(*one.span(), PHONE, "phone") for one in _PHONE.finditer(text))
    for one in _BARE_NUMBER.finditer(text):
        if name := national_number(one[0]):
            yield Found(*one.span(), ID, name)
    for one in _GROUPED_NUMBER.finditer(text):
        digits = "".join(_DIGITS.findall(one[0]))
        if name := hyphenated_number(digits) if one[1] else national_number(digits):
            yield Found(*one.span(), ID, name)
    for one in _LETTERED_NUMBER.finditer(text):
        if name := lettered_number(one[0].upper()):
            yield Found(*one.span(), ID, name)
    for one in _HETU.finditer(text):
        if name := finnish_number(one[0]):
            yield Found(*one.span(), ID, name)
