"""The run: every original de-identified once, its output verified, and what became of each written down."""

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from eucaim_nb.dicom import scan, scanned_sources
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import DeidFinding, DeidRow, DeidState
from eucaim_nb.workspace import Workspace

from ._check import Checked
from ._crosswalk import write_crosswalk
from ._finding import Severity
from ._journal import Journal
from ._linkage import Linkage
from ._output import sweep
from ._overview import by_attribute
from ._plan import Plan
from ._profile_file import SHIPPED
from ._recipe import recipe
from ._table import EDITIONS
from ._treat import PASSING, Done, treat
from ._verify import all_findings, for_ledger, verify_rest
from ._workers import executor, number_of_workers

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class DeidSummary:
    """What became of the originals of some sources.

    `written` outputs were made in this run. `skipped` originals needed nothing or could not be had: `unchanged` of
    them have an output since an earlier run, the others are exact duplicates, gone or changed. `quarantined` are set
    aside and `dropped` left out by the profile, in this run or before; `already` are outputs of this program that were
    scanned as originals. `other_files` are no DICOM instances and have no output. `outputs` stand in all, `verified`
    of them passed verification. `findings` counts by kind what a person should know about the whole workspace,
    `errors` and `warnings` the grave ones. `actions` counts what was done in this run, by attribute and action.
    `seconds` is wall-clock time.
    """

    written: int
    skipped: int
    quarantined: int
    dropped: int
    already: int
    unchanged: int
    other_files: int
    outputs: int
    verified: int
    profile: str
    edition: str
    findings: dict[str, int]
    errors: int
    warnings: int
    actions: dict[str, dict[str, int]]
    dry_run: bool
    seconds: float


def deidentify(
    workspace: Workspace,
    *,
    profile: str | os.PathLike[str] = SHIPPED[0],
    sources: Sequence[str | os.PathLike[str]] | None = None,
    workers: int | None = None,
    dry_run: bool = False,
    secret: str | None = None,
    progress: Progress | None = None,
) -> DeidSummary:
    """De-identify every scanned instance that has no output of the same recipe yet, and verify the outputs.

    Originals are only read. Run again after any interruption, it does what is missing; with another profile, outputs
    are replaced one by one.

    Parameters
    ----------
    profile
        Name of a shipped profile, or a profile file.
    sources
        Scanned folders; None means all.
    workers
        Processes at work; None chooses by the number of files and processors.
    dry_run
        Only say what would be done to how many attributes: nothing is written.
    secret
        What the EUCAIM anonymiser was run with, for a profile that makes pseudonyms as it does.

    Raises
    ------
    ProfileError
        The profile cannot be used.
    WorkspaceError
        Nothing was scanned, or the workspace cannot be written.
    """
    return _Run(workspace, os.fspath(profile), sources, workers, dry_run, secret, progress or silent()).run()


def findings(workspace: Workspace, limit: int | None = None) -> list[DeidFinding]:
    """Return what a person should know about originals and outputs; no text holds a value of an original."""
    return list(workspace.ledger.deidentified.findings(limit))


