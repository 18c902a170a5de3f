"""The DICOMweb room in front of a real server: requests pass through, and the faults still apply."""

import contextlib
import hashlib
import http.client
import json
import ssl
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from . import _stow
from ._dicomweb import service_of
from ._header import Header
from ._http import CHUNK, Body, Request, Response, problem
from ._login import Door
from ._multipart import MultipartReader, content_type
from ._spool import Spool, Spooled
from ._store import Verdict

# It would have to take a request apart and put it together again, or to change the server's answer.
UNAVAILABLE = frozenset({"stow:partial", "stow:renamed", "stow:warned", "stow:xml"})

_HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_NOT_FORWARDED = _HOP_BY_HOP | {"host", "authorization", "content-length", "expect", "origin"}
_NOT_RETURNED = _HOP_BY_HOP | {"content-length", "content-type", "server", "date"}
_TIMEOUT = 300  # seconds
_FAKED = ("lost", "empty", "disk-full")


class Upstream:
    """The real DICOMweb server.

    Parameters
    ----------
    url : str
        Its DICOMweb root. A user and password in it are sent as Basic authentication, and shown nowhere.

    Raises
    ------
    ValueError
        It is not an http or https address.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of the DICOMweb server must begin with http:// or https://")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._root = parts.path.rstrip("/")
        self._login = ""
        if parts.username is not None:
            account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._login = "Basic " + b64encode(account.encode()).decode()

    def connect(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=_TIMEOUT, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)

    def send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: dict[str, str],
        body: Body | None = None,
    ) -> http.client.HTTPResponse:
        """Send a request with a streamed body, and return the answer as soon as its headers are here."""
        if self._login:
            headers = headers | {"Authorization": self._login}
        chunked = body is not None and body.length is None
        if body is not None:
            headers = headers | (
                {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(body.length)}
            )
        # A server may answer before it has read everything, as with 413: its answer can still be read.
        with contextlib.suppress(BrokenPipeError):
            pieces = None if body is None else _pieces(body)
            connection.request(method, self._root + path, pieces, headers, encode_chunked=chunked)
        return connection.getresponse()

    def get(self, path: str, accept: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Get a resource.

        Raises
        ------
        OSError
            The server did not answer 200.
        """
        connection = self.connect()
        response = self.send(connection, "GET", path, {"Accept": accept})
        if response.status != 200:
            connection.close()
            raise OSError(f"the server answered {response.status}")
        return connection, response


class DicomWebProxy:
    """Passes DICOMweb on to a real server. Addresses inside its answers stay the server's own."""

    def __init__(self, upstream: Upstream, spool: Spool, door: Door) -> None:
        self._upstream = upstream
        self._spool = spool
        self._door = door

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return service_of(request)

    def __call__(self, request: Request) -> Response:
        """Pass one request on, or answer it here when a fault says what the server would have said."""
        if refusal := self._door.refusal(request, storing=request.method == "POST"):
            return refusal
        if request.method == "POST" and any(request.plan.peek(effect) for effect in _FAKED):
            return _stow.store_instances(request, self._spool, _never)
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED
        }
        path = request.path + (f"?{request.query_string}" if request.query_string else "")
        connection = self._upstream.connect()
        has_body = request.body.length != 0 or request.method in ("POST", "PUT")
        try:
            answer = self._upstream.send(
                connection, request.method, path, headers, request.body if has_body else None
            )
        except (OSError, http.client.HTTPException):
            connection.close()
            return problem(502, "the DICOMweb server behind this node does not answer")
        except BaseException:
            connection.close()
            raise
        return Response(
            answer.status,
            _stream(connection, answer),
            answer.headers.get("Content-Type", ""),
            {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_RETURNED},
            answer.length,
        )


class UpstreamHoldings:
    """What the real server holds, found by asking it for everything, which is slow."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def list(self) -> list[dict[str, Any]]:
        """List every instance as study, series, sop, sha256 and bytes."""
        listed = []
        for (study,) in self._uids("/studies", "0020000D"):
            for series, sop in self._uids(f"/studies/{quote(study)}/instances", "0020000E", "00080018"):
                sha256, size = self._fingerprint(study, series, sop)
                listed.append({"study": study, "series": series, "sop": sop, "sha256": sha256, "bytes": size})
        return listed

    def _uids(self, path: str, *tags: str) -> Iterator[tuple[str, ...]]:
        connection, response = self._upstream.get(path, "application/dicom+json")
        try:
            found = cast(list[dict[str, Any]], json.loads(response.read()))
        finally:
            connection.close()
        for item in found:
            yield tuple(str(item[tag]["Value"][0]) for tag in tags)

    def _fingerprint(self, study: str, series: str, sop: str) -> tuple[str, int]:
        path = f"/studies/{quote(study)}/series/{quote(series)}/instances/{quote(sop)}"
        accept = 'multipart/related; type="application/dicom"; transfer-syntax=*'
        connection, response = self._upstream.get(path, accept)
        digest, size = hashlib.sha256(), 0
        try:
            _, parameters = content_type(response.headers.get("Content-Type", ""))
            for _, data in MultipartReader(response.read1, parameters["boundary"]).parts():
                for chunk in data:
                    digest.update(chunk)
                    size += len(chunk)
        finally:
            connection.close()
        return digest.hexdigest(), size


def _pieces(body: Body) -> Iterator[bytes]:
    while data := body.read():
        yield data


def _stream(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while data := answer.read1(CHUNK):
            yield data
    finally:
        connection.close()


def _never(spooled: Spooled, header: Header) -> Verdict:
    raise AssertionError("a faked answer stores nothing")
