"""The account of the practice nodes, made once per folder and readable by its owner only; and what asks for it."""

import base64
import binascii
import hmac
import json
import os
import re
import secrets
from pathlib import Path
from typing import Protocol

from ._http import Request, Response, problem

_USERNAME = "practice"


class Door(Protocol):
    """What decides who comes into a room."""

    def refusal(self, request: Request, *, storing: bool) -> Response | None:
        """Return the 401 or 403 that a request deserves, `None` if it may pass."""


class Login:
    """One user name and password.

    Parameters
    ----------
    folder : Path
        Keeps them in `credentials.json`, so that they survive a restart.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "credentials.json"
        if not path.exists():
            write_private(path, json.dumps({"username": _USERNAME, "password": secrets.token_urlsafe(18)}))
        content = json.loads(path.read_text("utf-8"))
        self.username: str = content["username"]
        self.password: str = content["password"]

    def basic(self, header: str) -> str | None:
        """Return the user name in an `Authorization` header of scheme Basic, if the password is right."""
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            sent = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        username, _, password = sent.partition(":")
        return username if hmac.compare_digest(password.encode(), self.password.encode()) else None


def unauthenticated(text: str, *, token: bool = False) -> Response:
    """Answer 401, and say that a token and a password are taken (RFC 6750 3, RFC 7617 2).

    Parameters
    ----------
    text : str
        Why.
    token : bool
        Whether a token was sent, and is what is wrong.
    """
    response = problem(401, text)
    challenge = 'Bearer realm="practice node"'
    if token:
        said = re.sub(r"[^ !#-\[\]-~]", "'", text)[:200]  # a token can carry any text into the reason
        challenge += f', error="invalid_token", error_description="{said}"'
    response.headers["WWW-Authenticate"] = f'{challenge}, Basic realm="practice node", charset="UTF-8"'
    return response


def write_private(path: Path, text: str) -> None:
    """Write a file at once, with mode 0600."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
