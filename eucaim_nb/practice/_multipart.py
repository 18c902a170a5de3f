"""multipart/related as a stream (RFC 2046, RFC 2387): parts are handed on while they arrive."""

import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser

_CHUNK = 1 << 20
_LONGEST_HEADERS = 64 * 1024
_AFTER_DELIMITER = re.compile(rb"(?P<last>--)|[ \t]{0,64}\r\n")


class MalformedMultipart(Exception):
    """The body is not multipart, or ends before its closing boundary."""


def content_type(value: str) -> tuple[str, dict[str, str]]:
    """Split a Content-Type header into its media type and its parameters, both names in lower case."""
    message = Message()
    message["Content-Type"] = value
    parameters = message.get_params([], unquote=True)
    return message.get_content_type() if "/" in value else "", {
        name.lower(): text for name, text in parameters[1:]
    }


class MultipartReader:
    """Reads the parts of a body one after the other.

    Only a line break, two hyphens and the boundary, followed by a line break or two more hyphens, end a part:
    the boundary may occur in the data in any other form. A part's own Content-Length is ignored, since the
    boundary is what counts.

    Parameters
    ----------
    read : callable
        Returns at most so many bytes, `b""` at the end.
    boundary : str
        As given in the Content-Type header.
    """

    def __init__(self, read: Callable[[int], bytes], boundary: str) -> None:
        self._read = read
        self._delimiter = b"\r\n--" + boundary.encode("latin-1")
        self._buffer = bytearray(b"\r\n")  # the first boundary may be the very beginning of the body
        self._last = False

    def parts(self) -> Iterator[tuple[Message, Iterator[bytes]]]:
        """Iterate over the headers and the data of each part. What is not read of the data is skipped.

        Raises
        ------
        MalformedMultipart
            There is no boundary, or the body ends before the closing one. Parts handed on completely before
            were complete.
        """
        for _ in self._until_boundary():  # the preamble
            pass
        while not self._last:
            headers = self._headers()
            data = self._until_boundary()
            yield headers, data
            for _ in data:
                pass

    def _until_boundary(self) -> Iterator[bytes]:
        """Yield what comes before the next boundary, and leave the buffer behind it."""
        buffer, delimiter = self._buffer, self._delimiter
        start = 0
        while True:
            at = buffer.find(delimiter, start)
            if at >= 0:
                ending = self._ending(at + len(delimiter))
                if ending is None:
                    start = at + 1
                    continue
                if at:
                    yield bytes(buffer[:at])
                self._last = ending.group("last") is not None
                # The line break of the boundary stays: it also ends the headers of a part that has none.
                del buffer[: ending.end() - (0 if self._last else 2)]
                return
            if (sure := len(buffer) - len(delimiter) + 1) > 0:
                yield bytes(buffer[:sure])
                del buffer[:sure]
            start = 0
            if not self._fill():
                raise MalformedMultipart("the body has no boundary line, or ends before the closing one")

    def _ending(self, position: int) -> re.Match[bytes] | None:
        """Return what follows a boundary at this position if that makes it a delimiter."""
        while True:
            match = _AFTER_DELIMITER.match(self._buffer, position)
            rest = bytes(self._buffer[position : position + 67])
            if match or len(rest) == 67 or rest.strip(b" \t") not in (b"", b"\r", b"-") or not self._fill():
                return match

    def _headers(self) -> Message:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _LONGEST_HEADERS or not self._fill():
                raise MalformedMultipart("the headers of a part do not end")
        raw = bytes(self._buffer[2:end] + b"\r\n\r\n") if end else b"\r\n"
        del self._buffer[: end + 4]
        return BytesParser().parsebytes(raw, headersonly=True)

    def _fill(self) -> bool:
        data = self._read(_CHUNK)
        self._buffer += data
        return bool(data)
