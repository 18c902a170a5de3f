"""What the journal says of an upload: how many are verified, series by series, and what failed."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from eucaim_nb.jobs import Job, JobState, latest
from eucaim_nb.ledger import SeriesRow, StudyUpload, UploadCounts, UploadState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_FOLLOW_SECONDS = 2.0
_CONFLICT = 409

SeriesStates: TypeAlias = tuple[SeriesRow | None, tuple[str, str], Mapping[str, int]]

_STUDIES = (
    c.Column("Patient"),
    c.Column("Study"),
    c.Column("State"),
    c.Column("Series", numbers=True),
    c.Column("Instances", numbers=True),
    c.Column("Verified", numbers=True),
    c.Column("Failed", numbers=True),
    c.Column("Size", numbers=True),
)
_SERIES = (
    c.Column("Patient"),
    c.Column("Series"),
    c.Column("State"),
    *(c.Column(state.capitalize(), numbers=True) for state in UploadState),
)


class Journal:
    """What became of the uploads to the workspace's node: `show` tells all of it, `follow` what moves meanwhile.

    Attributes
    ----------
    begun
        Whether anything was ever queued for the node.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        self._workspace, self._notice = workspace, notice
        self._uploads, self._node = workspace.ledger.uploads, workspace.settings.node
        self._headline = c.show()
        self._studies: c.PagedTable[StudyUpload] = c.PagedTable(
            _STUDIES, self._study_cells, "Studies on their way", notice
        )
        self._studies.table.add_class("eucaim-data")
        self._failures = c.FindingsTable(workspace.folder / "private" / "upload-failures.csv", notice)
        self._failed = c.show()
        self._rest = c.stack()
        self.root = c.stack(self._headline, self._failed, self._failures.root, self._studies.root, self._rest)
        self._followed_at = 0.0
        self._named: Mapping[str, str] = {}
        self.begun = False
        c.visible(self.root, False)

    def show(self) -> None:
        """Read everything anew; nothing is shown while nothing was ever queued."""
        counts = self._counts()
        if not self.begun:
            return
        self._tell(counts)
        self._named = {row.study_uid: _study_name(row) for row in self._workspace.ledger.index.series()}
        self._studies.show(self._by_need())
        self._show_failures(counts)
        drawer = c.Drawer("The same by series", self._series().root, self._notice)
        c.replace(self._rest, *self._receipt(), drawer.root)

    def follow(self) -> None:
        """Read anew what moves while images are sent, every two seconds at most."""
        if time.monotonic() - self._followed_at < _FOLLOW_SECONDS:
            return
        self._tell(self._counts())
        self._studies.update(self._by_need())
        self._followed_at = time.monotonic()

    def _counts(self) -> UploadCounts:
        counts = self._uploads.counts(self._node)
        self.begun = bool(counts.total)
        c.visible(self.root, self.begun)
        return counts

    def _tell(self, counts: UploadCounts) -> None:
        said = f"Stored and verified {counts.verified:,} of {c.count(counts.total, 'instance')}"
        listed_so_far = f"{c.size(counts.bytes_verified)} verified by the node's own listing."
        if counts.acknowledged:
            listed_so_far += f" {counts.acknowledged:,} more were acknowledged, and wait for it."
        facts = [c.paragraph(listed_so_far, quiet=True)]
        asked = latest(self._workspace, "verify")
        if asked is not None and asked.state is JobState.DONE:
            facts.append(c.paragraph(listed(asked)))
        c.put(self._headline, c.headline(said), *facts)

    def _by_need(self) -> list[StudyUpload]:
        """Return the studies: failed ones first, then those under way, then those to come, then those done."""
        return sorted(self._uploads.studies(self._node), key=_need)

    def _show_failures(self, counts: UploadCounts) -> None:
        failures, warned = self._uploads.failures(self._node), self._uploads.warnings(self._node)
        c.visible(self._failures.root, bool(failures or warned))
        c.visible(self._failed, bool(failures or warned))
        if failures:
            said = c.heading(f"{c.count(counts.failed, 'instance')} failed")
            c.put(self._failed, said, c.paragraph("Press Upload again: only what the node does not list is sent."))
        elif warned:
            c.put(self._failed, c.heading("Stored, but the node has a remark"))
        self._failures.show([*map(_finding, _alike(failures, "message")), *map(_remark, _alike(warned, "warning"))])

    def _study_cells(self, study: StudyUpload) -> tuple[object, ...]:
        name = self._named.get(study.study_uid, study.study_uid)
        numbers = (study.series, study.instances, study.verified, study.failed)
        return study.patient_id, name, _study_badge(study), *(f"{n:,}" for n in numbers), c.size(study.bytes)

    def _series(self) -> "c.PagedTable[SeriesStates]":
        known = {(row.study_uid, row.series_uid): row for row in self._workspace.ledger.index.series()}
        states = self._uploads.series_states(self._node)
        table: c.PagedTable[SeriesStates] = c.PagedTable(_SERIES, _cells, "Series and their states", self._notice)
        table.table.add_class("eucaim-data")
        table.show(sorted(((known.get(key), key, n) for key, n in states.items()), key=_unfinished_first))
        return table

    def _receipt(self) -> list[Any]:
        path = self._workspace.folder / "reports" / "upload.html"
        return [c.copy("Sealed receipt, to keep and to show", path)] if path.exists() else []


