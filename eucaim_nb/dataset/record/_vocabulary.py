"""Vocabularies: their terms, searched by code and by words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from ._reference import facts, long, rows, short

_MOST_FOUND = 50
_IN_BRACKETS = re.compile(r".*[(\[]([^()\[\]]+)[)\]]")


@dataclass(frozen=True, slots=True)
class Concept:
    """A term; `note` tells twins and conflicts between sources, `words` how DICOM and nodes write it, in capitals."""

    concept: str
    label: str
    words: tuple[str, ...] = ()
    note: str = ""

    @property
    def code(self) -> str:
        """The last part of its address."""
        return re.split(r"[:/#]", self.concept)[-1]

    @property
    def shown(self) -> str:
        """Label and code, as people read it and as `Vocabulary.term` understands it again."""
        return self.label if self.label == self.concept else f"{self.label} ({self.concept})"


@dataclass(frozen=True)
class Vocabulary:
    """The terms that a field may have.

    Attributes
    ----------
    others
        What else it may have: `none`; `hyperontology`, any of its terms or words where a term is in doubt; `scheme`,
        any address that begins with `below`; `any` address.
    """

    name: str
    title: str
    source: str
    others: str
    below: str = ""
    note: str = ""
    concepts: tuple[Concept, ...] = field(default=(), repr=False)

    @cached_property
    def _by_name(self) -> dict[str, Concept]:
        found: dict[str, Concept] = {}
        for one in self.concepts:
            for name in (one.concept, one.code, one.label, *one.words):
                found.setdefault(name.casefold(), one)
        return found

    def get(self, concept: str) -> Concept | None:
        """Return the listed term of a short address, or None."""
        found = self._by_name.get(concept.casefold())
        return found if found is not None and found.concept == concept else None

    def named(self, text: str) -> Concept | None:
        """Return the term that has this code, label or DICOM word."""
        return self._by_name.get(text.strip().casefold())

    def term(self, text: str) -> str:
        """Return the short address of what a person wrote: an address, a code, a label, or label and code; else the
        text as it is."""
        text = text.strip()
        inside = _IN_BRACKETS.fullmatch(text)
        for one in (text, inside[1].strip() if inside else ""):
            if one and (found := self.named(one)):
                return found.concept
            if one and (address := long(one)):
                return short(address)
            if self.others == "hyperontology" and one.upper() in hyperontology():
                return f"eucaim:{one.upper()}"
        return text

    def search(self, text: str, limit: int = _MOST_FOUND) -> list[Concept]:
        """Return terms whose code, label or DICOM word has all words of a text, the best first; all for no text.

        Where any term of the Hyper-Ontology is allowed, its other terms follow.
        """
        wanted = text.casefold().split()
        found = _best(self.concepts, wanted)
        if self.others == "hyperontology" and wanted and len(found) < limit:
            found += _best((one for one in hyperontology().values() if self.get(one.concept) is None), wanted)
        return found[:limit]


def _best(concepts: Iterable[Concept], wanted: list[str]) -> list[Concept]:
    rated = [
        (rank, number, one) for number, one in enumerate(concepts) if (rank := _rank(one, wanted)) is not None
    ]
    return [one for _, _, one in sorted(rated, key=lambda entry: entry[:2])]


def _rank(concept: Concept, wanted: list[str]) -> tuple[int, int] | None:
    """Return where a term stands among those found: the smaller the better; None if it is not found."""
    label, whole = concept.label.casefold(), " ".join(wanted)
    names = (concept.code.casefold(), label, *(word.casefold() for word in concept.words))
    if not all(any(word in name for name in names) for word in wanted):
        return None
    if not wanted or whole in names:
        return 0, 0
    if label.startswith(whole):
        return 1, len(label)
    return (2 if all(re.search(rf"\b{re.escape(word)}", label) for word in wanted) else 3), len(label)


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return a vocabulary of `reference/record/`."""
    listed = tuple(_concepts(name))
    return Vocabulary(name, concepts=listed, **facts()["vocabulary"][name])


def _concepts(name: str) -> Iterator[Concept]:
    for row in rows("concepts.csv"):
        if row["vocabulary"] == name:
            concept = row["concept"]
            label = row["label"] or hyperontology()[concept.removeprefix("eucaim:")].label
            yield Concept(concept, label, tuple(filter(None, row["words"].split("|"))), row["note"])


@cache
def hyperontology() -> dict[str, Concept]:
    """Return all terms of the EUCAIM Hyper-Ontology by code."""
    return {row["code"]: Concept(f"eucaim:{row['code']}", row["label"]) for row in rows("hyperontology.csv")}


def label_of(concept: str, name: str = "") -> str:
    """Return the label of a term, looked up in its vocabulary and in the Hyper-Ontology; empty if it has none."""
    listed = vocabulary(name).get(concept) if name else None
    found = listed or hyperontology().get(concept.removeprefix("eucaim:"))
    return found.label if found else ""
