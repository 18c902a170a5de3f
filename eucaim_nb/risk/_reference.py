"""What the reference says of columns, thresholds and attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from eucaim_nb.reference import read_toml


class Role(StrEnum):
    """What others may do with a column."""

    IDENTIFIER = "identifier"
    """It names the patient by itself: it must go, and is no part of any figure."""
    QUASI_IDENTIFIER = "quasi-identifier"
    """Others may know it of a person, and find the record by it."""
    SENSITIVE = "sensitive"
    """It is what others would learn."""
    INSENSITIVE = "insensitive"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A k that somebody uses, and who."""

    k: int
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What is known of a column by its name."""

    name: str
    title: str
    role: Role
    when_shifted: Role
    levels: tuple[str, ...]
    tag: str
    """The attribute that it is read from, if that is one; empty otherwise."""
    left_out: str
    """Action of a de-identification profile that leaves it out."""


THRESHOLD_IS_YOURS = "The threshold is your data protection officer's decision, not EUCAIM's and not this program's."


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Return thresholds that are in use, the smallest first."""
    return tuple(Threshold(one["k"], one["words"], one["source"]) for one in read_toml("risk.toml")["threshold"])


@cache
def column_facts(table: str) -> Mapping[str, ColumnFacts]:
    """Return what is known of the columns of the `imaging` or the `clinical` table, by name."""
    return MappingProxyType(
        {
            one["name"]: ColumnFacts(
                one["name"],
                one["title"],
                Role(one["role"]),
                Role(one.get("when_shifted", one["role"])),
                tuple(one.get("levels", ())),
                one.get("tag", ""),
                one.get("left_out", ""),
            )
            for one in read_toml("risk.toml")["column"]
            if one["table"] == table
        }
    )


@cache
def mandatory_tags() -> frozenset[str]:
    """Return the attributes that EUCAIM asks for in every image, as `(gggg,eeee)`."""
    return frozenset(read_toml("lint.toml")["mandatory"]["tags"])
