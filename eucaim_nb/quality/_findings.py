"""From what a check says to what the ledger keeps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eucaim_nb.errors import EucaimError
from eucaim_nb.ledger import QualityFinding

from ._finding import Finding, Severity
from ._registry import Check, Rule, registry

_MOST_FILES = 20


_FAILED = Finding(
    "This could not be checked: the values make no sense to the check.",
    remedy="Look at the series. If its headers seem right, tell the makers of this program which check failed.",
    severity=Severity.WARN,
)


def found_by(rule: Rule, view: object) -> list[Finding]:
    """Return what a rule finds. Headers may hold anything: a rule that fails costs one answer, not the run."""
    try:
        return list(rule(view))
    except EucaimError:
        raise  # the workspace, not the headers
    except Exception:
        return [_FAILED]


def finding_row(check: Check, found: Finding, **about: str) -> QualityFinding:
    """Return a finding as the ledger keeps it; `about` says what the view was, where the finding does not."""
    own = {
        name: value
        for name in ("patient_id", "study_uid", "series_uid")
        if (value := getattr(found, name)) is not None
    }
    return QualityFinding(
        check_id=check.id,
        severity=(found.severity or check.severity).value,
        dimension=check.dimension.value,
        message=found.message,
        remedy=found.remedy or check.remedy,
        sop_uid=found.sop_uid,
        files=tuple(found.files)[:_MOST_FILES],
        count=max(found.count, 1),
        evidence=dict(found.evidence),
        **{**about, **own},
    )


def gathered(rows: Iterable[QualityFinding]) -> list[QualityFinding]:
    """Return findings with those that say the same of one series as one, counted together."""
    alike: dict[tuple[str, ...], QualityFinding] = {}
    for row in rows:
        key = (row.check_id, row.severity, row.message, row.study_uid, row.series_uid, row.patient_id)
        before = alike.get(key)
        alike[key] = (
            row
            if before is None
            else replace(
                before,
                count=before.count + row.count,
                files=(*before.files, *row.files)[:_MOST_FILES],
                sop_uid="" if before.sop_uid != row.sop_uid else before.sop_uid,
            )
        )
    return list(alike.values())


def kept(check: Check, found: Finding) -> list[Any]:
    """Return a finding about one file as plain values, short because there may be very many."""
    severity = found.severity.value if found.severity else ""
    return [check.id, severity, found.message, found.remedy, found.count, dict(found.evidence)]


def of_files(
    files: Iterable[tuple[Mapping[str, Any], Sequence[list[Any]]]], **about: str
) -> Iterator[QualityFinding]:
    """Yield what `kept` kept of some files, given with their rows of the index; what is said of many is said once."""
    alike: dict[tuple[str, ...], tuple[list[Mapping[str, Any]], list[Any], list[int]]] = {}
    for row, entries in files:
        for entry in entries:
            check_id, severity, message, remedy, count, _ = entry
            rows, _, counts = alike.setdefault((check_id, severity, message, remedy), ([], entry, []))
            rows.append(row)
            counts.append(count)
    for (check_id, severity, message, remedy), (rows, entry, counts) in alike.items():
        found = Finding(
            message,
            remedy=remedy,
            severity=Severity(severity) if severity else None,
            sop_uid=rows[0]["SOPInstanceUID"] if len(rows) == 1 else "",
            files=[row["file_id"] for row in rows[:_MOST_FILES]],
            count=sum(counts),
            evidence=entry[5],
        )
        yield finding_row(registry()[check_id], found, **about)
