"""Which names drafts get: a draft takes the place of an earlier one only as long as nobody has touched that."""

import hashlib
import itertools
from collections.abc import Iterable
from pathlib import Path

from eucaim_nb.paperwork_file import read_list, write_list
from eucaim_nb.workspace import Workspace

_FILE = "dta_drafts.json"


def draft_files(workspace: Workspace, folder: Path, stem: str) -> tuple[Path, Path]:
    """Return where a draft may be written as Word document and as PDF."""
    written = read_list(workspace, _FILE)
    for number in itertools.count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        pair = folder / f"{name}.docx", folder / f"{name}.pdf"
        if all(not file.exists() or _digest(file) == written.get(file.name) for file in pair):
            return pair
    raise AssertionError("unreachable")


def note_drafts(workspace: Workspace, files: Iterable[Path]) -> None:
    """Remember drafts as they were written."""
    digests = {file.name: _digest(file) for file in files}
    write_list(workspace, _FILE, {**read_list(workspace, _FILE), **digests})


def _digest(file: Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
