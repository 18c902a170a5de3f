"""The room of the Health-RI practice node: which address is which operation."""

import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from .._faults import FaultSpec
from .._http import Request, Response, json_response
from .._sqlite import StoreInUse
from . import _access, _files, _holdings, _import, _items, _prearchive
from ._address import KIND, resolve
from ._answers import Refused, page, result_set, text
from ._archive import Archive
from ._inbox import Inbox
from ._people import People, session_of
from ._records import Taken

PROJECT = "PRACTICE"
VERSION = "1.9.2"
_SCHEMAS = {name: (Path(__file__).parent / f"{name}.xsd").read_bytes() for name in ("xdat", "xnat")}
_SIGN_IN = (["services", "auth"], ["auth"], ["JSESSION"], ["version"], ["search", "elements"])
_ORDERED = {
    "conflict": Refused(409, "Session already exists, retry with overwrite enabled (ordered as a fault)"),
    "label-refused": Refused(417, "Invalid character in the label (ordered as a fault)"),
    "wrong-role": Refused(403, "The user's role in this project does not permit this (ordered as a fault)"),
}


class HealthRi:
    """An XNAT-style REST on the items in one folder.

    The folder is opened with the first request: who uses another practice node has nothing of this one.

    Parameters
    ----------
    folder : Path
        Everything the node knows; made if missing, with an empty practice project.
    username, password : str
        The owner of the practice project; the other accounts have the same password.
    """

    def __init__(self, folder: Path, username: str, password: str) -> None:
        self._folder = folder
        self._account = (username, password)
        self._opening = threading.Lock()
        self._archive: Archive
        self._people: People
        self._inbox: Inbox
        self._open = False

    def close(self) -> None:
        """Let go of the folder."""
        with self._opening:
            if self._open:
                self._inbox.close()
                self._archive.close()

    def instances(self) -> list[dict[str, Any]]:
        """List every DICOM file that the node holds."""
        self._open_folder()
        return _holdings.instances(self._archive)

    def wipe(self) -> int:
        """Go back to an empty practice project; return how many files there were."""
        self._open_folder()
        self._inbox.wipe()
        with self._archive.change():
            count = _holdings.wipe(self._archive)
            self._make_project()
        return count

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        segments = _segments(request)
        if segments[:1] != ["data"] or segments[1:] in _SIGN_IN:
            return "xnat" if segments[:1] == ["xapi"] and segments[1:2] != ["schemas"] else "xnat-login"
        return "xnat-import" if segments[1:3] == ["services", "import"] else "xnat"

    def __call__(self, request: Request) -> Response:
        """Answer one request; errors are HTML pages."""
        try:
            self._open_folder()
            return self._answer(request, _segments(request))
        except Refused as refused:
            request.body.drain()
            return page(refused.status, refused.says)
        except Taken:
            return page(409, "This name is in use")
        except StoreInUse as in_use:
            return page(503, str(in_use))
        except OSError:
            return page(507, "The disk of the node is full")

    def _answer(self, request: Request, segments: list[str]) -> Response:
        match request.method, segments:
            case "GET", []:
                return self._front_page(request)
            case "PUT" | "POST", ["data", "services", "auth"]:
                sent = dict(parse_qsl(request.body.all().decode("utf-8", "replace")))
                login = self._people.sign_in(sent.get("username", ""), sent.get("password", ""))
                return self._session(login)
            case "DELETE", ["data", "JSESSION"]:
                self._people.close_session(request)
                return text(200)
        if session_of(request) and request.plan.take("session-expired"):
            self._people.close_session(request)
        login = self._people.asking(request)
        match request.method, segments:
            case "GET", ["data", "auth"]:
                return text(200, f"User '{login}' is logged in")
            case "GET", ["data", "JSESSION"]:
                return text(200, session_of(request)) if session_of(request) else self._session(login)
            case "GET", ["data", "search", "elements"]:
                return result_set([])
            case "GET", ["data", "users"]:
                return _access.users(self._people, login)
            case "GET", ["data", "services", "tokens", "issue"]:
                alias, secret = self._people.issue_token(login)
                return json_response(200, {"alias": alias, "secret": secret})
            case "GET", ["xapi", "siteConfig", "buildInfo"]:
                return json_response(200, {"version": VERSION})
            case "GET", ["xapi", "schemas"]:
                return json_response(200, list(_SCHEMAS))
            case "GET", ["xapi", "schemas", name] if name in _SCHEMAS:
                return Response(200, _SCHEMAS[name], "application/xml")
            case "GET", ["xapi", "dicom", number]:
                return self._inbox.show(login, number)
            case "GET", ["xapi", "access", "projects"]:
                return _access.own_roles(self._archive, self._people, login)
            case _, ["xapi", "custom-fields", *rest]:
                return _access.custom_forms(self._archive, self._people, login, rest, request)
            case _, ["data", *rest]:
                return self._data(request, login, rest)
        raise Refused(404, "This node has no such address")

    def _data(self, request: Request, login: str, segments: list[str]) -> Response:
        archive, people, query = self._archive, self._people, dict(request.query)
        if request.method != "GET":
            _misbehave(request)
        match request.method, segments:
            case "POST", ["services", "import"] if query.get("import-handler") == "inbox":
                return self._inbox.submit(login, request)
            case "POST", ["services", "import"]:
                return _import.import_(archive, people, login, request)
            case "POST", ["services", "archive"]:
                return _import.archive_session(archive, people, login, query)
            case "POST", ["services", "prearchive", action]:
                return _prearchive.serve(archive, people, login, action, query)
            case "POST", ["services", "refresh", "catalog"]:
                path = query.get("resource", "").split("/")
                wanted = [one for one in path if one not in ("", "data", "archive")]
                if resolve(archive, wanted).missing:
                    raise Refused(404, "Unable to find the resource")
                return text(200)
            case "GET", ["prearchive", "projects", *rest]:
                return _prearchive.show(archive, people, login, rest, request)
            case "DELETE", ["prearchive", "projects", _, _, _]:
                return _prearchive.serve(archive, people, login, "delete", {"src": "/".join(segments)})
            case "POST", ["prearchive", "projects", _, _, _] if query.get("action") == "commit":
                source = {"src": "/".join(segments)}
                return _import.archive_session(archive, people, login, query | source)
        return self._items(request, login, segments)

    def _items(self, request: Request, login: str, segments: list[str]) -> Response:
        archive, people = self._archive, self._people
        if request.method in ("PUT", "POST") and "files" in segments[1:]:
            return _files.upload(archive, people, login, segments, request)
        address = resolve(archive, segments)
        item = address.item
        if address.rest:
            if item is not None and item.kind == "project":
                return _access.beside(archive, people, login, item, address.rest, request)
            if address.rest[0] in ("assessors", "reconstructions") and request.method == "GET":
                return result_set([])
            raise Refused(404, "This node has no such address")
        kind = address.listing or (item.kind if item else "")
        match request.method:
            case "GET" if address.missing:
                raise Refused(404, f"Unable to find {KIND[address.listing]} '{address.missing}'")
            case "GET" if kind == "files" and address.file:
                return _files.download(archive, people, login, address)
            case "GET" if kind == "files":
                return _files.listed_files(archive, people, login, address.items, request)
            case "GET" if kind == "resources":
                return _files.listed_resources(archive, people, login, address.items)
            case "GET" if kind == "resource" and item is not None:
                return _files.catalog(archive, people, login, item)
            case "GET" if address.listing:
                return _items.listed(archive, people, login, address, request)
            case "GET" if item is not None:
                return _items.shown(archive, people, login, item)
            case "PUT" if kind in ("resource", "resources") and item is not None:
                return _files.put_resource(archive, people, login, address, request)
            case "PUT" if item is not None or address.missing:
                return _items.put(archive, people, login, address, request)
            case "DELETE" if kind == "files" and address.file:
                return _files.delete_file(archive, people, login, address)
            case "DELETE" if not address.listing or address.missing:
                return _items.delete(archive, people, login, address)
        raise Refused(405, "This cannot be done here")

    def _front_page(self, request: Request) -> Response:
        """Show who is signed in; a name and password, or an alias token, begin a session."""
        try:
            login = self._people.asking(request)
        except Refused:
            return page(200, "Practice node: please sign in")
        answer = page(200, f"Practice node: {login} is signed in")
        if not session_of(request):
            answer.headers |= self._session(login).headers
        return answer

    def _session(self, login: str | None) -> Response:
        if login is None:
            raise Refused(401, "Login attempt failed. Please check the user name and password.")
        session = self._people.open_session(login)
        answer = text(200, session)
        answer.headers["Set-Cookie"] = f"JSESSIONID={session}; Path=/; HttpOnly"
        return answer

    def _open_folder(self) -> None:
        with self._opening:
            if self._open:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            self._archive = Archive(self._folder)
            self._people = People(self._archive, *self._account)
            self._inbox = Inbox(self._archive, self._people, self._folder)
            if not self._archive.of_kind("project"):
                self._make_project()
            self._open = True

    def _make_project(self) -> None:
        with self._archive.change():
            about = {"name": "Practice project"}
            project = self._archive.add("project", None, PROJECT, "xnat:projectData", about, id=PROJECT)
            owner = self._people.owner
            for login, role in (
                (owner, "owner"),
                (f"{owner}-member", "member"),
                (f"{owner}-collaborator", "collaborator"),
            ):
                self._archive.set_role(project, login, role)


def _segments(request: Request) -> list[str]:
    """Return the parts of the path: `/REST` is `/data`, and `/data/archive` adds nothing."""
    parts = request.segments
    if parts[:1] == ["REST"]:
        parts[0] = "data"
    return [parts[0], *parts[2:]] if parts[:2] == ["data", "archive"] else parts


def _misbehave(request: Request) -> None:
    for effect, refused in _ORDERED.items():
        fault: FaultSpec | None = request.plan.take(effect)
        if fault is not None:
            raise Refused(refused.status, refused.says)
