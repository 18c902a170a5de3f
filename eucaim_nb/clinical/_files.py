"""The files of the phase: written whole, and listed with their digests, so that an upload knows what is current."""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

from eucaim_nb.cells import defused
from eucaim_nb.clinical_files import ExportFile, exported_files, listing
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._apply import Prepared
from ._finding import Finding

FOLDER = "clinical"
_AT_ONCE = 5000


def exported(workspace: Workspace) -> list[ExportFile]:
    """Return the exports that are current: those of the last preparation, if nothing stood in their way."""
    return exported_files(workspace.folder)


def write_exports(workspace: Workspace, made: Iterable[tuple[str, str, Iterable[bytes]]]) -> list[ExportFile]:
    """Write `(kind, file, pieces)` in place of the exports of the last preparation, which are removed."""
    folder = workspace.folder / FOLDER
    before = {one.file for one in exported(workspace)}
    files = []
    for kind, name, pieces in made:
        sha256, size = write(folder / name, pieces)
        files.append(ExportFile(kind, name, sha256, size))
    name, content = listing(files)
    write(folder / name, [content])
    for name in before - {one.file for one in files}:
        (folder / name).unlink(missing_ok=True)
    return files


def write_private(workspace: Workspace, prepared: Prepared, findings: Sequence[Finding]) -> None:
    """Write what names patients: every finding with its value, and who has images, a row, or both."""
    private = workspace.folder / "private"
    _table(
        private / "clinical_findings.csv",
        ("Row", "Column", "Variable", "Severity", "Rule", "Value", "Message", "What to do"),
        ((str(row), *said) for one in findings for said in (_said(one),) for row in one.rows or ("",)),
    )
    sides: Mapping[str, Sequence[str]] = {
        "images and table": prepared.both,
        "images only": prepared.images_only,
        "table only": prepared.clinical_only,
    }
    _table(
        private / "clinical_subjects.csv",
        ("PatientID", "In"),
        ((defused(name), side) for side, names in sides.items() for name in names),
    )


def _said(one: Finding) -> list[str]:
    cells = (one.column, one.target, one.severity, one.rule, one.value, one.message, one.remedy)
    return [defused(cell) for cell in cells]


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table for people, a part of it at a time; its cells are defused."""
    write(path, _pieces(chain([header], rows)))


def _pieces(lines: Iterator[Sequence[str]]) -> Iterator[bytes]:
    yield codecs.BOM_UTF8
    while part := list(islice(lines, _AT_ONCE)):
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows(part)
        yield buffer.getvalue().encode("utf-8", "backslashreplace")


def write(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a file in place of what was there; return its SHA-256 and how many bytes it has.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with replacing(path, "wb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise WorkspaceError(
            f"{path.name} cannot be written to the workspace: {error.strerror}. Make room or mend the permissions."
        ) from error
    return digest.hexdigest(), size
