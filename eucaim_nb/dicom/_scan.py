"""The scan: from folders to the index of instances in the ledger."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import FileRecord, InstanceRecord, ProblemRecord
from eucaim_nb.workspace import Workspace

from . import _archive
from ._place import member_key
from ._problems import HeaderError, Problem, ProblemKind
from ._read import Source, read_header
from ._walk import Folder, check_root, vanished_or_unreadable, walk

_BATCH_FILES = 500
_BATCH_SECONDS = 2.0
_CHANGED = -1
"""A modification time no file has: the next scan looks at such a file again."""

HELD_BACK = frozenset(
    {
        ProblemKind.EXECUTABLE_PREAMBLE,
        ProblemKind.INVALID_UID,
        ProblemKind.MISSING_PIXEL_DATA,
        ProblemKind.MISSING_TRANSFER_SYNTAX,
        ProblemKind.NO_PREAMBLE,
        ProblemKind.TRUNCATED_PIXEL_DATA,
    }
)
"""Kinds of problem with which a file is indexed but must not be sent as it is."""


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan found in the folders it was given.

    `files` are regular files; `instances` distinct SOP Instance UIDs; `unchanged` files that were not
    read again because
    size and time are those of the last scan; `problems` counts findings by kind; `seconds` is wall-clock
    time.
    """

    files: int
    instances: int
    series: int
    studies: int
    patients: int
    unchanged: int
    problems: dict[str, int]
    seconds: float


def scan(
    workspace: Workspace,
    folders: Sequence[str | os.PathLike[str]],
    *,
    archives: bool = False,
    progress: Progress | None = None,
) -> ScanSummary:
    """Index the DICOM instances in some folders, reading only files that are new or changed.

    Parameters
    ----------
    workspace
        Receives the index.
    folders
        Folders to scan. They are only read.
    archives
        Whether to look into ZIP archives, nested ones included.

    Raises
    ------
    WorkspaceError
        A folder does not exist or cannot be listed. Nothing known of it is forgotten then.
    """
    progress = progress or silent()
    began = time.monotonic()
    roots = [Path(folder).expanduser().resolve() for folder in folders]
    for root in roots:
        check_root(root)
    progress.begin("Counting files", unit="files")
    total = 0
    for root in roots:
        for folder in walk(root, skip=workspace.folder.resolve()):
            total += len(folder.files)
            progress.advance(len(folder.files))
    progress.begin("Reading headers", total=total, unit="files")
    ids, unchanged = [], 0
    for root in roots:
        source = _Source(workspace, root, archives, progress)
        ids.append(source.id)
        unchanged += source.scan()
    totals = workspace.ledger.index.totals(ids)
    return ScanSummary(
        files=totals.files,
        instances=totals.instances,
        series=totals.series,
        studies=totals.studies,
        patients=totals.patients,
        unchanged=unchanged,
        problems=workspace.ledger.index.problem_counts(ids),
        seconds=round(time.monotonic() - began, 3),
    )


