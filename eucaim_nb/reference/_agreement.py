"""The Data Transfer Agreement as data: what it asks for, and the text of our own neutral draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ._files import read_rows, read_text, read_toml


@dataclass(frozen=True, slots=True)
class DtaField:
    """Something that the agreement asks for."""

    id: str
    part: str
    """Title of the part of the form it belongs to."""
    label: str
    needed: bool
    lines: bool
    """Whether there is room for text of several lines."""
    fact: str
    """Name of what the workspace knows of it; empty if only a person knows it."""
    words: tuple[str, ...]
    """How other templates of the agreement may call it."""


@cache
def dta_fields() -> tuple[DtaField, ...]:
    """Return what the agreement asks for, in the order of the form."""
    found = read_toml("dta/fields.toml")
    parts = found.pop("part")
    return tuple(
        DtaField(
            id=name,
            part=parts[row["part"]],
            label=row["label"],
            needed=row.get("needed", False),
            lines=row.get("lines", False),
            fact=row.get("fact", ""),
            words=tuple(row.get("words", ())),
        )
        for name, row in found.items()
    )


@cache
def dta_text() -> str:
    """Return the text of the draft: headings, paragraphs, `| rows of tables |`, `> remarks`, and {fields}."""
    return read_text("dta/agreement.md")


@cache
def dta_facts() -> Mapping[str, str]:
    """Return facts of the agreement that hold for every workspace, or for one family of nodes."""
    return MappingProxyType(read_toml("dta/facts.toml"))


@cache
def modality_names() -> Mapping[str, str]:
    """Return what values of Modality mean."""
    return MappingProxyType({row["code"]: row["meaning"] for row in read_rows("dta/modalities.csv")})


@cache
def body_part_names() -> frozenset[str]:
    """Return the values of BodyPartExamined that are known to be parts of the body."""
    return frozenset(part for row in read_rows("clinical/body_parts.csv") for part in row["parts"].split("|"))
