"""What is known of the risk in a workspace: the leaks that a search found, and the figures of every table."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from eucaim_nb.errors import RiskError
from eucaim_nb.workspace import Workspace

from ._assess import TableRisk, assess
from ._clinical_leaks import clinical_leaks
from ._known import Known
from ._leak_rows import LeakCounts, LeakRow
from ._leak_store import LeakStore
from ._longitudinal import Fingerprint, devices, moments, trajectories
from ._reference import Role
from ._tables import Source, Tables, tables

USUAL_K = 5


@dataclass(frozen=True)
class Assessment:
    """What is known of the risk in a workspace.

    Attributes
    ----------
    leaks : list of LeakRow
        The gravest first; empty before the first search.
    searched, unreadable : int
        Files that were searched, and that could not be read.
    tables : dict of str to TableRisk
        `imaging`, `clinical` and `joint`, as far as there are.
    unassessed : dict of str to str
        Why a table has no figures.
    fingerprints : list of Fingerprint
        What singles patients out over several examinations.
    """

    source: Source
    leaks: list[LeakRow]
    searched: int
    unreadable: int
    tables: dict[str, TableRisk]
    unassessed: dict[str, str]
    fingerprints: list[Fingerprint]

    @property
    def first(self) -> tuple[str, TableRisk | None]:
        """The table that tells most: of images and clinical data together, if there is one."""
        for name in ("joint", "imaging", "clinical"):
            if name in self.tables:
                return name, self.tables[name]
        return "", None


def was_searched(workspace: Workspace, source: Source) -> bool:
    """Tell whether the files of a source were searched for leaks."""
    return bool(LeakStore(workspace, source).states())


def leaks_by_kind(workspace: Workspace) -> dict[Source, dict[str, int]]:
    """Return how often each kind of leak was found in the files of each source that was searched."""
    found = {}
    for source in Source:
        if was_searched(workspace, source):
            rows, _, _ = LeakStore(workspace, source).summed_up()
            counts = Counter[str]()
            for row in rows:
                counts[row.kind] += row.count
            found[source] = dict(counts)
    return found


def assessment(
    workspace: Workspace,
    source: Source,
    *,
    k: int = USUAL_K,
    population: int | None = None,
    found: Tables | None = None,
) -> Assessment:
    """Return the figures of all tables, and the leaks that the last search found."""
    found = found or tables(workspace, source)
    rows, searched, unreadable = LeakStore(workspace, source).summed_up()
    if found.clinical is not None:
        counts = LeakCounts()
        known = Known.of(workspace, source)
        counts.add(clinical_leaks(found.clinical, known))
        rows = [*(replace(row, files=1) for row in counts.rows()), *rows]
        rows.sort(key=lambda row: row.severity)
    measured: dict[str, TableRisk] = {}
    unassessed = {}
    for name, table in found.named().items():
        try:
            measured[name] = _measure(found, name, table, k, population)
        except RiskError as error:
            unassessed[name] = str(error)
    if found.clinical is None:
        unassessed["clinical"] = "There is no clinical table yet: prepare the clinical data first (page 10)."
    elif found.joint is None:
        unassessed["joint"] = (
            "No patient is in both tables: the clinical table goes with de-identified images."
            if source is Source.ORIGINAL
            else "No patient is in both tables. Check the Patient IDs of the clinical table."
        )
    imaging = found.imaging
    fingerprints = [trajectories(imaging.studies), moments(imaging.times), devices(imaging.devices)]
    return Assessment(source, rows, searched, unreadable, measured, unassessed, fingerprints)


def _measure(found: Tables, name: str, table: pd.DataFrame, k: int, population: int | None) -> TableRisk:
    return assess(
        table,
        found.columns(name, Role.QUASI_IDENTIFIER),
        sensitive_columns=found.columns(name, Role.SENSITIVE),
        k=k,
        population=population,
    )


def headline(table: TableRisk) -> dict[str, Any]:
    """Return the figures of a table that a summary shows."""
    return {
        "records": table.records,
        "classes": table.classes,
        "quasi_identifiers": list(table.quasi_identifiers),
        "k": table.k,
        "sample_uniques": table.sample_uniques,
        "records_below_k": table.records_below_k,
        "wildcard": table.wildcard and asdict(table.wildcard),
        **asdict(table.disclosure),
    }
