"""A ticket for the helpdesk: filled in, to copy, to save or to send, with its number and its answer."""

from pathlib import Path

from eucaim_nb import paperwork
from eucaim_nb import workspace as workspaces
from eucaim_nb.paperwork import Filed
from eucaim_nb.reference import Ticket, links
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._ticket_log import TicketLog


class TicketText:
    """Fields for what the ticket leaves open, and the text that comes of them.

    The project, the SITE ID and the user name are kept in the settings, for all tickets; what else is typed belongs to
    this ticket.
    """

    def __init__(self, workspace: Workspace, ticket: Ticket, notice: c.Notice) -> None:
        self._workspace, self._ticket = workspace, ticket
        made = paperwork.request(workspace, ticket.id)
        self.fields = {name: c.text(label, made.values[name]) for name, label in made.labels.items()}
        self._shown, self._files, self._badges = c.show(), c.show(), c.show()
        for field in self.fields.values():
            field.continuous_update = False
            field.observe(c.guard(notice, rest=0)(self._changed), "value")
        self.attach = c.FilePicker("A file to attach besides", Path.home(), notice)
        self.attach.field.observe(c.guard(notice, rest=0)(self._draw), "value")
        self.save = c.button("Save as .md and .eml", self._save, notice)
        self.log = TicketLog(workspace, ticket.id, notice, self._attached, self._draw)
        content = c.stack(
            c.row(*self.fields.values()),
            self._shown,
            self.attach.root,
            c.row(self.save),
            self._files,
            self.log.root,
        )
        self.drawer = c.Drawer(
            f"Ticket for the helpdesk: {ticket.title}",
            content,
            notice,
            turned=self._turned,
            beside=self._badges,
        )
        self.root = self.drawer.root
        self._draw()

    def _attached(self) -> list[Path]:
        return [self.attach.file] if self.attach.file is not None else []

    def _turned(self, opened: bool) -> None:
        """Take over what was typed into another ticket meanwhile."""
        if opened:
            self._workspace = workspaces.open_workspace(self._workspace.folder)
            for name, value in paperwork.request(self._workspace, self._ticket.id).values.items():
                self.fields[name].value = self.fields[name].value or value
            self.log.offer_sending()

    def _changed(self) -> None:
        given = {name: field.value for name, field in self.fields.items()}
        self._workspace = paperwork.answer_ticket(self._workspace, self._ticket.id, given)
        self._draw()

    def _save(self) -> None:
        made = paperwork.request(self._workspace, self._ticket.id, self._attached())
        page, mail = paperwork.write_ticket(self._workspace, made)
        said = "The mail program asks for the receiver; attachments are inside the .eml."
        facts = [
            ("To read", c.copyable(page, "the path of the text")),
            ("Mail", c.copyable(mail, "the path of the mail")),
        ]
        c.put(self._files, c.key_values(facts), c.paragraph(said, quiet=True))

    def _draw(self) -> None:
        ticket = self._ticket
        made = paperwork.request(self._workspace, ticket.id, self._attached())
        helpdesk = links()["help"]
        facts: list[tuple[str, object]] = [
            ("Where", c.line(c.outside_link(helpdesk.url, helpdesk.title), paperwork.where_to_send(ticket))),
            ("Title", c.copyable(ticket.title, "the title")),
            ("Text", c.copyable_lines(made.text, "the text")),
        ]
        if made.attachments or ticket.attachments:
            names = [file.name for file in made.attachments]
            facts.append(("Attach", c.breaking(names or ticket.attachments)))
        if made.blockers:
            facts.append(("Still open", c.bullets(made.blockers)))
        older = [c.fold("Older titles of this ticket", c.bullets(ticket.formerly))] if ticket.formerly else []
        c.put(self._shown, c.key_values(facts), *older)
        filed = paperwork.filed_tickets(self._workspace).get(ticket.id, Filed())
        c.put(self._badges, *([c.chip(f"sent, number {filed.number}")] if filed.number else []))
