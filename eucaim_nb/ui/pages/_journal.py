"""What the journal says of an upload: how many are verified, series by series, and what failed."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from eucaim_nb.jobs import Job, JobState, latest
from eucaim_nb.ledger import SeriesRow, UploadState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

SeriesStates: TypeAlias = tuple[SeriesRow | None, tuple[str, str], Mapping[str, int]]

_SERIES = (
    c.Column("Patient"),
    c.Column("Series"),
    c.Column("State"),
    *(c.Column(state.capitalize(), numbers=True) for state in UploadState),
)


class Journal:
    """The result of the uploads to the workspace's node."""

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        uploads, node = workspace.ledger.uploads, workspace.settings.node
        self.counts = uploads.counts(node)
        headline = f"Stored and verified {self.counts.verified:,} of {c.count(self.counts.total, 'instance')}"
        facts = [
            c.headline(headline),
            c.paragraph(
                f"{c.size(self.counts.bytes_verified)} verified by the node's own listing.", quiet=True
            ),
        ]
        asked = latest(workspace, "verify")
        if asked is not None and asked.state is JobState.DONE:
            facts.append(c.paragraph(listed(asked)))
        parts = [c.show(*facts)]
        failures = uploads.failures(node)
        if failures:
            said = c.heading(f"{c.count(self.counts.failed, 'instance')} failed")
            remedy = c.paragraph("Press Upload again: only what the node does not list is sent.")
            failed = c.FindingsTable(workspace.folder / "private" / "upload-failures.csv", notice)
            failed.show(_finding(row) for row in failures)
            parts += [c.show(said, remedy), failed.root]
        known = {(row.study_uid, row.series_uid): row for row in workspace.ledger.index.series()}
        states = uploads.series_states(node)
        table: c.PagedTable[SeriesStates] = c.PagedTable(_SERIES, _cells, "Series and their states", notice)
        table.show(sorted(((known.get(key), key, n) for key, n in states.items()), key=_unfinished_first))
        title = f"States of {c.count(len(states), 'series', 'series')}"
        self.root = c.stack(*parts, c.Drawer(title, table.root, notice).root)


def listed(job: Job) -> str:
    """Say what a comparison with the node found."""
    found = job.result or {}
    when = f" ({c.moment(job.ended_at)})" if job.ended_at else ""
    expected = c.count(found["expected"], "instance")
    said = f"The server lists {found['present']:,} of the {expected} sent from here{when}."
    return f"{said} Upload again to send what is missing." if found["missing"] else said


def _unfinished_first(states: SeriesStates) -> tuple[bool, str, tuple[str, str]]:
    row, key, counts = states
    return set(counts) == {UploadState.VERIFIED}, row.patient_id if row else "", key


def _cells(states: SeriesStates) -> tuple[object, ...]:
    row, (_, series_uid), counts = states
    name = " · ".join(filter(None, [row.number, row.modality, row.description])) if row else ""
    numbers = [f"{counts.get(state, 0):,}" for state in UploadState]
    return row.patient_id if row else "", name or series_uid, _badge(counts), *numbers


def _badge(counts: Mapping[str, int]) -> c.Markup:
    if set(counts) == {UploadState.VERIFIED}:
        return c.badge("verified", c.Tone.GOOD)
    if UploadState.FAILED in counts:
        return c.badge("failed", c.Tone.BAD)
    return c.badge("not complete", c.Tone.WARN)


def _finding(row: Mapping[str, Any]) -> c.Finding:
    status = f"HTTP {row['status']}" if row["status"] else "no answer"
    what = row["message"] or "The node gave no reason."
    where = f"Patient {row['patient_id']}, instance {row['sop_instance_uid']}"
    return c.Finding(c.Severity.ERROR, status, where, what, "Upload again.")
