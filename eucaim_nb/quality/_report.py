"""The report of the checks for people, programs and spreadsheets; without identifiers unless it stays private."""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eucaim_nb.cells import defused
from eucaim_nb.dicom import shown
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import QualityFinding, QualityRun
from eucaim_nb.reports import Codes, head, moment, sealed, write, write_json
from eucaim_nb.workspace import Workspace

from ._finding import Severity
from ._registry import registry
from ._report_document import as_document

FORMAT = "eucaim_nb data quality report"
_VERSION = 1
_NAME = "quality"
_CSV = (
    "number", "check_id", "title", "severity", "dimension", "level", "patient", "study_uid", "series_uid", "sop_uid",
    "path", "count", "message", "evidence", "remedy", "source",
)  # fmt: skip

Entry = Mapping[str, Any]


def write_report(workspace: Workspace, *, identifiers: bool = False) -> Path:
    """Write what the last run found: `quality.html`, `.json`, `.xlsx` and `findings.csv`.

    Parameters
    ----------
    identifiers
        Whether patients, UIDs and paths are named. Then the files go to `private/`; otherwise they go to `reports/`,
        and a short code stands for each, the same in every report of the workspace.

    Returns
    -------
    pathlib.Path
        The document for people.

    Raises
    ------
    WorkspaceError
        Nothing was checked yet, or the folder cannot be written.
    """
    from ._workbook import write_workbook

    runs = workspace.ledger.quality.runs()
    if not runs:
        raise WorkspaceError("Nothing was checked yet. Run the checks first.")
    folder = workspace.folder / ("private" if identifiers else "reports")
    named: Callable[[str], str] = str if identifiers else Codes(workspace)
    entries = [
        _entry(workspace, runs[0], one, named, identifiers)
        for one in workspace.ledger.quality.findings(runs[0].scope)
    ]
    content = sealed(workspace, _content(workspace, runs[0], entries, named, identifiers), entries)
    write_json(folder / f"{_NAME}.json", content)
    rows = list(_rows(entries))
    write(folder / "findings.csv", _csv(rows))
    write_workbook(folder / f"{_NAME}.xlsx", content, _CSV, rows)
    return write(folder / f"{_NAME}.html", as_document(content, entries))


def _content(
    workspace: Workspace,
    run: QualityRun,
    entries: Sequence[Entry],
    named: Callable[[str], str],
    identifiers: bool,
) -> dict[str, Any]:
    counts: dict[tuple[str, str], int] = Counter()
    for one in entries:
        counts[one["check"], one["severity"]] += one["count"]
    left_out = workspace.ledger.exclusions.all()
    return {
        **head(workspace, FORMAT, _VERSION),
        "contains_identifiers": identifiers,
        "run": {
            "at": moment(run.at),
            **{name: value for name, value in run.summary.items() if name != "source"},
            "source": run.summary["source"]
            if identifiers or os.sep not in run.summary["source"]
            else "a scanned folder",
        },
        "findings": {
            severity.value: sum(n for (_, its), n in counts.items() if its == severity)
            for severity in Severity
        },
        "dimensions": _by_dimension(entries),
        "checks": [
            {
                "id": check.id,
                "title": check.title,
                "dimension": check.dimension.value,
                "level": check.level.word,
                "node": check.node,
                "source": check.source,
                **{severity.value: counts[check.id, severity.value] for severity in Severity},
            }
            for check in registry().values()
            if check.node in ("", run.summary["node"])
        ],
        "left_out": [
            {
                "decision": one.decision,
                "what": "instance" if one.sop_uid else "series",
                "series": named(one.series_uid),
                "reason": one.reason,
                "at": moment(one.at),
            }
            for one in left_out
        ],
    }


def _entry(
    workspace: Workspace,
    run: QualityRun,
    found: QualityFinding,
    named: Callable[[str], str],
    identifiers: bool,
) -> dict[str, Any]:
    check = registry()[found.check_id]
    return {
        "check": found.check_id,
        "title": check.title,
        "severity": found.severity,
        "dimension": found.dimension,
        "level": check.level.word,
        "patient": named(found.patient_id),
        "study": named(found.study_uid),
        "series": named(found.series_uid),
        "instance": named(found.sop_uid),
        "path": _path(workspace, found) if identifiers else named(_path(workspace, found)),
        "count": found.count,
        "message": found.message,
        "remedy": found.remedy,
        "source": check.source,
        # UIDs and file names among the evidence are identifiers; numbers and words of the standard are not.
        "evidence": found.evidence if identifiers else _without_names(found.evidence),
    }


def _path(workspace: Workspace, found: QualityFinding) -> str:
    if not found.files:
        return ""
    place = workspace.ledger.index.place(found.files[0])
    if place is None:
        return ""
    _, folder, name, member = place
    return shown(os.fsdecode(os.path.join(folder, name))) + (f" > {shown(member)}" if member else "")


def _without_names(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in evidence.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, int | float) for one in value)
    return isinstance(value, int | float)


def _by_dimension(entries: Sequence[Entry]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in entries:
        row = found.setdefault(one["dimension"], {severity.value: 0 for severity in Severity})
        row[one["severity"]] += one["count"]
    return found


def _rows(entries: Sequence[Entry]) -> Iterator[list[str]]:
    for number, one in enumerate(entries, 1):
        evidence = json.dumps(one["evidence"], ensure_ascii=False) if one["evidence"] else ""
        cells = (
            number, one["check"], one["title"], one["severity"], one["dimension"], one["level"], one["patient"],
            one["study"], one["series"], one["instance"], one["path"], one["count"], one["message"], evidence,
            one["remedy"], one["source"],
        )  # fmt: skip
        yield [str(cell) for cell in cells]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_CSV)
    writer.writerows(
        [defused(cell.encode("utf-8", "backslashreplace").decode()) for cell in row] for row in rows
    )
    return stream.getvalue()
