"""Sending a ticket over the helpdesk's interface, once, and reading what was answered."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eucaim_nb.errors import Refused
from eucaim_nb.workspace import Workspace

from ._ticket import Request, request
from ._ticket_log import Filed, filed_tickets, note, note_answer

if TYPE_CHECKING:
    from eucaim_nb.nodes import Helpdesk, HelpdeskTicket

_CLOCKS_DIFFER = 3600.0
"""Seconds by which the helpdesk's clock may differ from ours."""


def send_ticket(workspace: Workspace, kind: str, *, attach: Sequence[Path] = (), token: str = "") -> Filed:
    """Send a ticket. One that has a number is never sent again, and a lost answer leads to no second one.

    Parameters
    ----------
    token
        Of the helpdesk; without it, what the keyring or the practice nodes have.

    Raises
    ------
    Refused
        It was sent already, or something speaks against it.
    SettingsError
        Sending from here is off, or there is no token.
    NodeError
        The helpdesk does not answer, or refuses.
    """
    made = request(workspace, kind, attach)
    before = filed_tickets(workspace).get(kind, Filed())
    if before.number:
        raise Refused(
            f"This ticket was sent already and has the number {before.number}. Read its answers, or begin a new one."
        )
    if made.blockers:
        raise Refused(f"The ticket was not sent. {' '.join(made.blockers)}")
    desk = _desk(workspace, token)
    arrived = _lost(desk, made, before.sent_at) if before.sent_at else None
    if arrived is None:
        group = _group(desk, made)
        # Noted before it leaves, so that the next attempt looks for it first.
        note(workspace, kind, "ticket being sent", sent_at=time.time())
        arrived = desk.open(made.ticket.title, group, made.text, made.attachments)
    note(
        workspace,
        kind,
        "ticket sent",
        number=arrived.number,
        helpdesk_id=arrived.id,
        state=arrived.state,
        sent_at=time.time(),
    )
    return read_answers(workspace, kind, token=token)


def read_answers(workspace: Workspace, kind: str, *, token: str = "") -> Filed:
    """Read what the helpdesk answered to a ticket that was sent from here.

    Raises
    ------
    Refused
        It was not sent from here.
    SettingsError
        Sending from here is off, or there is no token.
    NodeError
        The helpdesk does not answer, or refuses.
    """
    filed = filed_tickets(workspace).get(kind, Filed())
    if not filed.helpdesk_id:
        raise Refused(
            "This ticket was not sent from here: look for its answer in the helpdesk, and paste it."
        )
    state, said = _desk(workspace, token).answers(filed.helpdesk_id)
    answer = "\n\n".join(said)
    if (answer, state) == (filed.answer, filed.state):
        return filed
    return (
        note_answer(workspace, kind, answer, state=state)
        if answer
        else note(workspace, kind, "ticket looked at", state=state)
    )


def _desk(workspace: Workspace, token: str) -> "Helpdesk":
    from eucaim_nb.nodes import helpdesk

    return helpdesk(workspace, token)


def _lost(desk: "Helpdesk", made: Request, sent_at: float) -> "HelpdeskTicket | None":
    """Return the ticket that an earlier attempt opened without hearing of it."""
    alike = [
        one
        for one in desk.tickets()
        if one.title == made.ticket.title and one.opened_at > sent_at - _CLOCKS_DIFFER
    ]
    return alike[-1] if alike else None


def _group(desk: "Helpdesk", made: Request) -> str:
    offered = desk.groups()
    found = next((group for group in made.ticket.groups if group in offered), None)
    if found is None:
        raise Refused(
            f"The helpdesk offers none of the groups of this ticket ({', '.join(made.ticket.groups)}). Send it by hand."
        )
    return found
