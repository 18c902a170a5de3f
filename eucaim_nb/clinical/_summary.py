"""What became of a table, in plain values: for the page, the command line, the job and the report."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eucaim_nb.clinical_files import ExportFile

from ._apply import Prepared
from ._files import FOLDER
from ._finding import Finding, Severity

MAPPING_FILE = "mapping.json"
_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a table, in plain values and without any of a patient.

    `rows_in` is `rows_out` and `dropped` together; `dropped_because` counts rows by reason. `subjects` counts patients
    that have images and rows, images only, rows only. `findings` are dictionaries of rule, severity, message, remedy,
    column, variable and count; `exports` of kind, file, SHA-256 and size. While a finding of severity ERR stands,
    nothing is exported.
    """

    template: str
    rows_in: int
    rows_out: int
    dropped: int
    dropped_because: dict[str, int]
    subjects: dict[str, int]
    findings: list[dict[str, Any]]
    errors: int
    warnings: int
    exports: list[dict[str, Any]]
    guessed: list[str]
    mapping: str
    seconds: float


def summed_up(
    prepared: Prepared,
    findings: Sequence[Finding],
    files: Sequence[ExportFile],
    guessed: Sequence[str],
    began: float,
) -> Summary:
    """Return the summary of a preparation that began at a moment of `time.monotonic`."""
    reasons = Counter({one.reason: len(one.lines) for one in prepared.dropped})
    severities = Counter(one.severity for one in findings)
    return Summary(
        prepared.template.name,
        prepared.rows_in,
        len(prepared),
        sum(reasons.values()),
        dict(reasons),
        {
            "both": len(prepared.both),
            "images_only": len(prepared.images_only),
            "clinical_only": len(prepared.clinical_only),
        },
        _grouped(findings),
        severities[Severity.ERR],
        severities[Severity.WARN],
        [
            {"kind": one.kind, "file": f"{FOLDER}/{one.file}", "sha256": one.sha256, "bytes": one.bytes}
            for one in files
        ],
        list(guessed),
        f"{FOLDER}/{MAPPING_FILE}",
        round(time.monotonic() - began, 3),
    )


def _grouped(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings without values: those that differ in their value only are one."""
    counts: Counter[tuple[str, ...]] = Counter()
    rows: dict[tuple[str, ...], list[int]] = {}
    for one in findings:
        key = (one.severity.value, one.rule, one.column, one.target, one.message, one.remedy)
        counts[key] += one.count
        rows.setdefault(key, []).extend(one.rows[:_ROWS_SHOWN])
    names = ("severity", "rule", "column", "target", "message", "remedy")
    order = [severity.value for severity in Severity]
    return [
        {**dict(zip(names, key, strict=True)), "count": count, "rows": sorted(rows[key])[:_ROWS_SHOWN]}
        for key, count in sorted(counts.items(), key=lambda each: order.index(each[0][0]))
    ]
