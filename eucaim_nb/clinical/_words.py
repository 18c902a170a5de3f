"""Texts brought to one written form for comparison, and the word lists of `reference/clinical/`."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from eucaim_nb.reference import read_lines, read_rows

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ς": "σ", "º": " ", "ª": " ", "°": " "}
)


def reference(name: str) -> str:
    """Return the text of a file in `reference/clinical/`, without its comments."""
    return "\n".join(read_lines(f"clinical/{name}"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table in `reference/clinical/`."""
    return tuple(read_rows(f"clinical/{name}"))


def names(folder: str) -> list[str]:
    """Return the names of the files in a folder of `reference/clinical/`."""
    there = files("eucaim_nb.reference").joinpath("clinical", folder).iterdir()
    return sorted(entry.name for entry in there if entry.name.endswith(".json"))


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return a text in lower case, without accents and with single blanks."""
    plain = (
        text.lower() if text.isascii() else unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    )
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def split(text: str) -> list[str]:
    """Return the words of a header, folded; CamelCase, underscores and punctuation part words."""
    apart = _CAMEL.sub(" ", text) if not text.isupper() else text
    return re.findall(r"[^\W_]+(?<!_)", re.sub(r"[_\W]+", " ", folded(apart)))


@cache
def missing_words() -> dict[str, str]:
    """Return what words for a missing value mean, by the folded word."""
    return {row["word"]: row["meaning"] for row in rows("missing.csv")}


def missing_meaning(text: str) -> str | None:
    """Return what a text means if it is a word for a missing value."""
    # No such word begins with a digit, and most cells do.
    return None if text[:1].isdigit() else missing_words().get(folded(text))


@cache
def missing_term(meaning: str) -> tuple[str, str]:
    """Return EUCAIM's code and label for a kind of missing value; empty if there is none."""
    return next(
        ((row["code"], row["label"]) for row in rows("missing_codes.csv") if row["meaning"] == meaning),
        ("", ""),
    )


@cache
def header_words(kind: str) -> frozenset[str]:
    """Return the words of one kind of header_terms.csv, folded."""
    given = (
        part for row in rows("header_terms.csv") if row["kind"] == kind for part in row["words"].split("|")
    )
    return frozenset(word for part in given for word in split(part))


@cache
def units() -> dict[str, str]:
    """Return the unit by each of its written forms, folded."""
    return {folded(word): row["unit"] for row in rows("unit_words.csv") for word in row["words"].split("|")}


@cache
def unit_factor(source: str, target: str) -> float | None:
    """Return how many `target` one `source` is; None if there is no such conversion."""
    if source == target:
        return 1.0
    return next(
        (float(row["factor"]) for row in rows("units.csv") if (row["from"], row["to"]) == (source, target)),
        None,
    )