@dataclass
class _Run:
    """One run of the de-identification."""

    workspace: Workspace
    profile: str
    folders: Sequence[str | os.PathLike[str]] | None
    workers: int | None
    dry_run: bool
    secret: str | None
    progress: Progress
    written: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    states: Counter[DeidState] = field(default_factory=Counter)
    found: dict[str, Counter[str]] = field(default_factory=dict)
    """Only for a dry run, which keeps nothing in the ledger: findings by severity and kind."""

    checked: set[int] = field(default_factory=set)
    """Originals whose outputs were checked in this run."""
    linkage: Linkage = field(default_factory=Linkage)

    def run(self) -> DeidSummary:
        """Do it all."""
        began = time.monotonic()
        self.ledger = self.workspace.ledger.deidentified
        sources = self._sources()
        self.recipe = recipe(self.workspace, self.profile, self.secret, keep=not self.dry_run)
        folder = None if self.dry_run else self.workspace.deidentified
        baselines = self.workspace.ledger.originals.baselines(self.workspace.originals())
        plan = Plan(self.workspace, self.recipe, sources, baselines, folder)
        if folder is not None:
            folder.mkdir(mode=0o700, exist_ok=True)
            sweep(folder)
            self.ledger.forget_gone()
            self.ledger.begin(plan.digest, self.recipe.content)
        self.journal = Journal(self.workspace, keep=not self.dry_run)
        self.progress.begin("De-identifying", total=plan.files, unit="files")
        self._treat(plan)
        if folder is not None:
            sweep(folder, self.ledger.outputs())
            write_crosswalk(self.workspace)
            self._index_and_verify()
        summary = self._summary(plan, sources, began)
        if not self.dry_run:
            self._record(plan, summary)
        return summary

    def _sources(self) -> list[int]:
        originals = self.workspace.originals()
        if self.folders is not None:
            wanted = set(self.workspace.with_segmentations(scanned_sources(self.workspace, self.folders)))
            originals = [number for number in originals if number in wanted]
            if len(originals) < len({Path(folder).expanduser().resolve() for folder in self.folders}):
                raise WorkspaceError("Not all of these folders were scanned as originals. Scan them first.")
        if not originals:
            raise WorkspaceError("No folder with original images was scanned yet. Scan one first.")
        return originals

    # Treating

    def _treat(self, plan: Plan) -> None:
        try:
            self._in_processes(plan)
            self._take_settled(plan)
            for original in plan.duplicates:
                self._take([plan.compared(original)], frozenset())
                self.progress.advance()
        finally:
            self.journal.write()

    def _in_processes(self, plan: Plan) -> None:
        workers = number_of_workers(self.workers, plan.files)
        pending: set[Future[Done]] = set()
        pool = executor(workers)
        try:
            for chunk in plan.chunks():
                self._take_settled(plan)
                self.progress.check()
                pending.add(pool.submit(treat, chunk))
                while len(pending) >= 2 * workers:
                    pending = self._collect(pending)
            while pending:
                pending = self._collect(pending)
        except BrokenExecutor as error:
            raise WorkspaceError(
                "A worker process ended without a word, perhaps for want of memory. Run this again to go on; fewer "
                "workers need less memory."
            ) from error
        finally:
            # What was begun is finished, and what was finished is kept, whatever ended the work.
            pool.shutdown(wait=True, cancel_futures=True)
            for future in pending:
                if future.done() and not future.cancelled() and future.exception() is None:
                    self._keep(future.result())

    def _collect(self, pending: set[Future[Done]]) -> set[Future[Done]]:
        done, waiting = wait(pending, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            pending.discard(future)
            self._keep(future.result())
            self.progress.done += len(future.result().rows)
        self.progress.check()
        return waiting

    def _keep(self, done: Done) -> None:
        self._take([self._judged(row, done.checks) for row in done.rows], done.crosswalk)

    def _judged(self, row: DeidRow, checks: Mapping[int, Checked]) -> DeidRow:
        """Return a row that is verified if the check of its output found nothing."""
        checked = checks.get(row.file_id) if row.file_id is not None and row.state is DeidState.WRITTEN else None
        if checked is None or row.file_id is None:
            return row
        found = all_findings(checked, row, self.recipe.profile, self.linkage)
        self.checked.add(row.file_id)
        if found:  # verified or not, it is once these are written too
            self.journal.findings[row.file_id] = for_ledger(found, row)
            return row
        return replace(row, verified_at=time.time())

    def _take_settled(self, plan: Plan) -> None:
        self._take(plan.settled, frozenset())
        plan.settled = []
        self.progress.advance(plan.passed)
        plan.passed = 0

    def _take(self, rows: Sequence[DeidRow], crosswalk: frozenset[tuple[str, str, str]]) -> None:
        for row in rows:
            self.states[row.state] += 1
            if row.state is DeidState.WRITTEN and row.kind not in PASSING:
                self.written += 1
                self.actions.update(row.counts)
            if self.dry_run and row.kind:
                self.found.setdefault(row.severity, Counter())[row.kind] += 1
        self.journal.add(rows, crosswalk)

    # Afterwards

    def _index_and_verify(self) -> None:
        folder = self.workspace.deidentified
        if self.written or scanned_sources(self.workspace, [folder]):
            scan(self.workspace, [folder], progress=self.progress)
        verify_rest(self.workspace, self.checked, self.linkage, self.progress)

    def _record(self, plan: Plan, summary: DeidSummary) -> None:
        from ._report import write_report

        self.workspace.ledger.events.record(
            "de-identification",
            recipe=plan.digest,
            profile=summary.profile,
            written=summary.written,
            quarantined=summary.quarantined,
            outputs=summary.outputs,
            verified=summary.verified,
        )
        write_report(self.workspace)

    def _summary(self, plan: Plan, sources: Sequence[int], began: float) -> DeidSummary:
        counts = self.ledger.counts(sources)
        if self.dry_run:
            kinds = sum(self.found.values(), Counter())
            states, verified = self.states + plan.standing, 0
            grave = {severity: sum(found.values()) for severity, found in self.found.items()}
        else:
            kinds = Counter(self.ledger.finding_counts())
            states = Counter({state: getattr(counts, state.value) for state in DeidState})
            verified = counts.verified
            grave = self.ledger.severity_counts()
        return DeidSummary(
            written=self.written,
            skipped=states[DeidState.SKIPPED] + plan.standing[DeidState.WRITTEN],
            quarantined=states[DeidState.QUARANTINED],
            dropped=states[DeidState.DROPPED],
            already=states[DeidState.ALREADY],
            unchanged=plan.standing[DeidState.WRITTEN],
            other_files=plan.other_files,
            outputs=states[DeidState.WRITTEN],
            verified=verified,
            profile=self.recipe.profile.name,
            edition=EDITIONS,
            findings={str(kind): count for kind, count in kinds.most_common()},
            errors=grave.get(Severity.ERR, 0),
            warnings=grave.get(Severity.WARN, 0),
            actions=by_attribute(self.actions),
            dry_run=self.dry_run,
            seconds=round(time.monotonic() - began, 3),
        )
