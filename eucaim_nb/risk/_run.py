"""The whole assessment of a workspace, as a job: leaks, figures of every table, and the report."""

import time
from dataclasses import dataclass
from typing import Any

from eucaim_nb.errors import RiskError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.workspace import Workspace

from ._assessment import USUAL_K, Assessment, assessment, headline
from ._report import write_report
from ._search_files import search_files
from ._tables import Source, usual_source


@dataclass(frozen=True, slots=True)
class RiskSummary:
    """The headline of an assessment in plain values; figures are None where there is no table.

    `leaks` are places that tell of a person, over all files; `k` and the rest are of the table named `table`.
    """

    leaks: int
    leaks_by_severity: dict[str, int]
    k: int | None
    sample_uniques: int | None
    prosecutor_max: float | None
    prosecutor_avg: float | None
    records_below_k: int | None
    source: str
    table: str
    wanted_k: int
    records: int | None
    files: int
    unreadable: int
    tables: dict[str, dict[str, Any]]
    unassessed: dict[str, str]
    seconds: float


def run(
    workspace: Workspace,
    *,
    source: str = "",
    k: int = USUAL_K,
    population: int | None = None,
    progress: Progress | None = None,
) -> RiskSummary:
    """Search for leaks, measure every table and write `reports/risk.html` and `.json`.

    Parameters
    ----------
    source
        `original` or `deidentified`. Empty takes what will be sent.
    k
        Size of a class of patients who look alike from which it is large enough.
    population
        How many people the patients were drawn from.

    Raises
    ------
    WorkspaceError
        There are no such images, or the workspace cannot be written.
    RiskError
        The tables of the workspace cannot be used.
    """
    began = time.monotonic()
    progress = progress or silent()
    chosen = source_named(workspace, source)
    search_files(workspace, chosen, progress)
    progress.begin("Measuring the tables")
    found = assessment(workspace, chosen, k=k, population=population)
    write_report(workspace, found, k, population)
    summary = _summary(found, k, time.monotonic() - began)
    workspace.ledger.events.record("risk assessed", source=chosen.value, k=k, leaks=summary.leaks)
    return summary


def source_named(workspace: Workspace, source: str) -> Source:
    """Return a source by its name, the usual one for an empty name.

    Raises
    ------
    RiskError
        There is no such source.
    """
    if not source:
        return usual_source(workspace)
    try:
        return Source(source)
    except ValueError:
        raise RiskError(f"There is no source {source!r}. Choose original or deidentified.") from None


def _summary(found: Assessment, k: int, seconds: float) -> RiskSummary:
    name, first = found.first
    severities: dict[str, int] = {}
    for row in found.leaks:
        severities[row.severity] = severities.get(row.severity, 0) + row.count
    return RiskSummary(
        leaks=sum(severities.values()),
        leaks_by_severity=severities,
        k=first.k if first else None,
        sample_uniques=first.sample_uniques if first else None,
        prosecutor_max=first.disclosure.prosecutor_max if first else None,
        prosecutor_avg=first.disclosure.prosecutor_avg if first else None,
        records_below_k=first.records_below_k if first else None,
        source=found.source.value,
        table=name,
        wanted_k=k,
        records=first.records if first else None,
        files=found.searched,
        unreadable=found.unreadable,
        tables={one: headline(table) for one, table in found.tables.items()},
        unassessed=found.unassessed,
        seconds=round(seconds, 3),
    )
