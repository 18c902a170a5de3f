"""Writing a report: whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from eucaim_nb.errors import WorkspaceError


def write(path: Path, text: str) -> Path:
    """Write a text file in place of what was there, and return its path.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise WorkspaceError(
            f"The report {path.name} cannot be written to the workspace: {error.strerror}. Make room or mend the "
            "permissions, then run this again."
        ) from error
    return path
