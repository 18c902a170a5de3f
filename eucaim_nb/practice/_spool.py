"""Parts of a request on their way to the store, as temporary files."""

import errno
import hashlib
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spooled:
    """A complete part of a request, in a temporary file that nothing refers to yet."""

    path: Path
    sha256: str
    bytes: int

    def discard(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)


class Spool:
    """Temporary files in one folder, which is emptied first: a killed process may have left some."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def write(self, chunks: Iterable[bytes]) -> Spooled:
        """Write a part to a temporary file as it arrives.

        Raises
        ------
        OSError
            The disk refused it.
        """
        path = self._folder / uuid.uuid4().hex
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("xb", buffering=0) as file:
                for chunk in chunks:
                    if file.write(chunk) != len(chunk):
                        raise OSError(errno.ENOSPC, "short write")
                    digest.update(chunk)
                    size += len(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Spooled(path, digest.hexdigest(), size)
