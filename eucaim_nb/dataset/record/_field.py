"""The properties of the profile: what each is called, what it may hold and how often."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ._reference import rows


class Kind(StrEnum):
    """What stands in a field, and how it is written in RDF."""

    NODE = "node"
    """Nothing itself: a thing with fields of its own, such as a publisher."""
    IDENTIFIER = "identifier"
    LINE = "line"
    """Words on one line in a language: English, or another one said by `@de` at the end."""
    TEXT = "text"
    """The same on several lines."""
    STRING = "string"
    """Characters without a language."""
    VERSION = "version"
    COUNT = "count"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    """A year, a month, a day or an instant."""
    DURATION = "duration"
    URL = "url"
    IRI = "iri"
    EMAIL = "email"
    MAILTO = "mailto"
    HEX = "hex"
    CONCEPT = "concept"
    """A term of a vocabulary."""
    STATEMENT = "statement"
    """A term, an address, or words in a language."""


class Obligation(StrEnum):
    """Whether a field has to be filled."""

    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the dataset, or of a node that belongs to it.

    Attributes
    ----------
    key
        Path of properties from the dataset: `dct:title`, `dct:publisher/foaf:name`.
    also
        What templates call it.
    rdf_class, label
        Class of the node that stands for a value, and the property of that node which holds its words.
    minimum, maximum
        For one parent; None is any number. A mandatory field with a minimum of 0 may stay empty for now.
    one_of
        Of the fields with this mark in one node at least one is needed.
    missing
        What to say when it is missing.
    """

    key: str
    name: str
    also: tuple[str, ...]
    kind: Kind
    rdf_class: str
    label: str
    minimum: int
    maximum: int | None
    obligation: Obligation
    one_of: str
    vocabulary: str
    default: str
    help: str
    missing: str

    @property
    def parent(self) -> str:
        """The key of the node it belongs to; empty for the dataset itself."""
        return self.key.rpartition("/")[0]

    @property
    def prop(self) -> str:
        """The property itself, the last step of the key."""
        return self.key.rpartition("/")[2]

    @property
    def in_languages(self) -> bool:
        """Whether its words are in a language."""
        return self.kind in (Kind.LINE, Kind.TEXT, Kind.STATEMENT)

    @property
    def many_lines(self) -> bool:
        """Whether one value may have several lines."""
        return self.kind in (Kind.TEXT, Kind.STATEMENT)


@cache
def properties() -> tuple[Field, ...]:
    """Return all fields and nodes in the order of the form."""
    return tuple(
        Field(
            key=row["key"],
            name=row["name"],
            also=tuple(filter(None, row["also"].split("|"))),
            kind=Kind(row["kind"]),
            rdf_class=row["class"],
            label=row["label"],
            minimum=int(row["min"]),
            maximum=int(row["max"]) if row["max"] else None,
            obligation=Obligation(row["obligation"]),
            one_of=row["one_of"],
            vocabulary=row["vocabulary"],
            default=row["default"],
            help=row["help"],
            missing=row["missing"],
        )
        for row in rows("fields.csv")
    )


@cache
def fields() -> tuple[Field, ...]:
    """Return the fields that hold values, in the order of the form."""
    return tuple(one for one in properties() if one.kind is not Kind.NODE)


@cache
def below(node: str) -> tuple[Field, ...]:
    """Return the fields and nodes that belong to a node directly; those of the dataset for an empty key."""
    return tuple(one for one in properties() if one.parent == node)


@cache
def _by_key() -> dict[str, Field]:
    return {one.key: one for one in properties()}


def plain(key: str) -> str:
    """Return a key without the numbers of repeated nodes: `dct:creator#2/foaf:name` is `dct:creator/foaf:name`."""
    return re.sub(r"#\d+", "", key)


def field_of(key: str) -> Field:
    """Return the field or node of a key, with or without numbers.

    Raises
    ------
    KeyError
        The profile has none.
    """
    return _by_key()[plain(key)]
