"""The body of a request made of files on disk, whose length is known before the first byte is sent."""

import io
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


class Body(io.RawIOBase):
    """A readable body that holds at most one read of data in memory.

    A new object is needed for each attempt: a body that was read is spent.

    Parameters
    ----------
    pieces
        Bytes, and files sent byte for byte, in this order.
    watch
        Called before every read; what it raises ends the request.
    """

    def __init__(self, pieces: Sequence[bytes | Part], watch: Callable[[], None] = lambda: None) -> None:
        self._watch = watch
        self._pieces = list(reversed(pieces))
        self._length = sum(len(one) if isinstance(one, bytes) else one.size for one in pieces)
        self._buffer: IO[bytes] = io.BytesIO()
        self._file: IO[bytes] | None = None
        self._left = 0

    def __len__(self) -> int:
        """Return the length of the whole body in bytes."""
        return self._length

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; less than asked for only where a piece begins or ends.

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
            elif not self._pieces:
                break
            else:
                piece = self._pieces.pop()
                if isinstance(piece, bytes):
                    self._buffer = io.BytesIO(piece)
                    data = self._buffer.read(size)
                else:
                    self._file, self._left = piece.open(), piece.size
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
