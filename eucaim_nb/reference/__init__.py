"""Facts as data: what may change outside this project lives in files here, with source and date, never in code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ._agreement import DtaField, body_part_names, dta_facts, dta_fields, dta_text, modality_names
from ._catalogue import CatalogueFacts, CatalogueWay, catalogue
from ._datasets import DatasetMessage, DatasetProperty, creation_steps, dataset_message, dataset_properties
from ._failures import Cause, causes
from ._files import read_lines, read_rows, read_text, read_toml
from ._papers import Paper, papers
from ._procedure import Action, Check, Instruction, Link, Ticket, actions, links, tickets

__all__ = [
    "Action",
    "Attribute",
    "CatalogueFacts",
    "CatalogueWay",
    "Cause",
    "Check",
    "DatasetMessage",
    "DatasetProperty",
    "DtaField",
    "Instruction",
    "Link",
    "Paper",
    "Phase",
    "StowCode",
    "Ticket",
    "actions",
    "body_part_names",
    "catalogue",
    "causes",
    "creation_steps",
    "dataset_message",
    "dataset_properties",
    "dta_facts",
    "dta_fields",
    "dta_text",
    "index_attributes",
    "links",
    "modality_names",
    "node_defaults",
    "papers",
    "phases",
    "policies",
    "preflight",
    "read_lines",
    "read_rows",
    "read_text",
    "read_toml",
    "stow_codes",
    "tickets",
]


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
    needs: tuple[str, ...]
    """What one needs before it."""
    gives: tuple[str, ...]
    """What one has after it."""
    available: bool
    """Whether this version has the page."""


@dataclass(frozen=True, slots=True)
class StowCode:
    """What a range of warning or failure reasons means; `kind` is 'warning' or 'failure'."""

    kind: str
    codes: range
    words: str


@cache
def phases() -> tuple[Phase, ...]:
    """Return the phases in the order in which a data holder goes through them, numbered from 1."""
    rows = read_toml("phases.toml")["phase"]
    return tuple(
        Phase(
            number=number,
            id=row["id"],
            notebook=row["notebook"],
            title=row["title"],
            purpose=row["purpose"],
            optional=row.get("optional", False),
            needs=tuple(row["needs"]),
            gives=tuple(row["gives"]),
            available=bool(row["since"]),
        )
        for number, row in enumerate(rows, 1)
    )


@cache
def index_attributes() -> tuple[Attribute, ...]:
    """Return the attributes of the instance index, in tag order."""
    return tuple(Attribute(row["keyword"], row["level"]) for row in read_rows("index_attributes.csv"))


@cache
def stow_codes() -> tuple[StowCode, ...]:
    """Return what nodes may say of instances they are given (STOW-RS); the first that fits a code counts."""
    return tuple(
        StowCode(row["kind"], range(int(row["from"], 16), int(row["to"], 16) + 1), row["words"])
        for row in read_rows("stow_codes.csv")
    )


@cache
def node_defaults() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each node, by the name that `eucaim-nb init --node` takes."""
    return MappingProxyType(read_toml("nodes.toml"))


@cache
def policies() -> Mapping[str, Any]:
    """Return what a de-identification profile decides as a whole, in plain words, and what speaks against it."""
    return MappingProxyType(read_toml("policies.toml"))


@cache
def preflight() -> Mapping[str, Mapping[str, Any]]:
    """Return what each family of nodes asks of data, by family."""
    return MappingProxyType(read_toml("preflight.toml"))
