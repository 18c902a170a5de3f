"""The bytes of a file around one place, read only when they are needed.

On a cold disk the size of the first read decides how long a header takes: 8 KiB hold most headers whole.
"""

import io
import zlib
from typing import IO

from ._problems import HeaderError, ProblemKind

CHUNK = 8 * 1024

# A bomb of 1 MiB inflates to a gigabyte: headers are looked for in what is kept, the rest is only counted.
KEPT_WHEN_INFLATED = 16 * 1024**2
LARGEST_WHEN_INFLATED = 256 * 1024**2


class Window:
    """A piece of a stream, `data`, that begins at offset `base` of that stream.

    Attributes
    ----------
    data : bytes
    base : int
        Where `data` begins, bytes from the start of the stream.
    size : int
        Length of the whole stream in bytes.
    """

    __slots__ = ("base", "data", "size", "stream")

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.size = stream.seek(0, io.SEEK_END)
        self.base = 0
        self.data = b""
        self.move_to(0)

    def move_to(self, offset: int) -> None:
        """Make `data` begin at `offset`."""
        self.data = self._read_stream(offset, CHUNK)
        self.base = offset

    def read(self, offset: int, length: int) -> bytes:
        """Return the `length` bytes at `offset`, fewer only at the end of the stream."""
        begin = offset - self.base
        if begin >= 0 and begin + length <= len(self.data):
            return self.data[begin : begin + length]
        return self._read_stream(offset, min(length, self.size - offset))

    def _read_stream(self, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        self.stream.seek(offset)
        data = self.stream.read(length)
        while len(data) < length and (more := self.stream.read(length - len(data))):
            data += more
        return data


class _Inflated(io.BytesIO):
    """The kept beginning of a longer stream, which says how long the whole would be."""

    def __init__(self, kept: bytes, size: int) -> None:
        super().__init__(kept)
        self._size = size

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:
            return self._size + offset
        return super().seek(offset, whence)


def inflate(window: Window, offset: int) -> Window:
    """Return a window on what the deflated bytes from `offset` to the end hold (PS3.5 section A.5).

    A stream that is cut short gives what can be inflated, so that its size tells of the loss.

    Raises
    ------
    HeaderError
        The bytes are not deflated, or would inflate to more than `LARGEST_WHEN_INFLATED`.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    kept = bytearray()
    size = 0
    while not inflater.eof:
        piece = inflater.unconsumed_tail or window.read(offset, CHUNK)
        if not inflater.unconsumed_tail:
            offset += len(piece)
        if not piece:
            break
        try:
            inflated = inflater.decompress(piece, max_length=1024**2)
        except zlib.error as error:
            message = "The deflated file is damaged and cannot be inflated. Export it again from the PACS."
            raise HeaderError(ProblemKind.UNREADABLE, message) from error
        size += len(inflated)
        if len(kept) < KEPT_WHEN_INFLATED:
            kept += inflated
        if size > LARGEST_WHEN_INFLATED:
            raise HeaderError(
                ProblemKind.TOO_LARGE_WHEN_INFLATED,
                f"The deflated file grows beyond {LARGEST_WHEN_INFLATED // 1024**2} MiB when inflated. "
                "Export it again from the PACS in a syntax that is not deflated.",
            )
    return Window(_Inflated(bytes(kept), size))
