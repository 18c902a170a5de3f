"""What has to be on file for the actions of the procedure: legal documents and proofs of training."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from ._files import read_toml

_REMIND_DAYS = 60


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that an action needs on file."""

    id: str
    action: str
    title: str
    about: str
    signs: str
    """Who signs or issues it."""
    optional: bool
    """Whether it is needed only where it applies."""
    remind_days: int
    """How many days before its end somebody should see to a new one."""
    links: tuple[str, ...]
    """Ids of links: templates and what to read."""
    source: str
    read_on: dt.date


@cache
def papers(action: str | None = None) -> tuple[Paper, ...]:
    """Return the documents that one action, or any, needs on file."""
    return tuple(
        Paper(
            id=name,
            action=row["action"],
            title=row["title"],
            about=row["about"],
            signs=row["signs"],
            optional=row.get("optional", False),
            remind_days=row.get("remind_days", _REMIND_DAYS),
            links=tuple(row["links"]),
            source=row["source"],
            read_on=row["read_on"],
        )
        for name, row in read_toml("papers.toml").items()
        if action in (None, row["action"])
    )
