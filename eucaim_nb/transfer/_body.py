"""The body of a request made of files on disk, whose length is known before the first byte is sent."""

import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Protocol

PIECE = 2**20
"""Bytes read or handed over at once, at most."""


class Watch(Protocol):
    """Looks on while bytes flow."""

    def __call__(self, count: int = 0) -> None:
        """Be told that `count` bytes went; what is raised here ends the request."""


def nobody(count: int = 0) -> None:
    """Watch nothing."""


class FileChanged(Exception):
    """A file is gone, cannot be read, or is not what it was when the body was made."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file to send: how to open it, its size in bytes, and the time it was last changed, where that is known."""

    open: Callable[[], IO[bytes]]
    size: int
    mtime_ns: int | None = None

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open the file, and see before and after its use that it is the one that was announced.

        Raises
        ------
        FileChanged
            It is not.
        """
        try:
            file = self.open()
        except Exception as error:
            raise FileChanged from error
        with file:
            self._check(file)
            yield file
            self._check(file)
            if not is_file(file) and file.read(1):
                raise FileChanged

    def _check(self, file: IO[bytes]) -> None:
        if not is_file(file):
            return
        status = os.fstat(file.fileno())
        same_time = self.mtime_ns is None or status.st_mtime_ns == self.mtime_ns
        if not (stat.S_ISREG(status.st_mode) and status.st_size == self.size and same_time):
            raise FileChanged


def is_file(file: IO[bytes]) -> bool:
    """Tell whether what was opened is a file of the operating system, and not something that stands for one."""
    return isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO)


class Body(io.RawIOBase):
    """A body that is either read, holding at most one read of data in memory, or taken by its pieces.

    A new object is needed for each attempt: a body that was read is spent.

    Parameters
    ----------
    pieces
        Bytes, and files sent byte for byte, in this order.
    watch
        Told of every read; what it raises ends the request.
    """

    def __init__(self, pieces: Sequence[bytes | Part], watch: Watch = nobody) -> None:
        self.pieces = tuple(pieces)
        self._watch = watch
        self._next = iter(self.pieces)
        self._length = sum(len(one) if isinstance(one, bytes) else one.size for one in pieces)
        self._file: IO[bytes] = io.BytesIO()
        self._opened = ExitStack()
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
        data = self._read(PIECE if size < 0 else size)
        self._watch(len(data))
        return data

    def _read(self, size: int) -> bytes:
        while not self._left:
            self._opened.close()
            piece = next(self._next, None)
            if piece is None:
                return b""
            if isinstance(piece, bytes):
                self._file, self._left = io.BytesIO(piece), len(piece)
            else:
                self._file, self._left = self._opened.enter_context(piece.opened()), piece.size
        try:
            data = self._file.read(min(size, self._left))
        except Exception as error:
            # Whoever sends the body would take an error of a file or archive for one of the network.
            raise FileChanged from error
        if not data:
            raise FileChanged
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the file that is being read, if any; that it was not read to its end is no matter any more."""
        with suppress(FileChanged):
            self._opened.close()
        super().close()
