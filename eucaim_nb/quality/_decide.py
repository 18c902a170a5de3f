"""What a person decides about findings: what to leave out; and what stands against sending."""

from collections.abc import Collection, Sequence

from eucaim_nb.errors import Refused
from eucaim_nb.ledger import Exclusion, QualityFinding, QualityRun
from eucaim_nb.workspace import Workspace

from ._sources import chosen_sources


def exclude(workspace: Workspace, study_uid: str, series_uid: str, *, reason: str, sop_uid: str = "") -> int:
    """Leave a series, or one instance of it, out of everything that follows: de-identification, upload, further checks.

    An original and what was de-identified from it are left out together. The reason goes to the audit trail.

    Returns
    -------
    int
        The number of the decision, for `readmit`.

    Raises
    ------
    Refused
        There is no reason, or no such series or instance in the index.
    """
    if not reason.strip():
        raise Refused("Nothing was left out: give a reason. It is recorded.")
    there = workspace.ledger.checkable.holds(study_uid, series_uid, sop_uid)
    if not there:
        raise Refused("There is no such series or instance in the index. Scan again, or check the UIDs.")
    return workspace.ledger.exclusions.add(study_uid, series_uid, sop_uid, reason.strip())


def readmit(workspace: Workspace, decision: int) -> None:
    """Take back what was left out by a decision.

    Raises
    ------
    Refused
        There is no such decision.
    """
    if not workspace.ledger.exclusions.withdraw(decision):
        raise Refused("There is no such decision: it was taken back already.")


def excluded(workspace: Workspace) -> list[Exclusion]:
    """Return what was left out, oldest first."""
    return workspace.ledger.exclusions.all()


def latest(workspace: Workspace, source: str = "") -> QualityRun | None:
    """Return the last complete run over some sources, or over any if none are named."""
    runs = workspace.ledger.quality.runs()
    if source:
        scope = workspace.ledger.quality.scope(chosen_sources(workspace, source)[1])
        runs = [one for one in runs if one.scope == scope]
    return runs[0] if runs else None


def findings(workspace: Workspace, source: str = "") -> list[QualityFinding]:
    """Return what the last run over some sources found and nobody left out since, the gravest first.

    Messages and remedies hold no value of a patient; the fields that say what a finding is about do.
    """
    run = latest(workspace, source)
    return [] if run is None else list(workspace.ledger.quality.findings(run.scope))


def blocking(
    workspace: Workspace, source_ids: Collection[int], series: Sequence[tuple[str, str]] | None = None
) -> dict[str, int]:
    """Count errors, by check, that stand against sending images of some sources; see `Quality.blocking`."""
    return workspace.ledger.quality.blocking(source_ids, series)
