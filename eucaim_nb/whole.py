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
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix or f".{path.name}.")  # mode 0600
    try:
        with open(handle, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def written_first(path: Path, text: str) -> bool:
    """Write a file that only its owner can read, unless it is there already; of several at once one succeeds.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
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
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
