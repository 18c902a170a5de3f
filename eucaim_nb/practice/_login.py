"""The account of the practice nodes: made once per folder, and readable by its owner only."""

import base64
import binascii
import hmac
import json
import os
import secrets
from pathlib import Path

from ._http import Request, Response, problem

_USERNAME = "practice"


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

    def refusal(self, request: Request, *, required: bool) -> Response | None:
        """Return the 401 that a wrong `Authorization` header deserves, or a missing one if it is required."""
        header = request.header("Authorization")
        if self._right(header) or not (header or required):
            return None
        return problem(401, "sign in with the user name and password of this practice node")

    def _right(self, header: str) -> bool:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            sent = base64.b64decode(encoded.strip(), validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(sent, f"{self.username}:{self.password}".encode())


def write_private(path: Path, text: str) -> None:
    """Write a file at once, with mode 0600."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
