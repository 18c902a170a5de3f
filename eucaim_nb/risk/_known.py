"""Whom a file speaks of, and which identifiers are those of the originals."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from eucaim_nb.identity import Person, bare, fold, of_originals
from eucaim_nb.workspace import Workspace

from ._contents import Attribute, Contents
from ._leak import leak_facts
from ._tables import Source

_PATIENT_ID = 0x00100020
_PLACEHOLDER = re.compile(r"(?:anon\w*|deidentified|removed|unknown|none|nobody|patient|name|no|na|test|x+|0+|\W*)\Z")


@dataclass(frozen=True)
class Known:
    """What a workspace knows of its originals and of what replaces them.

    Attributes
    ----------
    source
        Which of them is looked at: an original's UID in an original is no surprise, in an output it is a leak.
    uids, numbers : frozenset of str
        Of the originals; numbers are bare letters and digits without leading zeros.
    pseudonyms : frozenset of str
        What stands for patients in outputs, folded.
    """

    source: Source
    uids: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    pseudonyms: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "Known(…)"

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple({len(one) for one in self.pseudonyms})

    def has_pseudonym(self, text: str) -> bool:
        """Tell whether a pseudonym stands anywhere in a text."""
        folded = fold(text)
        return any(
            folded[start : start + length] in self.pseudonyms
            for length in self._lengths
            for start in range(len(folded) - length + 1)
        )

    @classmethod
    def of(cls, workspace: Workspace, source: Source) -> "Known":
        """Gather it from the ledger."""
        if source is Source.ORIGINAL:
            return cls(source)
        uids, numbers = of_originals(workspace)
        made = {fold(new) for _, new in workspace.ledger.deidentified.crosswalk("patient")}
        return cls(
            source,
            uids,
            frozenset(number for number in numbers if not is_placeholder(number)),
            frozenset(made),
        )


def person_of(known: Known, *files: Contents) -> Person:
    """Return everybody and everything that files themselves say points to a person; what replaces one does not."""
    names: set[str] = set()
    numbers: set[str] = set()
    dates: set[str] = set()
    others: set[str] = set()
    for one in (one for file in files for one in file.attributes):
        if not is_pseudonym(one, known):
            _add(one, names, numbers, dates, others)
    return _person(*(frozenset(_useful(values)) for values in (names, numbers, dates, others)))


def _add(one: Attribute, names: set[str], numbers: set[str], dates: set[str], others: set[str]) -> None:
    facts = leak_facts()
    if one.vr == "PN":
        names.update(one.values)
    elif one.tag in facts.numbers:
        numbers.update(one.values)
    elif one.tag in facts.contacts:
        numbers.update(one.values)
        others.update(one.values)
    elif one.tag in facts.birth and one.vr == "DA":
        dates.update(one.values)
    elif one.tag in facts.addresses or (one.tag in facts.sites and one.vr in ("LO", "SH", "ST")):
        others.update(one.values)


def _useful(values: Iterable[str]) -> set[str]:
    return {value for value in values if not is_placeholder(value)}


@lru_cache(maxsize=256)
def _person(
    names: frozenset[str], numbers: frozenset[str], dates: frozenset[str], others: frozenset[str]
) -> Person:
    return Person.of(sorted(names), sorted(numbers), sorted(dates), sorted(others))


def is_placeholder(value: str) -> bool:
    """Tell whether a value stands where there is none."""
    return all(_PLACEHOLDER.match(word) for word in re.split(r"[\s^=,_-]+", fold(value)))


def is_pseudonym(one: Attribute, known: Known) -> bool:
    """Tell whether an attribute of an output has nothing but what replaces a patient or a number."""
    if known.source is Source.ORIGINAL:
        return False
    if one.tag in leak_facts().numbers - {_PATIENT_ID}:
        return not any(bare(value) in known.numbers for value in one.values)
    return all(map(known.has_pseudonym, one.values))
