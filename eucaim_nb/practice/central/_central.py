"""The catalogue and the helpdesk, put together."""

import secrets
from pathlib import Path

from .._http import Request, Response, json_response, problem, read_json
from .._login import write_private
from .._router import Router
from ._catalogue import CATALOGUE, Catalogue
from ._columns import WrongRecord, record
from ._entries import Entries
from ._helpdesk import HELPDESK, Helpdesk
from ._staff import Staff
from ._tickets import Tickets


class Central:
    """EUCAIM's central services on one folder.

    Parameters
    ----------
    folder : Path
        Everything they know; made if missing.
    router : Router
        Gets their rooms.
    username : str
        The practice account.
    projects : dict
        The name of the practice project by family of nodes, which the helpdesk gives.
    """

    def __init__(self, folder: Path, router: Router, username: str, projects: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._token = _token(folder / "helpdesk-token")
        self._entries = Entries(folder / "catalogue.sqlite")
        self._tickets = Tickets(folder / "helpdesk.sqlite")
        staff = Staff(self._entries, projects)
        router.add(CATALOGUE, Catalogue(self._entries))
        router.add(HELPDESK, Helpdesk(self._tickets, staff, self._token, username, CATALOGUE))

    def ready(self, base: str) -> dict[str, str]:
        """Return the addresses, and the token of the helpdesk, for the ready file."""
        return {
            "catalogue": base + CATALOGUE,
            "helpdesk": base + HELPDESK,
            "helpdesk_token": self._token,
        }

    def order(self, request: Request) -> Response:
        """Answer at the control address: register, list and remove entries of the catalogue."""
        match request.method, request.segments[1:]:
            case "GET", []:
                return json_response(200, {"entries": self._entries.all()})
            case "POST", []:
                sent = read_json(request.body.all())
                if not isinstance(sent, dict):
                    raise WrongRecord("send one record, an object of columns")
                return json_response(201, self._entries.register([record(sent)])[0])
            case "DELETE", [ident]:
                if self._entries.remove(ident):
                    return json_response(200, {"removed": ident})
                return problem(404, "the catalogue has no such entry")
        return problem(405, "GET and POST go to catalogue, DELETE to catalogue/ID")

    def wipe(self) -> dict[str, int]:
        """Empty both; return how many entries and tickets there were."""
        return {"entries": self._entries.wipe(), "tickets": self._tickets.wipe()}

    def close(self) -> None:
        """Let go of the folder."""
        self._entries.close()
        self._tickets.close()


def _token(path: Path) -> str:
    """Return the token of the helpdesk, making it at the first call."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text("utf-8").strip()