class _Source:
    """One scanned folder on its way into the index."""

    def __init__(self, workspace: Workspace, root: Path, archives: bool, progress: Progress) -> None:
        self.index = workspace.ledger.index
        self.root = root
        self.not_here = workspace.folder.resolve()
        self.archives = archives
        self.progress = progress
        self.id = self.index.source(root_key(workspace, root))
        self.records: list[FileRecord] = []
        self.oddities: list[tuple[bytes, bytes, ProblemRecord]] = []
        self.written_at = time.monotonic()

    def scan(self) -> int:
        """Scan the folder and return how many files were unchanged. What was read before a stop is kept."""
        self.index.forget_oddities(self.id)
        gone = set(self.index.folders(self.id))
        hidden: list[bytes] = []
        unchanged = 0
        try:
            for folder in walk(self.root, skip=self.not_here):
                gone.discard(folder.path)
                if folder.unreadable:
                    hidden.append(folder.path)
                unchanged += self._scan_folder(folder)
        finally:
            self._write()
        # What lies below a folder that cannot be listed today may still be there.
        self.index.forget_folders(
            self.id, [path for path in gone if not any(_is_below(path, top) for top in hidden)]
        )
        self.index.set_scanned(self.id, datetime.now(UTC).isoformat(timespec="seconds"))
        return unchanged

    def _scan_folder(self, folder: Folder) -> int:
        if folder.unreadable:
            self.oddities.append((folder.path, b"", folder.unreadable))
            return 0
        self.oddities += [(folder.path, name, problem) for name, problem in folder.odd]
        known = self.index.known(self.id, folder.path)
        unchanged = 0
        for name, status in folder.files:
            before = known.pop(name, None)
            if before is not None and (before.size, before.mtime_ns) == (status.st_size, status.st_mtime_ns):
                unchanged += 1
            else:
                self._read_file(folder.path, name, status)
            self.progress.advance()
        self.index.forget(self.id, folder.path, known)
        return unchanged

    def _read_file(self, folder: bytes, name: bytes, status: os.stat_result) -> None:
        path = os.fsdecode(os.path.join(os.fsencode(self.root), folder, name))
        try:
            found, problems = _read(path)
        except OSError as error:
            self._add(
                FileRecord(folder, name, status.st_size, _CHANGED, problems=(vanished_or_unreadable(error),))
            )
            return
        if found is None and problems[0].sniffed == "ZIP archive":
            try:
                self._read_archive(path, folder, name, status)
            except OSError as error:
                problem = vanished_or_unreadable(error)
                self._add(FileRecord(folder, name, status.st_size, _CHANGED, problems=(problem,)))
        else:
            self._add(FileRecord(folder, name, status.st_size, status.st_mtime_ns, "", found, problems))

    def _read_archive(self, path: str, folder: bytes, name: bytes, status: os.stat_result) -> None:
        if not self.archives:
            self._add(FileRecord(folder, name, status.st_size, _CHANGED, problems=(_ARCHIVE_NOT_OPENED,)))
            return
        self.index.forget(self.id, folder, [name])
        of_archive: list[ProblemRecord] = []
        seen: set[tuple[str, ...]] = set()
        with open(path, "rb") as archive:
            for names, size, content in _archive.members(archive):
                if not names and isinstance(content, ProblemRecord):
                    of_archive.append(content)
                    continue
                if names in seen:
                    of_archive.append(_NAME_TWICE)
                    continue
                seen.add(names)
                if isinstance(content, ProblemRecord):
                    found, problems = None, [content]
                else:
                    with content:
                        found, problems = _read(content)
                self._add(
                    FileRecord(folder, name, size, status.st_mtime_ns, member_key(names), found, problems)
                )
                self.progress.check()
        # Last, so that an archive whose reading was cut short is read again.
        self._add(FileRecord(folder, name, status.st_size, status.st_mtime_ns, problems=of_archive))

    def _add(self, record: FileRecord) -> None:
        self.records.append(record)
        if len(self.records) >= _BATCH_FILES or time.monotonic() - self.written_at > _BATCH_SECONDS:
            self._write()

    def _write(self) -> None:
        if self.records or self.oddities:
            self.index.store(self.id, self.records, self.oddities)
        self.records, self.oddities = [], []
        self.written_at = time.monotonic()


_UNREADABLE = ProblemRecord(
    ProblemKind.UNREADABLE, "This file could not be read safely. Export it again, or leave it out."
)
_NAME_TWICE = ProblemRecord(
    "unsafe name in archive", "Two members of this archive have the same name; only one was read. Unpack it."
)
_ARCHIVE_NOT_OPENED = ProblemRecord(
    "archive not opened",
    "This ZIP archive was not opened. Scan again with archives included to index what is in it.",
    "ZIP archive",
)


def root_key(workspace: Workspace, root: Path) -> bytes:
    """Return how the ledger names a source: relative when it lies in the workspace, which may be moved."""
    root, home = root.resolve(), workspace.folder.resolve()
    return os.fsencode(root.relative_to(home)) if root.is_relative_to(home) else os.fsencode(root)


def scanned_sources(workspace: Workspace, folders: Sequence[str | os.PathLike[str]]) -> list[int]:
    """Return the ids in the index of folders that were scanned."""
    keys = {root_key(workspace, Path(folder).expanduser().resolve()) for folder in folders}
    return [number for number, root, _ in workspace.ledger.index.sources() if root in keys]


def _read(source: Source) -> tuple[InstanceRecord | None, list[ProblemRecord]]:
    try:
        header = read_header(source)
    except HeaderError as error:
        return None, [_problem(error.problem, usable=False)]
    except OSError:
        raise
    except Exception:
        # The reader has guards of its own. Should one fail, it costs this file and not the scan.
        return None, [_UNREADABLE]
    values = {**header.values, "TransferSyntaxUID": header.transfer_syntax}
    held_back = any(problem.kind in HELD_BACK for problem in header.problems)
    return InstanceRecord(values, held_back), [_problem(problem, usable=True) for problem in header.problems]


def _problem(problem: Problem, usable: bool) -> ProblemRecord:
    return ProblemRecord(problem.kind, problem.message, problem.sniffed, usable)


def _is_below(path: bytes, top: bytes) -> bool:
    return not top or path == top or path.startswith(top + os.fsencode(os.sep))
