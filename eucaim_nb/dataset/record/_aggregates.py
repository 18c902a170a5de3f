"""What DICOM or a node says of many patients, as terms and coarse numbers of the record."""

import re
from collections.abc import Iterator, Sequence

from ._proposal import Origin, Proposal
from ._vocabulary import Vocabulary, vocabulary

_AGES_APART = 5
_OLDEST = 90
"""Few people are older: ages above are not told apart."""


def ages(years: Sequence[float], origin: Origin) -> Iterator[Proposal]:
    """Yield the range of ages in steps of five years, and none above 90: the exact ends would point at persons."""
    if years:
        youngest = min(int(min(years)), _OLDEST) // _AGES_APART * _AGES_APART
        oldest = min(-(-int(max(years)) // _AGES_APART) * _AGES_APART, _OLDEST)
        note = f"in steps of {_AGES_APART} years, {_OLDEST} at most"
        yield Proposal("healthdcatap:minTypicalAge", (str(youngest),), origin, note)
        yield Proposal("healthdcatap:maxTypicalAge", (str(oldest),), origin, note)


def manufacturers(names: set[str], origin: Origin) -> Proposal:
    """Return the terms for names of manufacturers, which hold more than the word that counts."""
    terms = vocabulary("manufacturer")
    return _proposed("eucaim:hasEquipmentManufacturer", {name: _maker(terms, name) for name in names}, origin)


def terms_of(key: str, name: str, words: set[str], origin: Origin) -> Proposal:
    """Return the terms of a vocabulary for what DICOM or a node calls them."""
    terms = vocabulary(name)
    return _proposed(
        key, {word: found.concept if (found := terms.named(word)) else None for word in words}, origin
    )


def _proposed(key: str, found: dict[str, str | None], origin: Origin) -> Proposal:
    values = sorted({concept for concept in found.values() if concept})
    without = sum(concept is None for concept in found.values())
    # What a header says is counted, never repeated: it can be anything.
    are = "values are" if without > 1 else "value is"
    note = f"{without} other {are} not in the list: choose terms by hand" if without else ""
    return Proposal(key, tuple(values), origin, note)


def _maker(terms: Vocabulary, name: str) -> str | None:
    for one in terms.concepts:
        if any(re.search(rf"\b{re.escape(word)}(?!\w)", name.upper()) for word in one.words):
            return one.concept
    return None
