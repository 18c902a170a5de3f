"""Copies of files that lack their preamble, the one flaw with one right answer; the copy's name ends with .dcm."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import pack

from eucaim_nb.dicom import HeaderError, Place, ProblemKind, outline, read_header, scan
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

FOLDER = "normalised"
_MOST_BYTES = 2 * 1024**3
_PREAMBLE = b"\0" * 128 + b"DICM"
_IMPLICIT, _EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
_IMPLEMENTATION = "1.2.826.0.1.3680043.10.1457.1"


@dataclass(frozen=True, slots=True)
class NormaliseSummary:
    """How many copies were written, and how many files have no one right answer and were left as they are."""

    written: int
    refused: int


def normalise(workspace: Workspace, *, progress: Progress | None = None) -> NormaliseSummary:
    """Write a copy with preamble and file meta information of each file that lacks them, and index the copies.

    Nothing else of a file changes, and originals stay as they are. A file is refused where it cannot be told how its
    pixel data are written, or where the copy would have another flaw. The copies lie in `normalised/`; the audit trail
    says how many there are.

    Raises
    ------
    WorkspaceError
        The workspace cannot be written.
    """
    progress = progress or silent()
    written = refused = 0
    progress.begin("Writing normalised copies", unit="files")
    for place, target in _bare(workspace):
        copy = _with_preamble(place)
        if copy is None:
            refused += 1
        else:
            _write(target, copy)
            written += 1
        progress.advance()
    if written:
        scan(workspace, [workspace.folder / FOLDER], progress=progress)
        workspace.ledger.events.record(
            "normalised copies", written=written, refused=refused, added="preamble, .dcm"
        )
    return NormaliseSummary(written, refused)


def _bare(workspace: Workspace) -> Iterator[tuple[Place, Path]]:
    """Yield each original without preamble, and where its copy belongs."""
    ids = workspace.originals()
    places = {root: str(number) for number, root, _ in workspace.ledger.index.sources()}
    for number, (root, folder, name, member, problem) in enumerate(workspace.ledger.index.problems(ids)):
        if problem.kind == ProblemKind.NO_PREAMBLE and problem.usable and os.fsdecode(root) != FOLDER:
            base = os.fsdecode(name)
            stem = base[:-4] if base.lower().endswith(".dcm") else base
            inside = f"{stem}-{number}.dcm" if member else f"{stem}.dcm"
            target = workspace.folder / FOLDER / places[root] / os.fsdecode(folder) / inside
            yield Place.of(workspace.folder, root, folder, name, member), target


def _with_preamble(place: Place) -> bytes | None:
    """Return the bytes of a sound copy; None if there is no one right answer."""
    try:
        with place.open() as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            return None
        if data.startswith(b"\x02\0"):
            copy = _PREAMBLE + data
        else:
            values = read_header(io.BytesIO(data)).values
            explicit = data[4:6].isalpha() and data[4:6].isupper()
            meta = _file_meta(
                values["SOPClassUID"], values["SOPInstanceUID"], _EXPLICIT if explicit else _IMPLICIT
            )
            copy = _PREAMBLE + meta + data
        if read_header(io.BytesIO(copy)).problems:
            return None
    except (OSError, KeyError, ValueError, HeaderError):
        return None
    found = outline(copy, len(copy), lambda offset, length: copy[offset : offset + length])
    # Fragments without a declared transfer syntax may be in any of many.
    if found is None or found.end != len(copy) or (found.fragments and not data.startswith(b"\x02\0")):
        return None
    return copy


def _file_meta(sop_class: str, sop_instance: str, syntax: str) -> bytes:
    """Return a file meta group (PS3.10 section 7.1)."""
    elements = pack("<HH2s2xI2s", 2, 1, b"OB", 2, b"\0\1")
    for element, uid in ((2, sop_class), (3, sop_instance), (0x10, syntax), (0x12, _IMPLEMENTATION)):
        value = uid.encode("ascii")
        value += b"\0" * (len(value) % 2)
        elements += pack("<HH2sH", 2, element, b"UI", len(value)) + value
    return pack("<HH2sHI", 2, 0, b"UL", 4, len(elements)) + elements


def _write(target: Path, copy: bytes) -> None:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(target, "wb") as file:
            file.write(copy)
    except OSError as error:
        raise WorkspaceError(
            f"A normalised copy cannot be written to the workspace: {error.strerror}. Make room or mend the "
            f"permissions."
        ) from error
