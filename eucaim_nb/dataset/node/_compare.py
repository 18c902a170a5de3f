"""Compare what the node made a dataset of with what the ledger says was sent: the node drops series without a word."""

import csv
import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from eucaim_nb import workflow
from eucaim_nb.cells import defused
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import SeriesUpload
from eucaim_nb.nodes import Credentials
from eucaim_nb.whole import replacing
from eucaim_nb.workflow import Compared, DatasetState
from eucaim_nb.workspace import Workspace

from ._look import chosen, look_by
from ._way import Content, Lost, way_to

_MISSING = "missing_series.csv"
_INDEX = "index.json"
_HEADS = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "Series")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers of subjects, studies and series that were sent (`here`) and that the dataset has (`there`).

    `missing` counts series that were sent and verified and are not in it; `dataset/missing_series.csv` names them.
    `unverified` counts series of which something was never verified at the node. `others` counts subjects of the
    dataset that were not sent from this workspace.
    """

    id: str
    state: DatasetState
    here: dict[str, int]
    there: dict[str, int]
    missing: int
    unverified: int
    others: int


def reconcile(
    workspace: Workspace,
    *,
    ident: str = "",
    credentials: Credentials | dict[str, str] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the dataset with what was sent, and keep what is missing and the node's own index in `dataset/`.

    Raises
    ------
    WorkspaceError
        Nothing was sent from this workspace, so there is nothing to compare with.
    SettingsError, NodeError
        No dataset is chosen; the node is not set up or does not answer.
    """
    progress = progress or silent()
    everything = workspace.ledger.uploads.by_series(workspace.settings.node)
    sent = [one for one in everything if one.verified]
    if not sent:
        raise WorkspaceError(
            "Nothing that was sent from here is verified at the node: there is nothing to compare with."
        )
    here = _counts(sent)
    way = way_to(workspace, Credentials.from_job(credentials))
    progress.begin("Asking what the dataset has", here["studies"], "studies")
    with closing(way.service):
        dataset = chosen(workspace, way, ident)
        content = way.content(dataset, sent, progress.advance)
        found = look_by(workspace, way, dataset).dataset
    missing = sum(one.series for one in content.lost)
    _keep(workspace, content)
    compared = Compared(time.time(), here, dict(content.counts), missing)
    workflow.keep_node_dataset(workspace, replace(found, compared=compared))
    workspace.ledger.events.record(
        "dataset compared", dataset=dataset, here=here, there=dict(content.counts), missing=missing
    )
    unverified = sum(one.verified < one.instances for one in everything)
    return Comparison(dataset, found.state, here, dict(content.counts), missing, unverified, content.others)


def missing_series(workspace: Workspace) -> list[Lost]:
    """Return the series that the last comparison missed."""
    try:
        with (_folder(workspace) / _MISSING).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return []
    return [
        Lost(row["PatientID"], row["StudyInstanceUID"], row["SeriesInstanceUID"], int(row["Series"])) for row in rows
    ]


def _counts(sent: Sequence[SeriesUpload]) -> dict[str, int]:
    return {
        "subjects": len({one.patient_id for one in sent}),
        "studies": len({one.study_uid for one in sent}),
        "series": len(sent),
    }


def _keep(workspace: Workspace, content: Content) -> None:
    folder = _folder(workspace)
    try:
        folder.mkdir(exist_ok=True)
        if content.index is not None:
            with replacing(folder / _INDEX) as file:
                json.dump(content.index, file, indent=1, ensure_ascii=False)
        if not content.lost:
            (folder / _MISSING).unlink(missing_ok=True)
            return
        with replacing(folder / _MISSING, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADS)
            for one in content.lost:
                writer.writerow([defused(one.subject), one.study_uid, one.series_uid, one.series])
    except OSError as error:
        raise WorkspaceError(f"What was compared cannot be kept in {folder}: {error.strerror}.") from error


def _folder(workspace: Workspace) -> Path:
    return workspace.folder / "dataset"
