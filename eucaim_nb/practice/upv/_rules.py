"""What the texts and lists of a dataset may look like, in the words in which the service complains."""

import re
from collections.abc import Collection
from typing import Any

from ._rights import Refusal

TYPES = ("original", "annotated", "processed", "personal-data")
METHODS = ("patient-based", "cohort", "only-image", "longitudinal", "case-control", "disease-specific")
LONGEST = {
    "name": 256,
    "version": 16,
    "contactInfo": 256,
    "invalidationReason": 128,
    "title": 128,
    "url": 256,
    "subproject": 20,
}
SHORTEST_NAME = 3


def text(value: Any, label: str, longest: int | None = None, shortest: int = 0) -> str:
    """Return a text, if it is one and has the right length.

    Raises
    ------
    TypeError
        It is no text: the service stumbles over that.
    Refusal
        It is too short or too long.
    """
    if not isinstance(value, str):
        raise TypeError(label)
    if len(value) < shortest:
        raise Refusal(400, f"Length of '{label}' must be {shortest} characters or more.")
    if longest is not None and len(value) > longest:
        raise Refusal(400, f"Max length of '{label}' is {longest} characters.")
    return value


def choices(values: Any, label: str, known: Collection[str]) -> list[str]:
    """Return a list of known words.

    Raises
    ------
    TypeError
        It is no list.
    Refusal
        It holds another word.
    """
    if not isinstance(values, list):
        raise TypeError(label)
    for value in values:
        if value not in known:
            text = f"Unknown item value '{value}' in '{label}', it should be one of {{{', '.join(known)}}}"
            raise Refusal(400, text)
    return values


def flag(value: Any) -> bool:
    """Return true or false.

    Raises
    ------
    TypeError
        It is neither.
    """
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def tags(value: Any) -> list[str]:
    """Return the tags of a dataset: letters, digits and hyphens.

    Raises
    ------
    Refusal
        One is too long, or has other characters.
    """
    for tag in value:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,20}", tag):
            raise Refusal(400, f"The tag '{tag}' must have only alphanumeric characters or '-', 20 at most.")
    return list(value)
