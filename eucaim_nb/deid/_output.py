"""Where a de-identified instance is written, and how: whole or not at all, and never in place of another."""

import contextlib
import hashlib
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing

from ._engine import Treated
from ._rewrite import Piece

_PREFIX = ".incoming."
_OURS = re.compile(r"[^/]+/[0-9a-f]{10}/[0-9a-f]{10}/[0-9a-f]{12}\.dcm")
_HEAD_BYTES = 1024
"""The file meta information that this program writes, with the SOP Instance UID, is shorter than that."""


@dataclass(frozen=True, slots=True)
class Written:
    """An output on disk: size in bytes, modification time in ns, SHA-256 in hexadecimal digits."""

    size: int
    mtime_ns: int
    sha256: str


def name_of_output(treated: Treated) -> str:
    """Return the path of an output below the folder of outputs, with '/': it follows from the new UIDs alone."""
    study, series, sop = (_short(uid) for uid in (treated.study_uid, treated.series_uid, treated.sop_uid))
    return f"{treated.patient[1]}/{study[:10]}/{series[:10]}/{sop[:12]}.dcm"


def is_ours(output: str) -> bool:
    """Tell whether a path below a folder has the form that `name_of_output` gives."""
    return bool(_OURS.fullmatch(output))


def is_another(path: Path, sop_uid: str) -> bool:
    """Tell whether a DICOM file is there that holds another instance."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            return head[128:132] == b"DICM" and sop_uid.encode() not in head
    except FileNotFoundError:
        return False


def write(path: Path, pieces: Sequence[Piece]) -> Written:
    """Write an output, closed to other users.

    Raises
    ------
    WorkspaceError
        The disk is full or the folder cannot be written.
    """
    digest = hashlib.sha256()
    try:
        _make_folders(path.parent)
        with replacing(path, "wb", prefix=_PREFIX) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        status = path.stat()
    except OSError as error:
        raise WorkspaceError(
            f"De-identified images cannot be written to the workspace: {error.strerror}. Make room or mend the "
            "permissions, then run this again to go on."
        ) from error
    return Written(status.st_size, status.st_mtime_ns, digest.hexdigest())


def read_back(path: Path, pieces: Sequence[Piece]) -> bytes | None:
    """Return what stands in an output, None if it is not what was written or cannot be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    here = 0
    for piece in pieces:
        if not data.startswith(piece, here):
            return None
        here += len(piece)
    return data if here == len(data) else None


def sweep(folder: Path, wanted: Collection[str] | None = None) -> None:
    """Remove what an interrupted run left behind, and outputs that are not wanted any more; foreign files stay.

    Parameters
    ----------
    wanted
        Outputs to keep, as `name_of_output` gives them; None keeps all.
    """
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place, name)
            output = path.relative_to(folder).as_posix()
            left_over = name.startswith(_PREFIX)
            if left_over or (wanted is not None and output not in wanted and _OURS.fullmatch(output)):
                path.unlink(missing_ok=True)
        if Path(place) != folder:
            with contextlib.suppress(OSError):  # not empty
                os.rmdir(place)


def _make_folders(folder: Path) -> None:
    if not folder.is_dir():
        for level in reversed([folder, *list(folder.parents)[:2]]):
            level.mkdir(mode=0o700, exist_ok=True)


def _short(uid: str) -> str:
    return hashlib.sha256(uid.encode()).hexdigest()
