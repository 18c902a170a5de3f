"""Marks in pictures that tell of the picture and not of the person: orientation, scales, units."""

import re
from functools import cache

from ._rules import table


def marks_may_stay(modality: str) -> bool:
    """Tell whether marks are let stay in pictures of a modality unless a caller says otherwise."""
    return modality.upper() in table()["marks"]["modalities"]


def is_mark(text: str) -> bool:
    """Tell whether text is an orientation letter, the number of a scale, or a unit, and nothing else."""
    words, numbers = _known()
    return text.casefold() in words or numbers.fullmatch(text) is not None


@cache
def _known() -> tuple[frozenset[str], re.Pattern[str]]:
    marks = table()["marks"]
    return frozenset(word.casefold() for word in marks["words"]), re.compile(marks["numbers"])
