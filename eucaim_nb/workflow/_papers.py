"""The documents an action needs on file: kept as hashed copies with their end, waived with a reason, or missing.

`paperwork/papers.json` says which they are, so that a person can read it too.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eucaim_nb import reference
from eucaim_nb.errors import Refused, SettingsError
from eucaim_nb.paperwork_file import damaged, read_list, write_list
from eucaim_nb.reference import Paper
from eucaim_nb.workspace import Workspace

from . import _evidence
from ._note import checked_note

_FILE = "papers.json"


class PaperState(StrEnum):
    """How a document stands on a day."""

    MISSING = "missing"
    ON_FILE = "on file"
    ENDING = "ends soon"
    EXPIRED = "expired"
    LOST = "file is gone"
    WAIVED = "not needed"


SETTLED = (PaperState.ON_FILE, PaperState.ENDING, PaperState.WAIVED)
BROKEN = (PaperState.EXPIRED, PaperState.LOST)
"""What was on file once and does not count any more."""


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """A document as it stands; `at` in seconds since the epoch (UTC), 0 while it is missing."""

    paper: Paper
    state: PaperState
    at: float = 0.0
    note: str = ""
    file: Path | None = None
    """The copy in the workspace's `paperwork` folder."""
    file_name: str = ""
    sha256: str = ""
    valid_until: dt.date | None = None
    """The last day on which it is valid; None if it does not end."""
    remind_days: int = 0

    @property
    def sentence(self) -> str:
        """What is the matter with it, in words; empty if nothing is."""
        title = self.paper.title
        match self.state:
            case PaperState.ENDING:
                return f"{title} ends on {self.valid_until:%d %b %Y}: see to a new one."
            case PaperState.EXPIRED:
                return f"{title} expired on {self.valid_until:%d %b %Y}. Put a valid one on file."
            case PaperState.LOST:
                return f"{title}: its file {self.file_name} is gone from the workspace. Put it on file again."
            case PaperState.MISSING if not self.paper.optional:
                return f"{title} is missing."
        return ""


def papers(workspace: Workspace, action_id: str | None = None) -> tuple[PaperStatus, ...]:
    """Return the documents that one action, or any, needs, as they stand today.

    Raises
    ------
    WorkspaceError
        The list of documents in the workspace cannot be read.
    """
    kept, today = read_list(workspace, _FILE), dt.date.today()
    try:
        return tuple(_status(workspace, one, kept.get(one.id), today) for one in reference.papers(action_id))
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(_FILE) from error


def put_on_file(
    workspace: Workspace,
    paper_id: str,
    *,
    file: Path | None = None,
    note: str = "",
    valid_until: dt.date | None = None,
    remind_days: int | None = None,
) -> PaperStatus:
    """Put a document on file, in place of an earlier one, whose copy stays in the folder.

    Parameters
    ----------
    file
        The document, at most 200 MB; a copy goes to `paperwork/<action>/`.
    note
        Where it is kept, if not here, or what else there is to say.
    valid_until
        The last day on which it is valid.
    remind_days
        How many days before its end to remind; without it, as the reference says for the document.

    Raises
    ------
    SettingsError
        There is no such document, neither file nor note, or the file cannot be kept.
    WorkspaceError
        The workspace cannot be written.
    """
    paper, text = _paper(paper_id), checked_note(note)
    if file is None and not text:
        raise SettingsError(
            f"There is nothing to put on file for {paper.title!r}. Choose a file or write a note."
        )
    if remind_days is not None and not 0 <= remind_days <= 3650:
        raise SettingsError("The reminder must be from 0 to 3650 days before the end.")
    evidence = None if file is None else _evidence.keep(workspace, paper.action, file)
    row = {
        "at": time.time(),
        "note": text,
        "file": evidence.path if evidence else "",
        "file_name": evidence.name if evidence else "",
        "sha256": evidence.sha256 if evidence else "",
        "valid_until": valid_until.isoformat() if valid_until else "",
        "remind_days": paper.remind_days if remind_days is None else remind_days,
    }
    _change(workspace, paper.id, row)
    workspace.ledger.events.record(
        "paper on file", id=paper.id, sha256=row["sha256"], valid_until=row["valid_until"]
    )
    return _one(workspace, paper)


def waive(workspace: Workspace, paper_id: str, note: str) -> PaperStatus:
    """Say that an optional document is not needed here; the note says why.

    Raises
    ------
    Refused
        EUCAIM asks everybody for it.
    SettingsError
        There is no such document, or no note.
    """
    paper, text = _paper(paper_id), checked_note(note)
    if not paper.optional:
        raise Refused(f"{paper.title!r} cannot be left out: EUCAIM asks every data holder for it.")
    if not text:
        raise SettingsError(f"Write in the note why {paper.title!r} is not needed.")
    _change(workspace, paper.id, {"at": time.time(), "note": text, "waived": True})
    workspace.ledger.events.record("paper not needed", id=paper.id)
    return _one(workspace, paper)


def take_off_file(workspace: Workspace, paper_id: str) -> None:
    """Take back what is on file for a document; the copy of its file stays in the folder.

    Raises
    ------
    SettingsError
        There is no such document, or nothing is on file for it.
    """
    paper = _paper(paper_id)
    if paper.id not in read_list(workspace, _FILE):
        raise SettingsError(f"Nothing is on file for {paper.title!r}.")
    _change(workspace, paper.id, None)
    workspace.ledger.events.record("paper taken off file", id=paper.id)


def _status(workspace: Workspace, paper: Paper, row: Mapping[str, Any] | None, today: dt.date) -> PaperStatus:
    if row is None:
        return PaperStatus(paper, PaperState.MISSING, remind_days=paper.remind_days)
    at, note = float(row["at"]), str(row["note"])
    if row.get("waived"):
        return PaperStatus(paper, PaperState.WAIVED, at, note)
    file = workspace.folder / str(row["file"]) if row["file"] else None
    end = dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
    remind_days = int(row["remind_days"])
    if end is not None and end < today:
        state = PaperState.EXPIRED
    elif file is not None and not file.is_file():
        state = PaperState.LOST
    elif end is not None and end <= today + dt.timedelta(days=remind_days):
        state = PaperState.ENDING
    else:
        state = PaperState.ON_FILE
    return PaperStatus(
        paper, state, at, note, file, str(row["file_name"]), str(row["sha256"]), end, remind_days
    )


def _one(workspace: Workspace, paper: Paper) -> PaperStatus:
    return next(one for one in papers(workspace, paper.action) if one.paper.id == paper.id)


def _paper(paper_id: str) -> Paper:
    found = next((one for one in reference.papers() if one.id == paper_id), None)
    if found is None:
        known = ", ".join(one.id for one in reference.papers())
        raise SettingsError(f"There is no document called {paper_id!r}. It must be one of: {known}.")
    return found


def _change(workspace: Workspace, paper_id: str, row: Mapping[str, Any] | None) -> None:
    rows = {**read_list(workspace, _FILE), paper_id: row}
    write_list(workspace, _FILE, {name: one for name, one in rows.items() if one is not None})
