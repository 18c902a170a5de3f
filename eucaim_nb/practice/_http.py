"""Requests, bodies and responses as the rooms of the practice nodes see them."""

import io
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from ._faults import Plan

CHUNK = 1 << 20


class Drop(Exception):
    """Close the connection without an answer."""


class BodyTruncated(Exception):
    """The client went away, or broke the transfer coding, before the body was complete."""


class BodyTooLarge(Exception):
    """More bytes arrived than the node accepts."""


class Body:
    """The body of a request, read as it arrives and never held as a whole.

    Parameters
    ----------
    stream : io.BufferedIOBase
        The connection, positioned behind the headers.
    length : int or None
        The declared number of bytes; `None` for the chunked transfer coding.
    before_first_read : callable
        Called once, before anything is read: the moment to send `100 Continue`.
    """

    def __init__(
        self,
        stream: io.BufferedIOBase,
        length: int | None,
        before_first_read: Callable[[], None] = lambda: None,
    ) -> None:
        self.length = length
        self.taken = 0
        self.limit: int | None = None  # BodyTooLarge above this
        self.drop_at: int | None = None  # Drop once this many bytes were read
        self.rate: float | None = None  # bytes per second
        self._stream = stream
        self._before_first_read = before_first_read
        self._started = False
        self._left = length or 0  # of the body, or of the current chunk
        self._ended = length == 0

    @property
    def ended(self) -> bool:
        """Whether everything was read."""
        return self._ended

    def read(self, size: int = CHUNK) -> bytes:
        """Return what has arrived, at most `size` bytes; `b""` at the end."""
        if self._ended:
            return b""
        if self.drop_at is not None and self.taken >= self.drop_at:
            raise Drop
        try:
            data = self._read(size)
        except OSError as error:
            raise BodyTruncated from error
        self.taken += len(data)
        if self.limit is not None and self.taken > self.limit:
            raise BodyTooLarge
        if self.rate:
            time.sleep(len(data) / self.rate)
        return data

    def all(self, limit: int = CHUNK) -> bytes:
        """Return the whole body, for the small ones.

        Raises
        ------
        BodyTooLarge
            It has more than `limit` bytes.
        """
        data = bytearray()
        while chunk := self.read():
            data += chunk
            if len(data) > limit:
                raise BodyTooLarge
        return bytes(data)

    def drain(self, limit: int | None = None) -> bool:
        """Read and forget the rest, unless it has more than `limit` bytes; return whether the end was reached."""
        if limit is not None and self.length is not None and self.length - self.taken > limit:
            return False
        while not self._ended and (limit is None or limit > 0):
            taken = len(self.read())
            limit = None if limit is None else limit - taken
        return self._ended

    def _read(self, size: int) -> bytes:
        if not self._started:
            self._started = True
            self._before_first_read()
        if self.length is None and self._left == 0 and not self._next_chunk():
            return b""
        if self.rate:
            size = min(size, max(1, int(self.rate / 10)))
        if self.drop_at is not None:
            size = min(size, self.drop_at - self.taken)
        data = self._stream.read1(min(size, self._left))
        if not data:
            raise BodyTruncated
        self._left -= len(data)
        if self._left == 0:
            if self.length is None:
                self._stream.read(2)
            else:
                self._ended = True
        return data

    def _next_chunk(self) -> bool:
        line = self._stream.readline(1024)
        try:
            self._left = int(line.partition(b";")[0], 16)
        except ValueError:
            raise BodyTruncated from None
        if self._left < 0:
            raise BodyTruncated
        if self._left == 0:
            while self._stream.readline(1024).strip():  # trailers
                pass
            self._ended = True
        return not self._ended


@dataclass(slots=True)
class Request:
    """One request, with its path relative to the room that answers it."""

    method: str
    path: str
    query_string: str
    headers: Message
    body: Body
    base: str
    plan: Plan
    room: str = ""
    stored: int = 0

    @property
    def segments(self) -> list[str]:
        """The decoded parts of the path, without empty ones."""
        return [unquote(part) for part in self.path.split("/") if part]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query, in order, with repeated names kept."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def header(self, name: str) -> str:
        """The value of a header, empty if it was not sent."""
        return str(self.headers.get(name, ""))


@dataclass(slots=True)
class Response:
    """An answer; `length` is needed when the body is not bytes, else it is sent chunked."""

    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    rate: float | None = None  # bytes per second
    cut: int | None = None  # close the connection after so many bytes of the body


class Room(Protocol):
    """What answers the requests below one prefix."""

    def service(self, request: Request) -> str | None:
        """Name the service whose faults apply, `None` when nothing may go wrong here."""

    def __call__(self, request: Request) -> Response:
        """Answer."""


def read_json(text: str | bytes) -> Any:
    """Read JSON whose texts can be written again.

    Raises
    ------
    ValueError
        It is not JSON, is nested too deep, or escapes half of a surrogate pair.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error
    return value


def json_response(status: int, value: Any, content_type: str = "application/json") -> Response:
    """Answer with a JSON document."""
    return Response(status, json.dumps(value).encode(), content_type)


def problem(status: int, text: str) -> Response:
    """Answer with a sentence for the person who reads the client's log."""
    return json_response(status, {"error": text})


def accepts(request: Request, *media_types: str) -> bool:
    """Tell whether the client takes one of these media types."""
    accept = request.header("Accept") or "*/*"
    offered = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    families = {media_type.partition("/")[0] + "/*" for media_type in media_types}
    return bool(offered & {"*/*", *media_types, *families})
