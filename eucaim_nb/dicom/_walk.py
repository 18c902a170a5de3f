"""Walk a folder without being led astray: regular files only, links not followed, every surprise reported."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import ProblemRecord

_NOT_A_FILE = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


@dataclass(slots=True)
class Folder:
    """One folder of a source: `path` relative to the root, its regular files, and what is odd about other entries."""

    path: bytes
    files: list[tuple[bytes, os.stat_result]] = field(default_factory=list)
    odd: list[tuple[bytes, ProblemRecord]] = field(default_factory=list)
    unreadable: ProblemRecord | None = None


def check_root(root: Path) -> None:
    """Raise `WorkspaceError` unless `root` is a folder that can be listed."""
    try:
        with os.scandir(root):
            return
    except FileNotFoundError:
        raise WorkspaceError(
            f"There is no folder {root}. Check the path, or whether the drive is connected."
        ) from None
    except NotADirectoryError:
        raise WorkspaceError(f"{root} is a file. Choose the folder it lies in.") from None
    except OSError as error:
        raise WorkspaceError(
            f"The folder {root} cannot be read: {error.strerror}. Ask for read permission."
        ) from error


def walk(root: Path, skip: Path | None = None) -> Iterator[Folder]:
    """Yield every folder below `root`, in the order of names, each with the files in it.

    Parameters
    ----------
    root
        Folder to start from.
    skip
        A folder not to enter: the workspace, when it lies inside the root.
    """
    pending = [b""]
    base = os.fsencode(root)
    skipped = None if skip is None else os.fsencode(skip)
    while pending:
        path = pending.pop()
        full = os.path.join(base, path) if path else base
        if full == skipped:
            continue
        folder = Folder(path)
        below = _list(folder, full, path)
        pending.extend(reversed(below))
        yield folder


def _list(folder: Folder, full: bytes, path: bytes) -> list[bytes]:
    below: list[bytes] = []
    try:
        with os.scandir(full) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        folder.unreadable = ProblemRecord(
            "unreadable folder",
            f"This folder cannot be read: {error.strerror}. Ask for read permission and scan again.",
        )
        return below
    for entry in listed:
        try:
            if entry.is_dir(follow_symlinks=False):
                below.append(os.path.join(path, entry.name))
                continue
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            folder.odd.append((entry.name, vanished_or_unreadable(error)))
            continue
        if stat.S_ISREG(status.st_mode):
            folder.files.append((entry.name, status))
        elif stat.S_ISLNK(status.st_mode):
            message = "This is a link to another place. Links are not followed: scan what it points to."
            folder.odd.append((entry.name, ProblemRecord("link", message, "symbolic link")))
        else:
            what = _NOT_A_FILE.get(stat.S_IFMT(status.st_mode), "special file")
            message = f"This is a {what}, not a file. It was left alone."
            folder.odd.append((entry.name, ProblemRecord("not a file", message, what)))
    return below


def vanished_or_unreadable(error: OSError) -> ProblemRecord:
    """Say why a file that was listed could not be read."""
    if isinstance(error, FileNotFoundError):
        return ProblemRecord(
            "vanished", "This file disappeared during the scan. Scan again when nothing writes there."
        )
    return ProblemRecord(
        "unreadable file",
        f"This file cannot be read: {error.strerror}. Ask for read permission and scan again.",
    )
