"""Make the pack: only what an upload would be allowed to send, and nothing is ever written over."""

import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadItem
from eucaim_nb.reference import node_defaults
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from .._carrier import place
from .._gate import check_allowed, count_unverified
from .._plan import chosen_series
from .._source import DEIDENTIFIED, source_ids
from . import _papers
from ._copy import put

_MARK = ".eucaim-nb-pack"
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_-]")
_SPARE = 100 * 2**20


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a pack holds. `problems` are what a person should look at; `seconds` is wall-clock time."""

    folder: str
    patients: int
    series: int
    images: int
    bytes: int
    files: list[str]
    problems: list[str]
    seconds: float


def pack(
    workspace: Workspace,
    *,
    out: str,
    source: str = DEIDENTIFIED,
    link: bool = False,
    override: str | None = None,
    progress: Progress | None = None,
) -> PackSummary:
    """Write the pack into a new folder; run again into the same folder after an interruption, it goes on.

    Parameters
    ----------
    out
        New or empty folder, or one in which a pack of this workspace was begun.
    source
        `deidentified`, or a scanned folder.
    link
        Link to the files instead of copying, where the disk can: quick and small, but whoever changes the pack then
        changes the workspace.
    override
        Reason why images may leave that were not verified as de-identified; recorded.

    Raises
    ------
    Refused
        The images are not verified as de-identified and no reason was given.
    SettingsError, WorkspaceError
        The workspace is not for UPV, the folder is not empty, or there is no room.
    """
    progress, began = progress or silent(), time.monotonic()
    if node_defaults()[workspace.settings.node]["family"] != "upv":
        raise SettingsError("The pack is for the uploader of the UPV node, and this workspace is for another node.")
    ids = source_ids(workspace, source)
    chosen = chosen_series(workspace, ids, None)
    check_allowed(workspace, source, override, ids, chosen)
    unverified, _ = count_unverified(workspace, ids, chosen)
    uploads = workspace.ledger.uploads
    items = [item for pair in chosen for item in uploads.candidates(ids, *pair)]
    folder = Path(out).expanduser().resolve()
    try:
        _claim(workspace, folder, 0 if link else sum(item.size for item in items))
        images = _images(workspace, folder, items, link, progress)
        tables = [_beside(folder, path) for path in _papers.clinical_tables(workspace.folder)]
        known = {item.patient_id: None for item in items}
        problems = [text for path in tables for text in _papers.clinical_problems(path, known)]
        if not tables:
            problems.append("No clinical table was exported for the uploader (upv-csv).")
        settings = workspace.settings
        papers = {
            "manifest.csv": _papers.manifest(images),
            "patients.csv": _papers.patients(images),
            "check.html": _papers.report(images, settings.project, settings.site_id, unverified, problems),
            "STEPS.txt": _papers.steps(),
        }
        for name, text in papers.items():
            with replacing(folder / name) as file:
                file.write(text)
    except OSError as error:
        raise WorkspaceError(f"The pack cannot be written: {error.strerror}. Make room, then try again.") from error
    workspace.ledger.events.record("pack written", images=len(images), unverified=unverified)
    return PackSummary(
        folder=str(folder),
        patients=len(known),
        series=len(chosen),
        images=len(images),
        bytes=sum(item.size for item in items),
        files=[*papers, *(path.name for path in tables)],
        problems=problems,
        seconds=round(time.monotonic() - began, 3),
    )


def _claim(workspace: Workspace, folder: Path, needed: int) -> None:
    mark = folder / _MARK
    if folder.is_relative_to(workspace.folder.resolve()):
        raise WorkspaceError("The pack cannot lie inside the workspace. Choose a folder outside.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (mark.is_file() and mark.read_text(encoding="utf-8") == workspace.settings.id):
        raise WorkspaceError(f"{folder} is not empty. Nothing is written over: choose a new or an empty folder.")
    if shutil.disk_usage(folder).free < needed + _SPARE and not mark.exists():
        raise WorkspaceError(f"There is no room for {needed / 1e9:,.1f} GB in {folder}. Choose another disk.")
    mark.write_text(workspace.settings.id, encoding="utf-8")


def _images(
    workspace: Workspace, folder: Path, items: Sequence[UploadItem], link: bool, progress: Progress
) -> list[_papers.Packed]:
    progress.begin("Packing", total=len(items), unit="images")
    named, made = _Names(), []
    for item in items:
        path = named.path(item)
        source = place(workspace.folder, item)
        if not source.unchanged_since(item.mtime_ns, item.size):
            raise WorkspaceError("A file changed since it was indexed. Scan again, then pack again.")
        with source.open() as file:
            digest = put(file, source.path if link and not source.members else None, folder / path)
        made.append(_papers.Packed(path, digest, item))
        progress.advance()
    return made


class _Names:
    """Paths in the pack: patient, study and series, numbered in the order of the index."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], dict[str, int]] = {}

    def path(self, item: UploadItem) -> str:
        patient = self._patient(item.patient_id, _NOT_IN_NAME.sub("_", item.patient_id)[:48] or "no-patient-id")
        study = self._number((patient,), item.study_uid)
        series = self._number((patient, str(study)), item.series_uid)
        image = self._number((patient, str(study), str(series)), item.sop_uid)
        return f"images/{patient}/study_{study:03}/series_{series:03}/{image:06}.dcm"

    def _patient(self, one: str, name: str) -> str:
        """Return a name of its own for a patient, also where two would look alike."""
        number = self._number(("name", name.lower()), one)
        return name if number == 1 else f"{name}_{number}"

    def _number(self, above: tuple[str, ...], one: str) -> int:
        known = self._numbers.setdefault(above, {})
        return known.setdefault(one, len(known) + 1)


def _beside(folder: Path, path: Path) -> Path:
    target = folder / path.name
    with path.open("rb") as file:
        put(file, None, target)
    return target
