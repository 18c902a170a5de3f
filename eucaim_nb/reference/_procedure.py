"""The 18 actions of a data holder who transfers to a reference node, their links and their helpdesk tickets."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from ._files import read_toml


@dataclass(frozen=True, slots=True)
class Link:
    """An address outside; no `families` means both nodes."""

    id: str
    title: str
    url: str
    """Always https; `{id}` stands for the identifier of the dataset."""
    formerly: tuple[str, ...]
    """Older names and addresses of the same thing."""
    families: tuple[str, ...]
    source: str
    read_on: dt.date


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to do, and the ids of the links it needs."""

    text: str
    links: tuple[str, ...]
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checklist."""

    id: str
    text: str
    families: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request to the EUCAIM helpdesk; `body` has fields such as {project}, named in `tickets.toml`."""

    id: str
    action: str
    families: tuple[str, ...]
    groups: tuple[str, ...]
    """Groups of the helpdesk; the first is the one to try first."""
    title: str
    formerly: tuple[str, ...]
    body: str
    attachments: tuple[str, ...]
    files: tuple[str, ...]
    """Where the attachments lie, as patterns below the workspace."""
    releases: bool
    """Whether it makes something public, so that it waits for the signed agreement and legal clearance."""
    source: str
    read_on: dt.date


@dataclass(frozen=True, slots=True)
class Action:
    """One row of EUCAIM's table of actions for data holders."""

    number: int
    id: str
    phase: str
    """Id of the phase whose notebook guides through it."""
    title: str
    formerly: tuple[str, ...]
    description: str
    optional: bool
    may_skip: bool
    """Whether it may be skipped on purpose although the procedure does not call it optional."""
    by: Literal["person", "tool"]
    """Who knows whether it is done: a person who records it, or this program from its own ledger."""
    families: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    checklist: tuple[Check, ...]
    links: tuple[str, ...]
    """Ids of all links of the action, those of its instructions included."""
    ticket: str | None
    """Id of its helpdesk ticket; without a family, that of the first node that needs one."""
    evidence: str
    """What to keep as proof."""
    outcome: str
    """How to know that it is done."""
    source: str
    read_on: dt.date


class _Familial(Protocol):
    @property
    def families(self) -> tuple[str, ...]: ...


_Some = TypeVar("_Some", bound=_Familial)


@cache
def links() -> Mapping[str, Link]:
    """Return the addresses that the procedure needs, by id."""
    return MappingProxyType(
        {
            name: Link(
                id=name,
                title=row["title"],
                url=row["url"],
                formerly=tuple(row.get("formerly", ())),
                families=tuple(row.get("families", ())),
                source=row["source"],
                read_on=row["read_on"],
            )
            for name, row in read_toml("links.toml").items()
        }
    )


@cache
def tickets(family: str | None = None) -> tuple[Ticket, ...]:
    """Return the helpdesk tickets of the procedure, for one family of nodes ('upv', 'health-ri') or all."""
    found = (
        Ticket(
            id=name,
            action=row["action"],
            families=tuple(row.get("families", ())),
            groups=tuple(row["groups"]),
            title=row["title"],
            formerly=tuple(row.get("formerly", ())),
            body=row["body"].strip(),
            attachments=tuple(row.get("attachments", ())),
            files=tuple(row.get("files", ())),
            releases=row.get("releases", False),
            source=row["source"],
            read_on=row["read_on"],
        )
        for name, row in read_toml("tickets.toml").items()
    )
    return _for(family, found)


@cache
def actions(family: str | None = None) -> tuple[Action, ...]:
    """Return the 18 actions in the order of the procedure, numbered from 1.

    Parameters
    ----------
    family
        'upv' or 'health-ri' keeps only the instructions, checklist lines and links of that node; None keeps all.
    """
    return tuple(
        _action(number, row, family) for number, row in enumerate(read_toml("actions.toml")["action"], 1)
    )


def _action(number: int, row: Mapping[str, Any], family: str | None) -> Action:
    instructions = _for(
        family,
        (
            Instruction(step["text"], tuple(step.get("links", ())), tuple(step.get("families", ())))
            for step in row["do"]
        ),
    )
    known = links()
    named = dict.fromkeys([name for step in instructions for name in step.links] + list(row.get("links", ())))
    ticket = next((ticket.id for ticket in tickets(family) if ticket.action == row["id"]), None)
    return Action(
        number=number,
        id=row["id"],
        phase=row["phase"],
        title=row["title"],
        formerly=tuple(row.get("formerly", ())),
        description=row["description"],
        optional=row.get("optional", False),
        may_skip=row.get("may_skip", False),
        by=row.get("by", "person"),
        families=tuple(row.get("families", ())),
        instructions=tuple(
            replace(step, links=tuple(link.id for link in _for(family, (known[name] for name in step.links))))
            for step in instructions
        ),
        checklist=_for(
            family,
            (
                Check(line["id"], line["text"], tuple(line.get("families", ())), line.get("optional", False))
                for line in row.get("check", ())
            ),
        ),
        links=tuple(link.id for link in _for(family, (known[name] for name in named))),
        ticket=ticket,
        evidence=row["evidence"],
        outcome=row["outcome"],
        source=row["source"],
        read_on=row["read_on"],
    )


def _for(family: str | None, entries: Iterable[_Some]) -> tuple[_Some, ...]:
    return tuple(entry for entry in entries if family is None or not entry.families or family in entry.families)
