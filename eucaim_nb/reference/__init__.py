"""Facts as data: what may change outside this project lives in files here, with source and date, never in code."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that the index keeps; its `level` is 'series' when a series normally shares its value."""

    keyword: str
    level: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the EUCAIM procedure and the notebook that guides through it."""

    number: int
    id: str
    notebook: str
    title: str
    purpose: str
    optional: bool
    available: bool
    """Whether this version has the page."""


@cache
def phases() -> tuple[Phase, ...]:
    """Return the phases in the order in which a data holder goes through them, numbered from 1."""
    rows = tomllib.loads(_text("phases.toml"))["phase"]
    return tuple(
        Phase(
            number=number,
            id=row["id"],
            notebook=row["notebook"],
            title=row["title"],
            purpose=row["purpose"],
            optional=row.get("optional", False),
            available=bool(row["since"]),
        )
        for number, row in enumerate(rows, 1)
    )


@cache
def index_attributes() -> tuple[Attribute, ...]:
    """Return the attributes of the instance index, in tag order."""
    rows = csv.DictReader(_text("index_attributes.csv").splitlines())
    return tuple(Attribute(row["keyword"], row["level"]) for row in rows)


@cache
def node_defaults() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each node, by the name that `eucaim-nb init --node` takes."""
    return MappingProxyType(tomllib.loads(_text("nodes.toml")))


def _text(name: str) -> str:
    return files("eucaim_nb.reference").joinpath(name).read_text(encoding="utf-8")
