"""Writing a report: whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing


def write(path: Path, text: str) -> Path:
    """Write a text file in place of what was there, and return its path.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The same bytes on every system: digests and seals are of bytes.
        with replacing(path, newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise WorkspaceError(
            f"The report {path.name} cannot be written to the workspace: {error.strerror}. Make room or mend the "
            "permissions, then run this again."
        ) from error
    return path


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write the content of a report for programs, as `write` does."""
    return write(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
