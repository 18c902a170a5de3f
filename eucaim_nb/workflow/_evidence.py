"""Keeping a file as evidence: a hashed copy in the workspace, never in place of another."""

import contextlib
import hashlib
import itertools
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.workspace import Workspace

MOST_BYTES = 200_000_000
_CHUNK = 1 << 20
_STEM_BYTES = 160


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that was kept; `path` is relative to the workspace."""

    path: str
    name: str
    sha256: str


def keep(workspace: Workspace, action_id: str, file: Path) -> Evidence:
    """Copy a file into `paperwork/<action id>/` and return what was kept.

    Raises
    ------
    SettingsError
        The file is missing, a folder, empty, larger than 200 MB or cannot be read.
    WorkspaceError
        The copy cannot be written.
    """
    source = file.expanduser()
    name = _printable(source.name)
    with _document(source, name) as stream:
        return _copy(workspace, action_id, stream, name)


def sha256_of(file: Path) -> str:
    """Return the digest of a file, or '' when it cannot be read."""
    try:
        with open(file, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


@contextlib.contextmanager
def _document(source: Path, name: str) -> Iterator[BinaryIO]:
    """Yield the open file, if it is a document that can be kept."""
    if source.is_dir():
        raise SettingsError(f"{name} is a folder. Choose one file; pack several into a ZIP archive.")
    try:
        # A named pipe must not keep us waiting for whoever writes to it.
        handle = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}. Choose a file that exists.") from error
    with open(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise SettingsError(f"{name} is no ordinary file. Choose a document.")
        if not found.st_size:
            raise SettingsError(f"{name} is empty. Choose the document that was meant.")
        if found.st_size > MOST_BYTES:
            raise SettingsError(
                f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Keep it where it is and write in the note "
                "where that is."
            )
        yield stream


def _copy(workspace: Workspace, action_id: str, stream: BinaryIO, name: str) -> Evidence:
    folder = workspace.folder / "paperwork" / action_id
    mode = stat.S_IMODE(workspace.folder.stat().st_mode)
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming.")
    except OSError as error:
        raise _cannot_write(error) from error
    digest = hashlib.sha256()
    try:
        with open(handle, "wb") as copy:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        target = _place(folder, name)
        os.chmod(temporary, mode & 0o666)
        os.replace(temporary, target)
    except OSError as error:
        raise _cannot_write(error) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return Evidence(target.relative_to(workspace.folder).as_posix(), name, digest.hexdigest())


def _place(folder: Path, name: str) -> Path:
    """Reserve a name that no file of the folder has."""
    stem, suffix = os.path.splitext(name)
    stem = stem.encode()[:_STEM_BYTES].decode(errors="ignore") or "document"
    suffix = suffix[:16]
    for number in itertools.count(1):
        target = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        return target
    raise AssertionError("unreachable")


def _printable(name: str) -> str:
    """Return a file name as text that can be stored and shown: names need not be valid text."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "_" for letter in text)


def _cannot_write(error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"The file cannot be kept in the workspace: {error.strerror}. Is the disk full or read-only?"
    )
