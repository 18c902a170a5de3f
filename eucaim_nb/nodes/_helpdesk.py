"""EUCAIM's helpdesk over the REST interface of Zammad, where a person turned that on.

Nothing is published about such an interface at EUCAIM, so it is off: it is used only if `helpdesk` under [node] names
its address, or at the practice nodes. The token is held in memory, or by the keyring if a person wants that.
"""

import base64
import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from requests.auth import AuthBase

from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from . import _keyring
from ._asking import ask, refusal
from ._session import make_session
from ._settings import NodeSettings, is_local

_TITLE = "The helpdesk"
_SECONDS = 60.0
_STAFF = "Agent"


@dataclass(frozen=True, slots=True)
class HelpdeskTicket:
    """A ticket as the helpdesk has it."""

    id: int
    number: str
    title: str
    state: str
    opened_at: float
    """Seconds since the epoch (UTC), by the clock of the helpdesk."""


class Helpdesk:
    """Opens tickets and reads what was answered.

    Parameters
    ----------
    url
        Address below which `api/v1` is.
    """

    def __init__(self, url: str, session: requests.Session) -> None:
        self._root, self._session = f"{url}/api/v1", session

    def groups(self) -> list[str]:
        """Return the names of the groups that tickets may go to.

        Raises
        ------
        NodeError
            The helpdesk does not answer, or refuses.
        """
        return [str(one["name"]) for one in self._get("groups") if one.get("active", True)]

    def tickets(self) -> list[HelpdeskTicket]:
        """Return the tickets of this account."""
        return [_ticket(one) for one in self._get("tickets?expand=true")]

    def open(self, title: str, group: str, text: str, attachments: Sequence[Path] = ()) -> HelpdeskTicket:
        """Open a ticket. It is asked once only: whether a lost one arrived, `tickets` tells.

        Raises
        ------
        NodeError
            The helpdesk does not answer, or refuses.
        """
        article = {
            "subject": title,
            "body": text,
            "type": "note",
            "internal": False,
            "content_type": "text/plain",
            "attachments": [_attachment(file) for file in attachments],
        }
        content = {"title": title, "group": group, "article": article}
        return ask(
            lambda: _ticket(self._json("POST", "tickets?expand=true", json=content)),
            title=_TITLE,
            form="JSON",
            refusal=lambda status: refusal(_TITLE, status, _OWN),
            renew=lambda: False,
            attempts=1,
        )

    def answers(self, ticket_id: int) -> tuple[str, list[str]]:
        """Return the state of a ticket, and what the staff answered, oldest first."""
        ticket = _ticket(self._get(f"tickets/{ticket_id}?expand=true"))
        articles = self._get(f"ticket_articles/by_ticket/{ticket_id}")
        return ticket.state, [str(one["body"]) for one in articles if one["sender"] == _STAFF]

    def _get(self, path: str) -> Any:
        return ask(
            lambda: self._json("GET", path),
            title=_TITLE,
            form="JSON",
            refusal=lambda status: refusal(_TITLE, status, _OWN),
            renew=lambda: False,
        )

    def _json(self, method: str, path: str, **options: Any) -> Any:
        answer = self._session.request(method, f"{self._root}/{path}", allow_redirects=False, **options)
        answer.raise_for_status()
        return answer.json()


_OWN = {401: "no-helpdesk-token", 422: "ticket-not-taken"}


def helpdesk_is_on(workspace: Workspace) -> bool:
    """Tell whether tickets of a workspace may be sent from here."""
    practice = node_defaults()[workspace.settings.node]["practice"]
    return bool(practice or workspace.settings.node_options.get("helpdesk"))


def helpdesk(workspace: Workspace, token: str = "") -> Helpdesk:
    """Return the helpdesk of a workspace. Nothing is asked of it yet.

    Parameters
    ----------
    token
        What signs in; without it, what the keyring holds, or what the practice nodes gave.

    Raises
    ------
    SettingsError
        Sending from here is turned off, or there is no token.
    NodeError
        The workspace is for a practice node, and the practice nodes are not running.
    """
    chosen = workspace.settings
    defaults = node_defaults()[chosen.node]
    practice = bool(defaults["practice"])
    settings = NodeSettings(
        name=chosen.node,
        title=_TITLE,
        family=str(defaults["family"]),
        practice=practice,
        project=chosen.project,
        options={**defaults, **chosen.node_options},
    )
    url = settings.text("helpdesk")
    if practice:
        url, token = _of_practice(chosen.practice)
    if not url:
        raise SettingsError(
            "Sending tickets from here is off, because EUCAIM publishes no interface for it: copy the text, or open "
            "the .eml file. If the helpdesk gave you a token, set helpdesk under [node] in eucaim.toml to its address."
        )
    found = token or _kept(workspace)
    if not found:
        raise SettingsError(
            "There is no token for the helpdesk. Make one there under Profile, Token Access, and type it."
        )
    address = settings.address(url, "helpdesk address")
    session = make_session(
        auth=_Token(found),
        timeout=_SECONDS,
        ca_file=settings.ca_file,
        proxy=settings.proxy,
        local=is_local(address),
    )
    return Helpdesk(address, session)


def keep_helpdesk_token(workspace: Workspace, token: str) -> None:
    """Put the token into the keyring of this computer.

    Raises
    ------
    SettingsError
        There is no keyring, or it refuses.
    """
    _keyring.write(_entry(workspace), (_TITLE, token))


def _kept(workspace: Workspace) -> str:
    kept = _keyring.read(_entry(workspace))
    return kept[1] if kept else ""


def _entry(workspace: Workspace) -> str:
    return f"helpdesk {workspace.settings.id}"


def _of_practice(ready_file: str) -> tuple[str, str]:
    try:
        ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
        return str(ready["helpdesk"]), str(ready["helpdesk_token"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NodeError(
            "The practice nodes are not running. Start them with `eucaim-nb app` or `eucaim-nb practice`."
        ) from None


class _Token(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Token token={self._token}"
        return request


def _ticket(row: Any) -> HelpdeskTicket:
    opened = datetime.fromisoformat(row["created_at"]).timestamp()
    return HelpdeskTicket(int(row["id"]), str(row["number"]), str(row["title"]), str(row["state"]), opened)


def _attachment(file: Path) -> dict[str, str]:
    return {
        "filename": file.name,
        "data": base64.b64encode(file.read_bytes()).decode("ascii"),
        "mime-type": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
    }
