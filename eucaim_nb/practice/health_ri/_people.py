"""Who asks, and what they may do: accounts, sessions, alias tokens, roles in a project."""

import base64
import binascii
import hmac
import secrets
import threading
import time
import uuid
from http.cookies import CookieError, SimpleCookie

from .._http import Request
from ._answers import Refused
from ._archive import Archive
from ._records import Item

ROLES = ("owner", "member", "collaborator")
_IDLE = 15 * 60  # seconds until an unused session ends
_WRITERS = ("owner", "member")


class People:
    """The accounts of the node. All have the password of the practice login.

    `practice` owns the practice project. `practice-member`, `practice-collaborator` and `practice-admin` are
    there to see what other roles may do; `practice-stranger` has no role.
    """

    def __init__(self, archive: Archive, username: str, password: str) -> None:
        self._archive = archive
        self._password = password
        self._sessions: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self.owner = username
        self.admin = f"{username}-admin"
        others = [f"{username}-{role}" for role in (*ROLES[1:], "stranger")]
        self.logins = [self.owner, *others, self.admin]

    def sign_in(self, username: str, password: str) -> str | None:
        """Return the user that a name and password, or an alias token, stand for."""
        token = self._archive.token(username)
        expected, login = token or (self._password, username)
        right = hmac.compare_digest(password.encode(), expected.encode())
        return login if right and login in self.logins else None

    def open_session(self, login: str) -> str:
        """Begin a session and return its identifier."""
        session = secrets.token_hex(16).upper()
        with self._lock:
            self._sessions[session] = (login, time.monotonic())
        return session

    def close_session(self, request: Request) -> None:
        """End the session of a request."""
        with self._lock:
            self._sessions.pop(session_of(request), None)

    def asking(self, request: Request) -> str:
        """Return the user of a request.

        Raises
        ------
        Refused
            401: there is no session, or it ended, and no name and password.
        """
        with self._lock:
            login, used = self._sessions.get(session := session_of(request), ("", 0.0))
            if login and time.monotonic() - used < _IDLE:
                self._sessions[session] = (login, time.monotonic())
                return login
            self._sessions.pop(session, None)
        found = self.sign_in(*_basic(request))
        if found is None:
            raise Refused(401, "Login attempt failed, or the session has ended. Please sign in again.")
        return found

    def issue_token(self, login: str) -> tuple[str, str]:
        """Return a new alias and secret that stand for a user."""
        alias, secret = str(uuid.uuid4()), secrets.token_urlsafe(32)
        self._archive.add_token(alias, secret, login)
        return alias, secret

    def role(self, login: str, project: Item | None) -> str | None:
        """Return the role in a project; an administrator is an owner everywhere."""
        if login == self.admin:
            return "owner"
        return self._archive.roles(project).get(login) if project else None

    def may_see(self, login: str, project: Item | None) -> bool:
        """Tell whether a user sees that the project exists."""
        return self.may_read(login, project) or accessibility(project) == "protected"

    def may_read(self, login: str, project: Item | None) -> bool:
        """Tell whether a user reads what is in the project."""
        return self.role(login, project) is not None or accessibility(project) == "public"

    def must_read(self, login: str, project: Item | None) -> None:
        """Refuse who may not read: as if the project did not exist, or with 403 if it may be known."""
        if not self.may_see(login, project):
            raise Refused(404, "Unable to find the specified project")
        if not self.may_read(login, project):
            raise Refused(403, "The user does not have permission to read this project")

    def must_write(self, login: str, project: Item | None, *, owner: bool = False) -> None:
        """Refuse who may not change this project, or is not its owner if that is asked."""
        if not self.may_see(login, project):
            raise Refused(404, "Unable to find the specified project")
        if self.role(login, project) not in (("owner",) if owner else _WRITERS):
            raise Refused(403, "The user's role in this project does not permit this")


def accessibility(project: Item | None) -> str:
    """Return `private`, `protected` or `public`."""
    return str(project.fields.get("@accessibility", "private")) if project else "private"


def session_of(request: Request) -> str:
    """Return the session identifier a request carries, empty if none."""
    try:
        cookie = SimpleCookie(request.header("Cookie")).get("JSESSIONID")
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.header("Authorization").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return username, password
