"""The evidence of the de-identification: what was done by which rules, and how it was checked. It names no patient."""

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pydicom

from eucaim_nb import __version__
from eucaim_nb.dicom import tag_text
from eucaim_nb.ledger import DeidState
from eucaim_nb.reports import head, sealed, write, write_json
from eucaim_nb.workspace import Workspace

from ._allowed import name_of
from ._contract import profile_of
from ._objections import objections
from ._report_document import report_document

FORMAT = "eucaim_nb de-identification report"
_VERSION = 2
_NAME = "deidentification"
_DAYS = "clinical/relative_days.csv"
"""Days of each study from the patient's first, which EUCAIM asks for where dates were changed."""


def write_report(workspace: Workspace) -> tuple[Path, Path]:
    """Write `reports/deidentification.html` and `.json` from what the ledger knows now.

    Returns
    -------
    tuple of pathlib.Path
        The document for people and the same for programs.

    Raises
    ------
    WorkspaceError
        The reports folder cannot be written.
    """
    content = _content(workspace)
    folder = workspace.folder / "reports"
    as_json = write_json(folder / f"{_NAME}.json", content)
    return write(folder / f"{_NAME}.html", report_document(content)), as_json


@dataclass
class _Tally:
    """Counts over the rows of the ledger."""

    states: Counter[str] = field(default_factory=Counter)
    recipes: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    remarks: Counter[tuple[str, str]] = field(default_factory=Counter)
    patients: set[str] = field(default_factory=set)
    studies: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)
    files: list[dict[str, object]] = field(default_factory=list)
    verified: int = 0


def _content(workspace: Workspace) -> dict[str, Any]:
    records = workspace.ledger.deidentified
    tally = _tally(workspace)
    findings = Counter((one.severity, one.kind, one.tag) for one in records.findings())
    content: dict[str, Any] = {
        **head(workspace, FORMAT, _VERSION),
        "programs": {
            "eucaim_nb": __version__,
            "pydicom": pydicom.__version__,
            "python": platform.python_version(),
        },
        "recipes": [
            {**_recipe_content(records.recipe(digest)), "digest": digest, "files": count}
            for digest, count in tally.recipes.most_common()
        ],
        "originals": {state.value: tally.states[state.value] for state in DeidState},
        "outputs": {
            "files": len(tally.files),
            "patients": len(tally.patients),
            "studies": len(tally.studies),
            "series": len(tally.series),
            "relative_days": _DAYS if (workspace.folder / _DAYS).is_file() else "",
        },
        "set_aside": _reasons(tally.set_aside),
        "left_out": _reasons(tally.left_out),
        "remarks": _reasons(tally.remarks),
        "attributes": [_attribute(said, count) for said, count in sorted(tally.attributes.items())],
        "verification": {
            "method": "Every output is read again by other code than the one that wrote it, and compared with its "
            "original: UIDs, numbers, names, dates and places in attributes and bytes; declarations; references; "
            "pixel data.",
            "verified": tally.verified,
            "not_verified": len(tally.files) - tally.verified,
            "findings": [
                {"severity": severity, "kind": kind, "tag": tag, "count": count}
                for (severity, kind, tag), count in sorted(findings.items())
            ],
        },
    }
    return sealed(workspace, content, tally.files)


def _recipe_content(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe with what speaks against its profile; one that an earlier program kept may lack parts."""
    return {**kept, "objections": [asdict(one) for one in objections(profile_of(kept))] if kept else []}


def _reasons(counts: Counter[tuple[str, str]]) -> list[dict[str, object]]:
    return [{"kind": kind, "reason": reason, "files": count} for (kind, reason), count in counts.most_common()]


def _tally(workspace: Workspace) -> _Tally:
    tally = _Tally()
    for row in workspace.ledger.deidentified.rows():
        tally.states[row.state.value] += 1
        if row.state is DeidState.QUARANTINED:
            tally.set_aside[row.kind, row.reason] += 1
        if row.state is DeidState.DROPPED:
            tally.left_out[row.kind, row.reason] += 1
        if row.state is not DeidState.WRITTEN:
            continue
        if row.kind:
            tally.remarks[row.kind, row.reason] += 1
        tally.recipes[row.recipe] += 1
        tally.attributes.update(row.counts)
        tally.patients.add(row.patient)
        tally.studies.add(row.study_uid)
        tally.series.add(row.series_uid)
        tally.verified += row.verified_at is not None
        tally.files.append(
            {
                "path": row.output,
                "sha256": row.sha256,
                "original_sha256": row.source_sha256,
                "verified": row.verified_at is not None,
                "blanked": row.blanked,
            }
        )
    tally.files.sort(key=lambda entry: str(entry["path"]))
    return tally


def _attribute(said: str, count: int) -> dict[str, object]:
    tag, _, action = said.partition(" ")
    number = int(tag, 16)
    name = "private attribute" if number >> 16 & 1 else name_of(number)
    return {"tag": tag_text(number), "name": name, "action": action, "count": count}