def listed(job: Job) -> str:
    """Say what a comparison with the node found."""
    found = job.result or {}
    when = f" ({c.moment(job.ended_at)})" if job.ended_at else ""
    expected = c.count(found["expected"], "instance")
    said = f"The server lists {found['present']:,} of the {expected} sent from here{when}."
    return f"{said} Upload again to send what is missing." if found["missing"] else said


def _need(study: StudyUpload) -> tuple[int, str, str]:
    if study.failed:
        rank = 0
    elif study.under_way:
        rank = 1
    else:
        rank = 3 if study.verified == study.instances else 2
    return rank, study.patient_id, study.study_uid


def _study_name(row: SeriesRow) -> str:
    """Return what people call a study: its date and description, or what comes closest."""
    return " · ".join(filter(None, [row.study_date, row.study_description or row.modality])) or row.study_uid


def _study_badge(study: StudyUpload) -> c.Markup:
    if study.failed:
        return c.badge("failed", c.Tone.BAD)
    if study.verified == study.instances:
        return c.badge("verified", c.Tone.GOOD)
    if study.under_way:
        return c.badge("under way", c.Tone.BUSY)
    return c.badge("waiting", c.Tone.QUIET)


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


def _alike(rows: Sequence[Mapping[str, Any]], words: str) -> list[list[Mapping[str, Any]]]:
    """Put together what was said of instances of one series in the same words."""
    found: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        key = row["patient_id"], row["study_instance_uid"], row["series_instance_uid"], row.get("status"), row[words]
        found.setdefault(key, []).append(row)
    return list(found.values())


def _finding(rows: Sequence[Mapping[str, Any]]) -> c.Finding:
    status, what = rows[0]["status"], rows[0]["message"] or "The node gave no reason."
    kind = f"HTTP {status}" if status else "no answer"
    remedy = "Decide which version counts, then upload again." if status == _CONFLICT else "Upload again."
    return c.Finding(c.Severity.ERROR, kind, _where(rows), what, remedy)


def _remark(rows: Sequence[Mapping[str, Any]]) -> c.Finding:
    remedy = "Nothing to do, unless the node asks for it."
    return c.Finding(c.Severity.WARNING, "stored with a warning", _where(rows), rows[0]["warning"], remedy)


def _where(rows: Sequence[Mapping[str, Any]]) -> str:
    patient = f"Patient {rows[0]['patient_id']}"
    if len(rows) == 1:
        return f"{patient}, instance {rows[0]['sop_instance_uid']}"
    return f"{patient}, {c.count(len(rows), 'instance')} of series {rows[0]['series_instance_uid']}"
