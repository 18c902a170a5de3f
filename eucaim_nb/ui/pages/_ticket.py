"""The text of a helpdesk ticket, filled in and ready to copy."""

import re
from collections.abc import Mapping

from eucaim_nb.reference import Ticket
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_PLACE = re.compile(r"^(.*?):?[ ]*\{(project|username|site|url)\}", re.MULTILINE)
_USER = "eucaim_user"
"""Where the settings keep the EUCAIM user name, which need not be the one at the node."""


class TicketText:
    """Fields for what the ticket leaves open, and the text that comes of them.

    The project, the SITE ID and the user name are kept in the settings; an address means something else in every
    ticket and is not.
    """

    def __init__(self, workspace: Workspace, ticket: Ticket, notice: c.Notice) -> None:
        self._workspace, self._ticket = workspace, ticket
        settings = workspace.settings
        known = {
            "project": settings.project,
            "site": settings.site_id,
            "username": str(settings.node_options.get(_USER) or ""),
        }
        self._labels = labels(ticket.body)
        self.fields = {name: c.text(label, known.get(name, "")) for name, label in self._labels.items()}
        self._shown = c.show()
        for field in self.fields.values():
            field.continuous_update = False
            field.observe(c.guard(notice, rest=0)(self._changed), "value")
        content = c.stack(c.row(*self.fields.values()), self._shown)
        self.drawer = c.Drawer(f"Ticket for the helpdesk: {ticket.title}", content, notice)
        self.root = self.drawer.root
        self._draw()

    def _changed(self) -> None:
        self._draw()
        given = {name: field.value.strip() for name, field in self.fields.items()}
        settings = {
            ours: given[name] for ours, name in (("project", "project"), ("site_id", "site")) if name in given
        }
        options = {_USER: given["username"]} if "username" in given else {}
        self._workspace.change(**settings, node_options=options)

    def _draw(self) -> None:
        ticket = self._ticket
        group, *others = ticket.groups
        place = f"Group “{group}”"
        if others:
            place += f"; if you cannot choose it, {' or '.join(f'“{other}”' for other in others)}"
        values = {name: field.value.strip() for name, field in self.fields.items()}
        facts: list[tuple[str, object]] = [
            ("Where", f"{place}."),
            ("Title", c.copyable(ticket.title, "the title")),
            ("Text", c.copyable_lines(filled(ticket.body, values, self._labels), "the text")),
        ]
        if ticket.attachments:
            facts.append(("Attach", c.breaking(ticket.attachments)))
        older = [c.fold("Older titles of this ticket", c.bullets(ticket.formerly))] if ticket.formerly else []
        c.put(self._shown, c.key_values(facts), *older)


def labels(body: str) -> dict[str, str]:
    """Return the fields of a ticket's text, each with the words before it in its line."""
    return {match[2]: match[1].strip() or match[2].capitalize() for match in _PLACE.finditer(body)}


def filled(body: str, values: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Return a text with its fields filled in; what is not known yet stands there as its name in square brackets."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return values.get(name) or f"[{words.get(name, name)}]"

    return re.sub(r"\{(project|username|site|url)\}", value, body)
