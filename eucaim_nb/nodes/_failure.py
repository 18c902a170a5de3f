"""Why a node cannot be used, told from what went wrong on the way to it."""

import socket
import ssl
from typing import TypeVar

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.reference import causes

_E = TypeVar("_E", bound=BaseException)

# X509_V_ERR_… of OpenSSL.
_CERTIFICATES = {
    9: "certificate-too-new",
    10: "certificate-expired",
    62: "other-name",
    64: "other-name",
}
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_DEPTH = 8


class Failure(NodeError):
    """A node cannot be used, for one of the causes in `reference/failures.toml`.

    Attributes
    ----------
    cause
        Its id.
    happened, do
        The two halves of the text.
    """

    def __init__(self, cause: str, title: str, **told: object) -> None:
        known = causes()[cause]
        self.cause, self.pauses = cause, known.pauses
        self.happened = known.happened.format(title=title, **told)
        self.do = known.do.format(title=title, **told)
        super().__init__(f"{self.happened} {self.do}")


class NoData(requests.RequestException):
    """Something else came where a node answers with data."""


class WebPage(NoData):
    """A web page came."""


class SentElsewhere(NoData):
    """The answer sends the request on to another computer."""

    def __init__(self, host: str, response: requests.Response) -> None:
        super().__init__(response=response)
        self.host = host


def explain(error: requests.RequestException, title: str) -> Failure:
    """Say why a node could not be reached, without its URL or credentials."""
    if isinstance(error, SentElsewhere):
        return Failure("sent-elsewhere", title, host=error.host)
    cause = _cause_of(error)
    return Failure(cause, title, **({"kind": type(error).__name__} if cause == "other" else {}))


def _cause_of(error: requests.RequestException) -> str:
    if isinstance(error, WebPage):
        return "web-page"
    if isinstance(error, requests.exceptions.SSLError):
        return _distrust(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return _proxy(error)
    if isinstance(error, requests.exceptions.Timeout):
        return "no-answer-in-time"
    if not isinstance(error, requests.exceptions.ConnectionError):
        return "other"
    if _inside(error, socket.gaierror):
        return "no-such-name"
    if _inside(error, ssl.SSLError):
        return _distrust(error)
    if _inside(error, TimeoutError):
        return "no-answer-in-time"
    refused = _inside(error, OSError)
    return "nothing-answers" if refused is None or _never_connected(refused) else "cut-off"


def _never_connected(error: OSError) -> bool:
    return not isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError)


def _proxy(error: BaseException) -> str:
    said = str(error)  # urllib3 keeps the status of a CONNECT in words only
    if "407" in said:
        return "proxy-password"
    return "proxy-refuses" if "Tunnel connection failed" in said else "proxy-not-there"


def _distrust(error: BaseException) -> str:
    """Return why an encrypted connection was refused here."""
    certificate = _inside(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return _CERTIFICATES.get(certificate.verify_code, "unknown-authority")
    reason = str(getattr(_inside(error, ssl.SSLError), "reason", ""))
    return "not-encrypted" if reason in _NOT_TLS else "old-encryption"


def _inside(error: object, kind: type[_E], depth: int = 0) -> _E | None:
    """Find the error of a kind below those that requests and urllib3 wrapped around it."""
    if isinstance(error, kind) and not isinstance(error, requests.RequestException):
        return error
    if not isinstance(error, BaseException) or depth > _DEPTH:
        return None
    inside = (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__)
    return next(filter(None, (_inside(one, kind, depth + 1) for one in inside)), None)
