"""Every file of a workspace with its digest."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eucaim_nb.jobs import Progress
from eucaim_nb.markup import plain

_NOT_LISTED = ("private", "dataset/registration", "reports/dossier.html", "reports/dossier.json", "reports/dossier.pdf")
"""What never leaves, and what is made of the dossier itself."""
_GO_ON = ("ledger.sqlite", "eucaim.toml", "logs/", "paperwork/tickets.json", "dataset/catalogue.json")
_THREADS = 4


def goes_on(path: str) -> bool:
    """Tell whether a file is written to with every further step, so that its digest holds for a moment only."""
    return path.startswith(_GO_ON)


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files of a workspace by the path they are shown with: relative, with '/', in order.

    Left out: `private/`, the dossier and its copies, hidden files, links, and the journal that SQLite has for a moment.
    """
    return dict(sorted((plain(path.relative_to(folder).as_posix()), path) for path in _walk(folder, folder)))


def digests(files: Mapping[str, Path], progress: Progress) -> Iterator[tuple[str, int, str]]:
    """Yield path, size in bytes and SHA-256 of each file, in order; of one that cannot be read the digest is empty."""
    progress.begin("Computing digests of files", total=len(files), unit="files")
    workers = ThreadPoolExecutor(_THREADS)
    try:
        for path, (size, digest) in zip(files, workers.map(_digest, files.values()), strict=True):
            yield path, size, digest
            progress.advance()
    finally:
        workers.shutdown(cancel_futures=True)


def _walk(folder: Path, top: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or path.relative_to(top).as_posix() in _NOT_LISTED:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(path, top)
            elif entry.is_file(follow_symlinks=False) and not entry.name.startswith("ledger.sqlite-"):
                yield path


def _digest(file: Path) -> tuple[int, str]:
    try:
        with open(file, "rb") as stream:
            return os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return 0, ""
