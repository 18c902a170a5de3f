"""What became of each ticket: when it was sent, its number, and what the helpdesk answered.

Texts and answers may name people, so they stay in `paperwork/tickets.json`; the audit trail has kind and number.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork_file import damaged, read_list, write_list
from eucaim_nb.workspace import Workspace

_FILE = "tickets.json"
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket in the workspace's log; times in seconds since the epoch (UTC), 0 for never."""

    values: Mapping[str, str] = field(default_factory=dict)
    sent_at: float = 0.0
    """When it was sent from here, or when its number was entered."""
    number: str = ""
    """Its number at the helpdesk; empty while it is not known to have arrived."""
    helpdesk_id: int = 0
    """By which the helpdesk's interface knows it; 0 for a ticket that a person sent."""
    state: str = ""
    answer: str = ""
    answered_at: float = 0.0
    earlier: tuple[Mapping[str, Any], ...] = ()
    """Those of the same kind before it, oldest first."""


def filed_tickets(workspace: Workspace) -> dict[str, Filed]:
    """Return what is known of the tickets, by kind.

    Raises
    ------
    WorkspaceError
        The log cannot be read.
    """
    try:
        return {
            kind: replace(Filed(**row), earlier=tuple(row["earlier"]))
            for kind, row in read_list(workspace, _FILE).items()
        }
    except (TypeError, KeyError) as error:
        raise damaged(_FILE) from error


def keep_values(workspace: Workspace, kind: str, values: Mapping[str, str]) -> None:
    """Keep what fills the fields of a ticket's text."""
    before = filed_tickets(workspace).get(kind, Filed())
    after = replace(before, values={**before.values, **values})
    if after != before:
        _put(workspace, kind, after)


def note_number(workspace: Workspace, kind: str, number: str) -> Filed:
    """Record that a ticket was sent, with the number that the helpdesk gave it.

    Raises
    ------
    SettingsError
        The number is empty or no number of a ticket.
    """
    given = number.strip()
    if not given or len(given) > _LONGEST_NUMBER or not given.isprintable():
        raise SettingsError("Type the number of the ticket as the helpdesk shows it.")
    return note(workspace, kind, "ticket numbered", number=given, sent_at=time.time())


def note_answer(workspace: Workspace, kind: str, answer: str, *, state: str = "") -> Filed:
    """Record what the helpdesk answered.

    Raises
    ------
    SettingsError
        The answer is empty.
    """
    if not answer.strip():
        raise SettingsError("Paste what the helpdesk answered.")
    return note(
        workspace, kind, "ticket answered", answer=answer.strip(), answered_at=time.time(), state=state
    )


def begin_ticket(workspace: Workspace, kind: str) -> Filed:
    """Put a ticket that was sent among the earlier ones, so that another of its kind can be written.

    Raises
    ------
    SettingsError
        None was sent.
    """
    before = filed_tickets(workspace).get(kind, Filed())
    if not before.sent_at:
        raise SettingsError("This ticket was not sent yet, so there is no need for a new one.")
    old = {name: value for name, value in asdict(before).items() if name != "earlier"}
    after = Filed(values=before.values, earlier=(*before.earlier, old))
    _put(workspace, kind, after)
    workspace.ledger.events.record("ticket begun anew", kind=kind, number=before.number)
    return after


def note(workspace: Workspace, kind: str, event: str, **changes: Any) -> Filed:
    """Record something of a ticket, and in the audit trail what happened to which."""
    after = replace(filed_tickets(workspace).get(kind, Filed()), **changes)
    _put(workspace, kind, after)
    workspace.ledger.events.record(event, kind=kind, number=after.number)
    return after


def _put(workspace: Workspace, kind: str, filed: Filed) -> None:
    write_list(workspace, _FILE, {**read_list(workspace, _FILE), kind: asdict(filed)})
