"""The words that detectors know, read from `reference/`: terms of protocols, eponyms, months, titles and labels."""

import csv
from functools import cache
from importlib.resources import files

from ._fold import fold


def _lines(name: str) -> list[str]:
    text = files("eucaim_nb.reference").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def protocol_words() -> frozenset[str]:
    """Return words of descriptions and reports, months among them, folded."""
    return frozenset(word for line in _lines("protocol_words.txt") for word in line.split()) | frozenset(
        months()
    )


@cache
def _eponyms() -> dict[str, frozenset[str]]:
    sections: dict[str, set[str]] = {}
    for line in _lines("eponyms.txt"):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        else:
            words.update(line.split())
    return {name: frozenset(words) for name, words in sections.items()}


def eponyms() -> frozenset[str]:
    """Return names of people that are medical terms, folded."""
    return _eponyms()["names"]


def eponym_nouns() -> frozenset[str]:
    """Return words beside which such a name is the term, folded."""
    return _eponyms()["nouns"]


@cache
def months() -> dict[str, int]:
    """Return the number of the month by its name or abbreviation, folded."""
    return {
        fold(form): number
        for row in csv.DictReader(_lines("months.csv"))
        for number in range(1, 13)
        for form in row[str(number)].split()
    }


@cache
def cues(kind: str) -> frozenset[str]:
    """Return the words of one kind of `text_cues.csv`, as they are written there."""
    rows = csv.DictReader(_lines("text_cues.csv"))
    return frozenset(word for row in rows if row["cue"] == kind for word in row["words"].split())


@cache
def folded_cues(kind: str) -> frozenset[str]:
    """Return the words of one kind of `text_cues.csv`, folded."""
    return frozenset(fold(word) for word in cues(kind))
