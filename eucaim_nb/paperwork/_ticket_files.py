"""A ticket as files: to read and copy (.md), and to open in a mail program with its attachments inside (.eml)."""

import mimetypes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.reference import Ticket, links
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._ticket import Request


def write_ticket(workspace: Workspace, made: Request) -> tuple[Path, ...]:
    """Write a ticket to `paperwork/tickets/`, in place of an earlier version, and return its files.

    Raises
    ------
    WorkspaceError
        A file cannot be read or written.
    """
    folder = workspace.folder / "paperwork" / "tickets"
    page, mail = folder / f"{made.ticket.id}.md", folder / f"{made.ticket.id}.eml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(page) as file:
            file.write(_page(made))
        with replacing(mail, "wb") as file:
            file.write(_mail(made).as_bytes(policy=SMTP))
    except OSError as error:
        raise WorkspaceError(
            f"The ticket cannot be written: {error.strerror}. Is the disk full or read-only?"
        ) from error
    workspace.ledger.events.record("ticket written", kind=made.ticket.id, attachments=len(made.attachments))
    return page, mail


def where_to_send(ticket: Ticket) -> str:
    """Say which group of the helpdesk a ticket goes to."""
    first, *others = ticket.groups
    said = f"Group “{first}”"
    return (
        f"{said}; if you cannot choose it, {' or '.join(f'“{one}”' for one in others)}."
        if others
        else f"{said}."
    )


def _page(made: Request) -> str:
    ticket = made.ticket
    lines = [f"# {ticket.title}", "", f"- Helpdesk: {links()['help'].url}", f"- {where_to_send(ticket)}"]
    lines += [f"- Attach: {file.name}" for file in made.attachments]
    lines += [f"- Older title: {title}" for title in ticket.formerly]
    lines += [f"- Text from: {ticket.source}, read {ticket.read_on:%d %b %Y}", "", made.text, ""]
    return "\n".join(lines)


def _mail(made: Request) -> EmailMessage:
    """Return a mail without sender and receiver: the mail program that opens it asks for both."""
    mail = EmailMessage()
    mail["Subject"] = made.ticket.title
    mail["X-Unsent"] = "1"
    mail.set_content(made.text + "\n")
    for file in made.attachments:
        main, _, sub = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    return mail
