"""Lint: what a folder of de-identified files gives away, whoever de-identified it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from eucaim_nb.dicom import path_text, shown
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.workspace import Workspace

from ._finding import Finding, Kind, Severity, of_file
from ._known import Known
from ._lint_file import lint_file, lint_name
from ._output import is_ours
from ._reading import NotReadable, Reading, read

_SOP, _REFERENCED = 0x00080018, 0x00081155
_SHAPES = frozenset(("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.3"))
"""Segmentations and structure sets: worth nothing without the images that they refer to."""
_PREFIX = b"DICM"


@dataclass(frozen=True, slots=True)
class LintSummary:
    """What a lint found: `files` are DICOM files that were looked at."""

    files: int
    findings: tuple[Finding, ...]


def lint(
    folder: str | os.PathLike[str], against: Workspace | None = None, *, progress: Progress | None = None
) -> LintSummary:
    """Check de-identified files without their originals: this program's, Lethe's, CTP's or anybody's.

    Parameters
    ----------
    folder
        Folder with the files. It is only read.
    against
        A workspace in which the originals were scanned: then also their UIDs and numbers are searched for.

    Returns
    -------
    LintSummary
        Findings in the order of the files, the gravest of each file first. No text holds a value.

    Raises
    ------
    WorkspaceError
        The folder does not exist or cannot be listed.
    """
    progress = progress or silent()
    root = Path(folder).expanduser()
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise WorkspaceError(f"The folder {root} cannot be read: {error.strerror}. Check the path.") from error
    paths = sorted(_files(root))
    progress.begin("Checking de-identified files", total=len(paths), unit="files")
    run = _Lint(Known.of(against) if against is not None else None)
    for path in paths:
        run.look_at(root, path)
        progress.advance()
    return LintSummary(run.files, (*run.findings, *run.references()))


@dataclass
class _Lint:
    """One lint over many files."""

    known: Known | None
    files: int = 0
    findings: list[Finding] = field(default_factory=list)
    instances: dict[str, str] = field(default_factory=dict)
    """Name of the first file of each SOP Instance UID."""
    shapes: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Files of segmentations and structure sets with the instances that they refer to."""

    def look_at(self, root: Path, path: Path) -> None:
        """Check one file."""
        name = shown(path.relative_to(root).as_posix())
        try:
            data = path.read_bytes()
        except OSError:
            found = [Finding(name, "", Kind.UNREADABLE, Severity.WARN, "The file cannot be read.")]
        else:
            found = list(self._look_into(data, name))
        self.findings += of_file(name, found)

    def references(self) -> Iterator[Finding]:
        """Yield objects none of whose images is in the folder."""
        for name, wanted in self.shapes:
            if wanted and wanted.isdisjoint(self.instances):
                yield Finding(
                    name,
                    path_text((_REFERENCED,)),
                    Kind.REFERENCE,
                    Severity.ERR,
                    "None of the images that this object refers to is in the folder.",
                )

    def _look_into(self, data: bytes, name: str) -> Iterator[Finding]:
        if not is_ours(name):
            yield from lint_name(name)
        if data[128:132] != _PREFIX:
            words = "This is no DICOM file: nothing in it was checked. Look at it."
            yield Finding(name, "", Kind.UNREADABLE, Severity.WARN, words)
            return
        self.files += 1
        try:
            file = read(data)
        except NotReadable:
            yield Finding(name, "", Kind.UNREADABLE, Severity.ERR, "This DICOM file is damaged and cannot be checked.")
            return
        yield from lint_file(file)
        if self.known is not None:
            yield from self.known.left_in(file, name)
        yield from self._instance(file, name)

    def _instance(self, file: Reading, name: str) -> Iterator[Finding]:
        uid = file.value(_SOP)
        if uid and self.instances.setdefault(uid, name) != name:
            yield Finding(
                name, path_text((_SOP,)), Kind.MISMATCH, Severity.WARN, "Another file has the same SOP Instance UID."
            )
        if file.value(0x00080016) in _SHAPES:
            wanted = (leaf for leaf in file.leaves if leaf.tag == _REFERENCED)
            self.shapes.append((name, frozenset(uid for leaf in wanted for uid in leaf.values)))


def _files(root: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not Path(place, name).is_symlink()]
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


