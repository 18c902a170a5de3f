"""Files written whole or not at all: under another name first, then put in place at once."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)


@contextlib.contextmanager
def replacing(path: Path, mode: str = "w", *, prefix: str = "", **options: Any) -> Iterator[IO[Any]]:
    """Give a file to write to; it takes the place of `path`, closed to other users, when all went well.

    Parameters
    ----------
    mode, options
        As for `open`; text is UTF-8 unless another encoding is named.
    prefix
        How the name begins until then; `.` and the name of the file if left out.

    Raises
    ------
    OSError
        The folder cannot be written; what was there stays.
    """
    if "b" not in mode:
        options.setdefault("encoding", "utf-8")
    with _beside(path, prefix or f".{path.name}.", mode, options) as (file, temporary):
        yield file
        _settle(file)
        os.replace(temporary, path)


def written_first(path: Path, text: str) -> bool:
    """Write a file that only its owner can read, unless it is there already; of several at once one succeeds.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    with _beside(path, f".{path.name}.", "w", {"encoding": "utf-8"}) as (file, temporary):
        file.write(text)
        _settle(file)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # Some network shares know no links: then two first writers at the same instant are not kept apart.
            if path.exists():
                return False
            os.replace(temporary, path)
    return True


@contextlib.contextmanager
def _beside(path: Path, prefix: str, mode: str, options: dict[str, Any]) -> Iterator[tuple[IO[Any], str]]:
    """Give a file in the same folder, closed to other users, and its name; what is left of it goes in the end."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix)  # mode 0600
    try:
        with open(handle, mode, **options) as file:
            yield file, temporary
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _settle(file: IO[Any]) -> None:
    """Bring what was written to the disk; then close it, as Windows moves no open file."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
