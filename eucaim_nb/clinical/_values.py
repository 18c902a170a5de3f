"""Values of coded variables: what a cell's text means, with a reason, or nothing.

A number or a single letter means nothing by itself. A code book says what it means, or the set of all letters of the
column does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from ._profile import says
from ._target import LIST_SEPARATOR, Target
from ._words import folded, rows

_FUZZY = 90
_LONG = 6
"""Words of fewer letters must be the same to be alike."""
_PARTS = ("+", "/", ",", ";", "&")


@dataclass(frozen=True, slots=True)
class ValueMap:
    """What a text in a column stands for.

    Attributes
    ----------
    to
        A value of the variable; empty if it stands for a missing value.
    by
        Who says so: `code book`, `same`, `word`, `letters`, `alike`, or `person`.
    rare
        Whether fewer than five rows have it, so that it may point to somebody.
    """

    source: str
    to: str
    by: str = "person"
    rare: bool = False


RARE = 5


@cache
def words_of(list_name: str) -> dict[str, str]:
    """Return the value that each word of a list of values means."""
    found: dict[str, str] = {}
    for row in rows("values.csv"):
        if row["list"] == list_name:
            for word in (row["value"], *row["words"].split("|")):
                found.setdefault(folded(word), row["value"])
    return found


@cache
def _letter_sets(list_name: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {folded(letter): value for letter, value in (pair.split("=") for pair in row["letters"].split())}
        for row in rows("letters.csv")
        if row["list"] == list_name
    )


def known_value(text: str, target: Target) -> tuple[str, str] | None:
    """Return the value that a word means for a variable and how that is known; None for numbers and what is unknown."""
    plain = folded(text)
    same = next((value for value in target.allowed if folded(value) == plain), None)
    if same is not None and (target.values or not plain.isdigit()):
        return same, "same"
    if len(plain) < 2 or plain.lstrip("+-").isdigit():
        return None
    words = words_of(target.values) if target.values else {}
    for form in (plain, plain.replace("_", " "), plain.removesuffix(" cancer")):
        if form in words:
            return words[form], "word"
    if len(plain) >= _LONG:
        choices = [
            word
            for word in (words or {folded(value): value for value in target.allowed})
            if len(word) >= _LONG
        ]
        found = process.extractOne(plain, choices, scorer=fuzz.ratio, score_cutoff=_FUZZY)
        if found:
            return words.get(found[0]) or next(
                value for value in target.allowed if folded(value) == found[0]
            ), "alike"
    if target.type == "list":
        for sign in _PARTS:
            parts = [known_value(part, target) for part in text.split(sign)] if sign in text else []
            if parts and all(parts):
                return LIST_SEPARATOR.join(part[0] for part in parts if part), "word"
    return None


def suggest_values(
    counts: Mapping[str, int] | Iterable[tuple[str, int]],
    target: Target,
    book: Mapping[str, str] | None = None,
) -> tuple[list[ValueMap], list[str]]:
    """Return what the texts of a column mean for a coded variable, and the texts that a person has to explain.

    Parameters
    ----------
    counts
        Rows by distinct text.
    book
        Meanings of codes, from a header or a dictionary.
    """
    found: list[ValueMap] = []
    open_: list[str] = []
    pairs = [(value, count) for value, count in dict(counts).items() if says(value)]
    letters = letters_of((value for value, _ in pairs), target)
    for value, count in pairs:
        meaning = _meaning(value, target, book or {}, letters)
        if meaning is None:
            open_.append(value)
        else:
            found.append(ValueMap(value, *meaning, rare=count < RARE))
    return found, open_


def _meaning(
    value: str, target: Target, book: Mapping[str, str], letters: Mapping[str, str]
) -> tuple[str, str] | None:
    explained = book.get(value.strip()) or book.get(value.strip().removesuffix(".0"))
    if explained is not None:
        if not says(explained):
            return "", "code book"
        known = known_value(explained, target)
        return (known[0], "code book") if known else None
    known = known_value(value, target)
    if known:
        return known
    letter = letters.get(folded(value))
    return (letter, "letters") if letter else None


def letters_of(values: Iterable[str], target: Target) -> Mapping[str, str]:
    """Return the meaning of single letters, if the letters of the column allow one reading only."""
    single = {letter for letter in map(folded, values) if len(letter) == 1 and not letter.isdigit()}
    if len(single) < 2:
        return {}
    readings = {
        tuple(sorted((one, letters[one]) for one in single))
        for letters in _letter_sets(target.values)
        if single <= letters.keys()
    }
    return dict(readings.pop()) if len(readings) == 1 else {}
