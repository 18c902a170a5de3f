"""From what a check says to what the ledger keeps."""

from collections.abc import Iterable, Mapping
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


def of_file(entry: list[Any], row: Mapping[str, Any], **about: str) -> QualityFinding:
    """Return what `kept` kept of a file, whose row of the index this is."""
    check_id, severity, message, remedy, count, evidence = entry
    found = Finding(
        message,
        remedy=remedy,
        severity=Severity(severity) if severity else None,
        sop_uid=row["SOPInstanceUID"],
        files=(row["file_id"],),
        count=count,
        evidence=evidence,
    )
    return finding_row(registry()[check_id], found, **about)
