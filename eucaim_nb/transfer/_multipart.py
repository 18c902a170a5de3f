"""A multipart/related body (RFC 2387) over files on disk, whose length is known before the first byte is sent."""

import io
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Part:
    """One file to send: how to open it, and its size in bytes."""

    open: Callable[[], IO[bytes]]
    size: int


class FileChanged(Exception):
    """A file is gone, cannot be read, or is longer or shorter than it was when the body was made."""


class MultipartBody(io.RawIOBase):
    """A readable body of DICOM parts that holds at most one read of data in memory.

    A new object is needed for each attempt: a body that was read is spent.

    Parameters
    ----------
    parts
        The files, sent byte for byte in this order.
    watch
        Called before every read; what it raises ends the request.
    """

    def __init__(self, parts: Sequence[Part], watch: Callable[[], None] = lambda: None) -> None:
        self.boundary = uuid.uuid4().hex
        self._watch = watch
        self._heads = [
            f"{'' if i == 0 else chr(13) + chr(10)}--{self.boundary}\r\nContent-Type: application/dicom\r\n"
            f"Content-Length: {part.size}\r\n\r\n".encode()
            for i, part in enumerate(parts)
        ]
        self._end = f"\r\n--{self.boundary}--\r\n".encode()
        self._parts = list(parts)
        self._length = sum(map(len, self._heads)) + sum(part.size for part in parts) + len(self._end)
        self._next = 0
        self._buffer: IO[bytes] = io.BytesIO()
        self._file: IO[bytes] | None = None
        self._left = 0

    @property
    def content_type(self) -> str:
        """Value for the Content-Type header (PS3.18 section 8.6.1.2.2)."""
        return f'multipart/related; type="application/dicom"; boundary={self.boundary}'

    def __len__(self) -> int:
        """Return the length of the whole body in bytes."""
        return self._length

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; less than asked for only where a part begins or ends.

        Raises
        ------
        FileChanged
            A file cannot be read, or does not have the size it was announced with.
        """
        self._watch()
        try:
            return self._read(2**20 if size < 0 else size)
        except FileChanged:
            raise
        except Exception as error:
            # Whoever sends the body would take an error of a file or archive for one of the network.
            raise FileChanged from error

    def _read(self, size: int) -> bytes:
        data = self._buffer.read(size)
        while not data:
            if self._file is not None:
                data = self._read_file(size)
            elif self._next < len(self._parts):
                self._file, self._left = self._parts[self._next].open(), self._parts[self._next].size
                self._buffer = io.BytesIO(self._heads[self._next])
                self._next += 1
                data = self._buffer.read(size)
            elif self._end:
                self._buffer, self._end = io.BytesIO(self._end), b""
                data = self._buffer.read(size)
            else:
                break
        return data

    def _read_file(self, size: int) -> bytes:
        assert self._file is not None
        data = self._file.read(min(size, self._left)) if self._left else b""
        self._left -= len(data)
        if not data:
            longer = self._file.read(1)
            self._file.close()
            self._file = None
            if self._left or longer:
                raise FileChanged
        return data

    def close(self) -> None:
        """Close the file that is being read, if any."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()
