"""Taking out of a text what points to a person, and nothing else."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ._calendar import Written, numeric_dates, spelled_date
from ._detectors import detectors
from ._fold import WORD, fold
from ._found import DATE, Found, without_overlap
from ._long_numbers import LEAST_DIGITS, long_numbers
from ._own import own_names, own_numbers, own_phrases
from ._person import Person
from ._recogniser import Recogniser, recognised
from ._vocabulary import months

_LONGEST_KEPT = 2000
_MOST_KEPT = 2048
_TAIL = 1000
_MOST_PERSONS = 64
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")
_JOINS = re.compile(r"[ \t,;_^/.&+=-]{0,4}\Z")
_DIGIT = re.compile("[0-9]")
_SEPARATORS = " \t,;_^/-=:"
_CLOSING = ".,;:)]}!?"
_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">", '"': '"', "'": "'"}
_LINE_ENDS = "\r\n\f\\"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what was found in it. Places are those of the text as it was, its accents composed."""

    text: str
    found: tuple[Found, ...] = ()


_Clean = Callable[[str], Cleaned]


class Cleaner:
    """Cleans texts of one person.

    Parameters
    ----------
    person
        Who is not to be named.
    keep_dates
        Leave dates in the text, except those of the person and what is called a date of birth.
    recognise
        A recogniser of the site's own, asked as well.
    """

    def __init__(self, person: Person, *, keep_dates: bool, recognise: Recogniser | None = None) -> None:
        self._kept, self._clean = _cleaning(person, keep_dates, recognise)

    def clean(self, text: str) -> Cleaned:
        """Return a text without names, numbers, dates and addresses of persons.

        All else stays as it is, letter by letter; separators that would be left over beside what was taken out go with
        it. A text in which nothing is found comes back unchanged.

        Raises
        ------
        RecogniserFailed
            The recogniser gave no answer.
        """
        return self._kept(text) if len(text) <= _LONGEST_KEPT else self._clean(text)


@lru_cache(maxsize=_MOST_PERSONS)
def _cleaning(person: Person, keep_dates: bool, recognise: Recogniser | None) -> tuple[_Clean, _Clean]:
    """Return cleaning for one person, remembering texts and not: files of a series say the same again and again."""

    def clean(text: str) -> Cleaned:
        whole = _composed(text)
        found = _find(person, whole, keep_dates)
        if recognise is not None:
            found += recognised(recognise, whole)
        if not found:
            return Cleaned(text)
        kept = without_overlap(found)
        return Cleaned(_without(whole, kept), kept)

    return lru_cache(maxsize=_MOST_KEPT)(clean), clean


def _composed(text: str) -> str:
    """Return a text in which a letter and the accents behind it are one letter, as names are written elsewhere."""
    if text.isascii():
        return text
    return _ACCENTED.sub(lambda one: unicodedata.normalize("NFC", one[0]), text)


def _find(person: Person, text: str, keep_dates: bool) -> list[Found]:
    found = own_names(person, text)
    found += own_phrases(person, text)
    digits = len(_DIGIT.findall(text))
    found += own_numbers(person, text, digits)
    if digits >= LEAST_DIGITS:
        found += long_numbers(text)
    by_form = detectors(text)
    if by_form:
        if keep_dates and any(one.kind == DATE for one in by_form):
            own = _own_dates(person, text)
            by_form = tuple(
                one
                for one in by_form
                if one.kind != DATE or one.detector == "date of birth" or one.start in own
            )
        found += by_form
    if digits and person.written_days is not None:
        found += (Found(*one.span(), DATE, "own date") for one in person.written_days.finditer(text))
    return found


def _own_dates(person: Person, text: str) -> frozenset[int]:
    """Return where the dates begin that may be the person's own."""
    return frozenset(one.start for one in _dates(text) if not person.days.isdisjoint(one.days))


def _dates(text: str) -> Iterator[Written]:
    yield from numeric_dates(text)
    for word in WORD.finditer(text):
        if fold(word[0]) in months() and (one := spelled_date(text, *word.span())):
            yield one


def _without(text: str, found: tuple[Found, ...]) -> str:
    spans: list[tuple[int, int]] = []
    for one in found:
        if spans and _JOINS.match(text, spans[-1][1], one.start):
            spans[-1] = (spans[-1][0], one.end)
        else:
            spans.append((one.start, one.end))
    done, left = [], text[: spans[0][0]]
    for number, (_, end) in enumerate(spans):
        after = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        left = _joined(left, text[end:after])
        if len(left) > 2 * _TAIL:  # what is joined again and again must stay short
            done.append(left[:-_TAIL])
            left = left[-_TAIL:]
    return "".join((*done, left))


def _joined(left: str, right: str) -> str:
    """Join what stood on both sides of something taken out, with one separator where there were two."""
    while left and right and _BRACKETS.get(left[-1]) == right[0]:
        left, right = left[:-1], right[1:]
    before, after = left.rstrip(_SEPARATORS), right.lstrip(_SEPARATORS)
    gap_before, gap_after = left[len(before) :], right[: len(right) - len(after)]
    if not after or after[0] in _LINE_ENDS:
        return before + (":" if ":" in gap_before else "") + after
    if not before or before[-1] in _LINE_ENDS:
        return before + _indent(gap_before, before) + after
    if not gap_before and not gap_after and before[-1].isalnum() and after[0].isalnum():
        return before + " " + after  # what is left must not become a word of its own
    if not gap_before or not gap_after:
        return before + (gap_before or gap_after if after[0] not in _CLOSING else "") + after
    if not gap_after.strip() and ":" not in gap_before:
        return before + gap_after + after
    if not gap_before.strip() and gap_after[0] in ",;":
        return before + gap_after + after
    return before + gap_before + after


def _indent(gap: str, before: str) -> str:
    """Return the spaces at the beginning of a line; at the beginning of the text they were separators."""
    return gap if before and not gap.strip(" \t") else ""
