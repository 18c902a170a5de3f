"""Signing in at the web page of the node: authorization code with PKCE, which comes back to this computer.

RFC 8252 (native apps), RFC 7636 (PKCE), RFC 9207 (who answered). The program sees neither password nor second factor.
"""

import base64
import hashlib
import hmac
import os
import secrets
import socketserver
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from eucaim_nb.training import practice_only

from .._credentials import Credentials
from .._failure import Failure
from .._grant import Grant
from ._issuer import Issuer

LONGEST_SECONDS = 300.0
_LOOK_SECONDS = 0.25
_PATH = "/signed-in"
_ELSEWHERE = {
    "BINDER_SERVICE_HOST": "a Binder server",
    "JUPYTERHUB_SERVICE_PREFIX": "a JupyterHub",
    "KUBERNETES_SERVICE_HOST": "a cluster",
    "COLAB_RELEASE_TAG": "Google Colab",
    "CODESPACES": "a codespace",
    "SSH_CONNECTION": "a computer that is reached by SSH",
}
"""What the environment says where the pages do not run on the computer of the person who looks at them."""


def why_no_browser() -> str:
    """Say why nobody can sign in through the browser here; empty if it can be tried."""
    where = next((where for name, where in _ELSEWHERE.items() if os.environ.get(name)), "")
    if practice_only():
        where = "a training server"
    if not where:
        return ""
    return (
        f"Your browser cannot bring the sign-in back, because this program runs on {where} and not on the computer "
        "before you. Sign in in another way."
    )


class BrowserSignIn:
    """One sign-in under way: open `address` in a browser of this computer, then `wait`.

    Attributes
    ----------
    address
        The page of the node to sign in at.
    """

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._state, self._verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        self._listener = _Listener(self._state)
        self._redirect = f"http://127.0.0.1:{self._listener.server_port}{_PATH}"
        digest = hashlib.sha256(self._verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        try:
            self.address = issuer.page(self._redirect, self._state, challenge)
        except BaseException:
            self._listener.server_close()
            raise
        self._thread = Thread(target=self._listener.serve_forever, args=(_LOOK_SECONDS,), daemon=True)
        self._thread.start()

    def wait(self, seconds: float = LONGEST_SECONDS, given_up: Event | None = None) -> Credentials | None:
        """Return what the browser brought back, exchanged for tokens; None if it was given up.

        Raises
        ------
        Failure
            It came back with a refusal, or not in time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if given_up is not None and given_up.is_set():
                return None
            try:
                answer = self._listener.answers.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            return self._redeemed(answer)
        raise Failure("not-finished", self._issuer.title)

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def _redeemed(self, answer: Mapping[str, str]) -> Credentials:
        if "code" not in answer:
            raise self._issuer.refusal_of(answer)
        if answer.get("iss", self._issuer.url) != self._issuer.url:
            raise Failure("no-issuer", self._issuer.title)
        asked_at, grant = time.time(), Grant()
        grant.take(self._issuer.by_code(answer["code"], self._redirect, self._verifier), asked_at)
        return Credentials.of_grant(grant)


class _Listener(ThreadingHTTPServer):
    """Takes the one answer that carries the right state, on the loopback interface."""

    allow_reuse_address = False  # on Windows it would let another program listen on the same port
    daemon_threads = True

    def __init__(self, state: str) -> None:
        self.answers: Queue[Mapping[str, str]] = Queue()
        self._state = state
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind, without asking the network for the name of this computer."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def take(self, answer: Mapping[str, str]) -> bool:
        """Take an answer, unless it belongs to another sign-in."""
        if not hmac.compare_digest(answer.get("state", "").encode(), self._state.encode()):
            return False
        self.answers.put(answer)
        return True


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 30

    def do_GET(self) -> None:
        """Take the answer of the issuer, which comes as a query."""
        parts = urlsplit(self.path)
        if parts.path != _PATH:
            self._say(404, "There is nothing here.")
        elif self.server.take(dict(parse_qsl(parts.query))):
            self._say(200, "The answer of the node has arrived. Close this window, and go on where you came from.")
        else:
            self._say(400, "This answer belongs to another sign-in. Close this window, and begin again.")

    def log_message(self, *_: Any) -> None:
        """Say nothing: the address carries the code."""

    def _say(self, status: int, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)
