"""Which de-identified series was a NIfTI file made of? Proposed by geometry, folder and name; a person confirms."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eucaim_nb.ledger import SeriesRow
from eucaim_nb.workspace import Workspace

from .._source import DEIDENTIFIED, source_ids
from ._find import images
from ._grid import Grid, grid_of_nifti, grid_of_series, same_grid


class Why(StrEnum):
    """What speaks for a series, or why none is proposed."""

    GEOMETRY = "only this series has the same geometry"
    BOTH = "several series have the same geometry, and its folder or name says which"
    NAME = "its folder or name says so; the geometry cannot be compared"
    SEVERAL = "several series fit: choose one"
    NONE = "no series has this geometry, and none is named"


@dataclass(frozen=True, slots=True)
class Series:
    """A de-identified series as it can be chosen."""

    study_uid: str
    series_uid: str
    patient: str
    words: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A NIfTI file, the series proposed for it if one stands out, and those that fit, likeliest first."""

    image: Path
    series: Series | None
    why: Why
    fitting: Sequence[Series]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is compared: a series, its grid if it has one, and the names that may stand for its patient."""

    series: Series
    number: str
    description: str
    grid: Grid | None
    patients: Sequence[str]
    folders: frozenset[Path]


def all_series(workspace: Workspace) -> list[Series]:
    """Return the de-identified series of a workspace, patient by patient.

    Raises
    ------
    WorkspaceError
        Nothing is de-identified yet.
    """
    rows = _rows(workspace, source_ids(workspace, DEIDENTIFIED))
    return [Series(row.study_uid, row.series_uid, row.patient_id, _in_words(row)) for row in rows]


def suggest(workspace: Workspace, folder: Path) -> list[Suggestion]:
    """Say for each NIfTI file at or below a folder which de-identified series it was probably made of.

    Raises
    ------
    WorkspaceError
        Nothing is de-identified yet.
    """
    known = _known(workspace)
    return [_suggestion(image, folder, known) for image, _ in images(folder)]


def _suggestion(image: Path, folder: Path, known: Sequence[_Known]) -> Suggestion:
    grid = grid_of_nifti(image)
    if grid is not None:
        same = [one for one in known if one.grid is not None and same_grid(grid, one.grid)]
        if len(same) == 1:
            return Suggestion(image, same[0].series, Why.GEOMETRY, [same[0].series])
        if same:
            return _named(image, folder, same, Why.BOTH, least=1)
    comparable = [one for one in known if grid is None or one.grid is None]
    return _named(image, folder, comparable, Why.NAME, least=_ENOUGH)


def _named(image: Path, folder: Path, candidates: Sequence[_Known], why: Why, least: int) -> Suggestion:
    """Choose among some series by what the path says, if it says at least so much of one, and less of all others."""
    scores = {one.series: _score(image, folder, one) for one in candidates}
    ranked = sorted(scores, key=lambda one: -scores[one])
    fitting = [one for one in ranked if scores[one] >= least] if why is Why.NAME else ranked
    if not fitting:
        return Suggestion(image, None, Why.NONE, [])
    best = [one for one in fitting if scores[one] == scores[fitting[0]]]
    if len(best) == 1 and scores[best[0]] >= least:
        return Suggestion(image, best[0], why, fitting)
    return Suggestion(image, None, Why.SEVERAL, fitting)


_IN_ITS_FOLDER, _UID, _PATIENT, _NUMBER, _DESCRIPTION = 8, 8, 4, 2, 1
_ENOUGH = _PATIENT + _DESCRIPTION
"""What a path must say when there is nothing else: the patient, and the number or description of the series."""


def _score(image: Path, folder: Path, known: _Known) -> int:
    said = str(image.relative_to(folder.parent)).casefold()
    # The number alone is in many names: it counts where it stands as "_s3", "_3" or "series 3".
    numbered = rf"(?:^|[^a-z0-9])(?:s|se|ser|series)?[^a-z0-9]?0*{re.escape(known.number)}(?![0-9a-z])"
    return (
        _IN_ITS_FOLDER * (image.parent in known.folders)
        + _UID * (known.series.series_uid in said)
        + _PATIENT * any(_says(said, name) for name in known.patients)
        + _NUMBER * bool(known.number and re.search(numbered, image.name.casefold()))
        + _DESCRIPTION * _says(said, known.description)
    )


def _says(path: str, words: str) -> bool:
    """Tell whether a path holds some words, whatever stands between them."""
    parts = re.findall(r"[a-z0-9]+", words.casefold())
    between = r"[^a-z0-9]*"
    return bool(parts) and bool(re.search(rf"(?<![a-z0-9]){between.join(parts)}(?![a-z0-9])", path))


def _known(workspace: Workspace) -> list[_Known]:
    ids = source_ids(workspace, DEIDENTIFIED)
    ledger = workspace.ledger
    names: dict[str, list[str]] = defaultdict(list)
    for old, new in ledger.deidentified.crosswalk("patient"):
        names[new].append(old)  # files are often named by those who know the patient
    folders = _folders_of_originals(workspace)
    found = []
    for row in _rows(workspace, ids):
        seen = ledger.checkable.series(ids, row.study_uid, row.series_uid)
        found.append(
            _Known(
                Series(row.study_uid, row.series_uid, row.patient_id, _in_words(row)),
                row.number,
                row.description,
                grid_of_series(seen.headers, seen.instances),
                [row.patient_id, *names[row.patient_id]],
                frozenset(folders[row.series_uid]),
            )
        )
    return found


def _rows(workspace: Workspace, ids: Sequence[int]) -> Iterable[SeriesRow]:
    """Return each series once, also one that lies under two patients."""
    return {(row.study_uid, row.series_uid): row for row in workspace.ledger.index.series(ids)}.values()


def _in_words(row: SeriesRow) -> str:
    images = f"{row.instances:,} image{'s' * (row.instances != 1)}"
    return " · ".join(filter(None, [row.patient_id, row.number, row.modality, row.description, images]))


def _folders_of_originals(workspace: Workspace) -> Mapping[str, Iterable[Path]]:
    """Return the folders that hold one original series and something that is no DICOM, by the UID it has now."""
    ids = workspace.originals()
    roots = [
        (workspace.folder / os.fsdecode(root)).resolve()
        for number, root, _ in workspace.ledger.index.sources()
        if number in ids
    ]
    now = dict(workspace.ledger.deidentified.crosswalk("uid"))
    found: dict[str, list[Path]] = defaultdict(list)
    for folder, series in workspace.ledger.checkable.neighbours(ids).items():
        if len(series) == 1 and series[0][1] in now:
            found[now[series[0][1]]] += [root / os.fsdecode(folder) for root in roots]
    return found
