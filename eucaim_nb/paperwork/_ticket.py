"""The request to the helpdesk: its text filled from the workspace, and what goes with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb import workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import Ticket, node_defaults, tickets
from eucaim_nb.workspace import Workspace

from ._answers import values as dta_values
from ._facts import described
from ._ticket_log import filed_tickets, keep_values

_PLACE = re.compile(r"^(.*?):?[ ]*\{(\w+)\}", re.MULTILINE)
_FIELD = re.compile(r"\{(\w+)\}")
_USER = "eucaim_user"
"""Where the settings keep the EUCAIM user name, which need not be the one at the node."""
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """A ticket as it would be sent now."""

    ticket: Ticket
    values: Mapping[str, str]
    """What fills the fields of its text; empty where nobody knows."""
    labels: Mapping[str, str]
    """What each field is called."""
    attachments: tuple[Path, ...]
    blockers: tuple[str, ...]
    """What speaks against sending it."""

    @property
    def text(self) -> str:
        """The text, in which the name of a field that is not known stands in square brackets."""
        return _FIELD.sub(
            lambda match: self.values[match[1]] or f"[{self.labels[match[1]]}]", self.ticket.body
        )


def ticket_kinds(workspace: Workspace) -> tuple[Ticket, ...]:
    """Return the tickets there are for the node of a workspace."""
    return tickets(str(node_defaults()[workspace.settings.node]["family"]))


def request(workspace: Workspace, kind: str, attach: Sequence[Path] = ()) -> Request:
    """Return a ticket filled in from the workspace.

    Parameters
    ----------
    kind
        Its id in the reference.
    attach
        Files to attach beside those that the workspace has for it.

    Raises
    ------
    SettingsError
        The node has no such ticket, or there is no such file.
    WorkspaceError
        The workspace cannot be read.
    """
    found = _of(workspace, kind)
    values, labels = _known(workspace, found), field_labels(found)
    files = tuple(dict.fromkeys([*_own_files(workspace, found), *map(_existing, attach)]))
    return Request(found, values, labels, files, tuple(_against(workspace, found, values, labels, files)))


def field_labels(ticket: Ticket) -> dict[str, str]:
    """Return the fields of a ticket's text, each with the words before it in its line."""
    return {match[2]: match[1].strip() or match[2].capitalize() for match in _PLACE.finditer(ticket.body)}


def answer_ticket(workspace: Workspace, kind: str, given: Mapping[str, str]) -> Workspace:
    """Keep what fills the fields of a ticket, and return the workspace anew.

    The project, the SITE ID and the user name are settings, which all tickets share; the rest belongs to this ticket.

    Raises
    ------
    SettingsError
        The ticket has no such field.
    """
    found = _of(workspace, kind)
    if unknown := sorted(set(given) - set(field_labels(found))):
        raise SettingsError(f"The ticket has no field {unknown[0]!r}.")
    clean = {name: " ".join(value.split()) for name, value in given.items()}
    shared = {
        ours: clean[name] for ours, name in (("project", "project"), ("site_id", "site")) if name in clean
    }
    options = {_USER: clean["username"]} if "username" in clean else {}
    keep_values(
        workspace,
        kind,
        {name: value for name, value in clean.items() if name not in ("project", "site", "username")},
    )
    return workspace.change(**shared, node_options=options)


def _of(workspace: Workspace, kind: str) -> Ticket:
    kinds = {one.id: one for one in ticket_kinds(workspace)}
    if kind not in kinds:
        raise SettingsError(f"There is no ticket {kind!r} for this node. There are: {', '.join(kinds)}.")
    return kinds[kind]


def _known(workspace: Workspace, ticket: Ticket) -> dict[str, str]:
    settings, filed = workspace.settings, filed_tickets(workspace).get(ticket.id)
    known = {
        "project": settings.project,
        "site": settings.site_id,
        "username": str(settings.node_options.get(_USER) or ""),
        **described(workspace),
        **{name: value for name, value in (filed.values if filed else {}).items() if value},
    }
    if not known.get("organisation"):
        known["organisation"] = dta_values(workspace)["provider_name"]
    return {name: known.get(name, "") for name in field_labels(ticket)}


def _own_files(workspace: Workspace, ticket: Ticket) -> list[Path]:
    return [
        file for pattern in ticket.files for file in sorted(workspace.folder.glob(pattern)) if file.is_file()
    ]


def _existing(file: Path) -> Path:
    path = file.expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f"There is no file {path.name} to attach. Check the path.")
    return path


def _against(
    workspace: Workspace,
    ticket: Ticket,
    values: Mapping[str, str],
    labels: Mapping[str, str],
    files: Sequence[Path],
) -> list[str]:
    said = [f"“{labels[name]}” is not known." for name, value in values.items() if not value]
    if ticket.attachments and not files:
        said.append(f"There is nothing to attach yet: {'; '.join(ticket.attachments)}.")
    if sum(file.stat().st_size for file in files) > _MOST_BYTES:
        said.append("The attachments are larger than 20 MB together. Ask the helpdesk how to hand them over.")
    if ticket.releases:
        said += workflow.release_blockers(workspace)
    return said
