"""Looking the dataset up in the public catalogue, and keeping what was found."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from eucaim_nb import reference
from eucaim_nb.dataset.record import Record, facts, load
from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.nodes import Catalogue, catalogue
from eucaim_nb.reference import CatalogueWay
from eucaim_nb.reports import moment, write_json
from eucaim_nb.workflow import LOOKED_UP
from eucaim_nb.workspace import Workspace

from ._compare import Agreement, Line, bare, compare
from ._forms import READERS, Entry, NotThisForm

FORMAT = "eucaim_nb look-up in the catalogue"
_VERSION = 1
_FILE = "dataset/catalogue.json"


class Presence(StrEnum):
    """Whether the catalogue shows the dataset."""

    SHOWN = "shown"
    UNKNOWN = "unknown"
    """It answers, and does not know it."""
    UNREACHABLE = "unreachable"
    """It gave no answer in any of the ways."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What the catalogue said.

    Attributes
    ----------
    identifier
        What was looked for.
    way
        Title of the way that gave the answer; empty if none did.
    at
        ISO 8601, UTC.
    lines
        The comparison with the metadata record; empty without an entry or a record.
    compared
        Version of the record that it was compared with; 0 while there is none.
    failures
        Why other ways gave no answer, by title.
    """

    presence: Presence
    identifier: str
    address: str
    way: str
    at: str
    lines: tuple[Line, ...] = ()
    compared: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)

    @property
    def differing(self) -> int:
        """How many columns do not say the same there as here."""
        return sum(one.agreement is not Agreement.EQUAL for one in self.lines)


def look_up(workspace: Workspace, identifier: str = "") -> LookUp:
    """Ask the catalogue for the dataset in one way after the other, until one gives an answer; keep what it said.

    Parameters
    ----------
    identifier
        Of the dataset; if left out, that of the metadata record, or else of the node.

    Raises
    ------
    SettingsError
        There is no identifier, or the address in the settings cannot be used.
    RecordError
        The metadata record cannot be read.
    NodeError
        The workspace is for a practice node, and the practice nodes are not running.
    WorkspaceError
        The result cannot be written.
    """
    record = load(workspace)
    wanted = bare(identifier or identifier_of(workspace))
    if not wanted:
        raise SettingsError(
            "The identifier of the dataset is not known. Enter it in the metadata (page 12), or give it here."
        )
    with catalogue(workspace) as asked:
        found = _asked(asked, wanted, record)
    write_json(workspace.folder / _FILE, {"format": FORMAT, "version": _VERSION, **asdict(found)})
    workspace.ledger.events.record(
        LOOKED_UP, presence=found.presence, identifier=wanted, way=found.way, differing=found.differing
    )
    return found


def identifier_of(workspace: Workspace) -> str:
    """Return the identifier of the dataset as the metadata record has it, or else the node; empty if neither knows.

    Raises
    ------
    RecordError
        The metadata record cannot be read.
    """
    record = load(workspace)
    return (record.first("dct:identifier") if record is not None else "") or facts(workspace).identifier


def latest(workspace: Workspace) -> LookUp | None:
    """Return what the last look-up found; None if there was none, or its file is gone or of another version."""
    try:
        kept: dict[str, Any] = json.loads((workspace.folder / _FILE).read_text(encoding="utf-8"))
        if (kept.pop("format"), kept.pop("version")) != (FORMAT, _VERSION):
            return None
        lines = (
            Line(one["column"], one["title"], one["here"], one["there"], Agreement(one["agreement"]))
            for one in kept.pop("lines")
        )
        return LookUp(presence=Presence(kept.pop("presence")), lines=tuple(lines), **kept)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _asked(asked: Catalogue, ident: str, record: Record | None) -> LookUp:
    failures: dict[str, str] = {}
    for way in reference.catalogue().ways:
        try:
            entry = READERS[way.id](asked.ask(way, ident), ident)
        except (NodeError, NotThisForm) as error:
            failures[way.title] = str(error)
            continue
        return _answer(asked, ident, record, way, entry, failures)
    return LookUp(Presence.UNREACHABLE, ident, asked.url, "", moment(time.time()), failures=failures)


def _answer(
    asked: Catalogue,
    ident: str,
    record: Record | None,
    way: CatalogueWay,
    entry: Entry | None,
    failures: Mapping[str, str],
) -> LookUp:
    lines = compare(record, entry, way.columns) if record is not None and entry is not None else []
    return LookUp(
        presence=Presence.UNKNOWN if entry is None else Presence.SHOWN,
        identifier=ident,
        address=asked.url,
        way=way.title,
        at=moment(time.time()),
        lines=tuple(lines),
        compared=record.version if record is not None and lines else 0,
        failures=failures,
    )
