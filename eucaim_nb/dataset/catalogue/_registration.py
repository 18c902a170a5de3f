"""What goes with the ticket that asks for the registration, made ready in one folder."""

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb import workflow
from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Record
from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.reports import dossier, write
from eucaim_nb.workspace import Workspace

FOLDER = "dataset/registration"
_FORMS = ("xlsx", "molgenis", "turtle", "json-ld")
_ROW = "metadata.csv"


@dataclass(frozen=True, slots=True)
class Registration:
    """What was made ready.

    Attributes
    ----------
    files
        To attach, relative to the workspace; none while something speaks against it.
    blockers
        What speaks against the registration, in sentences.
    """

    files: tuple[str, ...]
    blockers: tuple[str, ...]


def blockers(workspace: Workspace) -> tuple[str, ...]:
    """Return what speaks against asking for the registration, in sentences.

    Raises
    ------
    RecordError
        The metadata record cannot be read.
    """
    return tuple(dict.fromkeys(_against(workspace, records.load(workspace))))


def prepare(workspace: Workspace, override: str = "", progress: Progress | None = None) -> Registration:
    """Make the attachments ready: the record in every form that the catalogue takes, and a dossier of this moment.

    Parameters
    ----------
    override
        Why it goes on although something speaks against it; the audit trail and the dossier keep the reason.

    Raises
    ------
    SettingsError
        There is no metadata record, which no reason makes up for.
    RecordError
        The record cannot be read, or not be written in a form.
    WorkspaceError
        The folder cannot be written.
    """
    record, against = records.load(workspace), blockers(workspace)
    reason = override.strip()
    if record is None and reason:
        raise SettingsError("There is no metadata record yet. Fill it in on page 12 first.")
    if record is None or (against and not reason):
        return Registration((), against)
    if against:
        workspace.ledger.events.record("registration prepared, blocked", reason=reason, against=list(against))
    made = [one.path for one in records.export(workspace, record, _FORMS).files]
    # The dossier lists the files that were just written, so it comes last.
    bound = workspace.folder / dossier.make(workspace, progress or silent()).file
    folder = workspace.folder / FOLDER
    _emptied(folder)
    files = [write(folder / _ROW, _row(record)), *(_copied(file, folder) for file in (*made, bound))]
    workspace.ledger.events.record("registration prepared", version=record.version, attachments=len(files))
    return Registration(tuple(file.relative_to(workspace.folder).as_posix() for file in files), against)


def attachments(workspace: Workspace) -> list[Path]:
    """Return the files that were made ready."""
    folder = workspace.folder / FOLDER
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _against(workspace: Workspace, record: Record | None) -> Iterator[str]:
    if record is None:
        yield "There is no metadata record yet (page 12)."
    else:
        found = records.check(record, records.facts(workspace))
        errors = sum(one.severity is records.Severity.ERROR for one in found)
        if errors:
            stand = "1 error stands" if errors == 1 else f"{errors} errors stand"
            yield f"{stand} against the metadata record (page 12)."
    yield from (one.text for one in workflow.action("registry", workspace).blockers)
    yield from workflow.release_blockers(workspace)


def _row(record: Record) -> str:
    """Return the record as the table Collections of the catalogue has it."""
    cells = {name: str(cell).lower() if isinstance(cell, bool) else cell for name, cell in records.row(record).items()}
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, list(cells), lineterminator="\n")
    writer.writeheader()
    writer.writerow(cells)
    return table.getvalue()


def _emptied(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise _cannot_write(error) from error


def _copied(file: Path, folder: Path) -> Path:
    try:
        return Path(shutil.copyfile(file, folder / file.name))
    except OSError as error:
        raise _cannot_write(error) from error


def _cannot_write(error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"The attachments cannot be made ready in {FOLDER}: {error.strerror}. Make room, or close what has them open."
    )
