"""Where the bytes of an instance are: a file, or a member of an archive inside a file."""

import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

_IN_MEMORY = 16 * 2**20
"""Bytes of an archive member kept in memory before it goes to a temporary file."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file in the file system and, for archives, the names that lead to a member (one per archive level)."""

    path: Path
    members: tuple[str, ...] = ()

    @classmethod
    def of(cls, workspace_folder: Path, root: bytes, folder: bytes, name: bytes, member: str) -> "Place":
        """Build a place from a ledger row. A relative root lies in the workspace."""
        path = workspace_folder / os.fsdecode(root) / os.fsdecode(folder) / os.fsdecode(name)
        return cls(path, tuple(json.loads(member)) if member else ())

    def open(self) -> BinaryIO:
        """Open the bytes for reading, seekable.

        Raises
        ------
        OSError
            The file is gone or cannot be read.
        zipfile.BadZipFile, KeyError
            The archive changed since it was scanned.
        """
        if not self.members:
            return self.path.open("rb")
        with ExitStack() as stack:
            archive: BinaryIO = stack.enter_context(self.path.open("rb"))
            for name in self.members:
                zipped = stack.enter_context(zipfile.ZipFile(archive))
                archive = spool(zipped, zipped.getinfo(name))
            return archive

    def unchanged_since(self, mtime_ns: int, size: int) -> bool:
        """Tell whether the file is still the regular file that was indexed; for an archive, by its time alone."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        same_size = bool(self.members) or status.st_size == size
        return stat.S_ISREG(status.st_mode) and status.st_mtime_ns == mtime_ns and same_size

    def __str__(self) -> str:
        """Return the path as a person reads it: `scans.zip > IM0001`."""
        return " > ".join([shown(str(self.path)), *(shown(name) for name in self.members)])


def member_key(members: Sequence[str]) -> str:
    """Return how the ledger writes the way to a member; '' for a plain file."""
    return json.dumps(list(members)) if members else ""


def spool(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    """Unpack one member into a temporary file that forgets itself, never under a name of the archive's choosing.

    Raises
    ------
    OSError
        The archive cannot be read, or a bzip2 member is damaged.
    zipfile.BadZipFile
        The member cannot be unpacked, whatever zipfile or the decompressor raised.
    """
    spooled = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        with archive.open(member) as source:
            shutil.copyfileobj(source, spooled, 2**20)
    except BaseException as error:
        spooled.close()
        if isinstance(error, OSError) or not isinstance(error, Exception):
            raise
        raise zipfile.BadZipFile(f"Cannot unpack a member: {error}") from error
    spooled.seek(0)
    return cast(BinaryIO, spooled)


def shown(text: str) -> str:
    """Return a file name as printable text: undecodable bytes and control characters escaped."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
