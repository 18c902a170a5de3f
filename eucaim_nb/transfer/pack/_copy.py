"""One file into the pack: a copy with its digest, or a link; what is there already is never written over."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing

_PIECE = 2**20


def put(source: BinaryIO, original: Path | None, target: Path) -> str:
    """Bring a file to its place, and return its SHA-256.

    Parameters
    ----------
    source
        The bytes.
    original
        The file to link to instead of copying; None copies.

    Raises
    ------
    WorkspaceError
        Another file has the place.
    OSError
        A file cannot be read or written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        digest = _digest(source)
        with target.open("rb") as there:
            if _digest(there) != digest:
                raise WorkspaceError(f"{target} is another file. Nothing is written over: choose a new folder.")
        return digest
    if original is not None:
        try:
            os.link(original, target)
            return _digest(source)
        except OSError:
            pass  # another disk, or one without links: then a copy
    with replacing(target, "wb") as copy:
        shutil.copyfileobj(source, copy, _PIECE)
    source.seek(0)
    digest = _digest(source)
    with target.open("rb") as there:
        if _digest(there) != digest:
            raise OSError(None, "the copy is not what was written")
    return digest


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    sha256 = hashlib.sha256()
    while piece := file.read(_PIECE):
        sha256.update(piece)
    return sha256.hexdigest()
