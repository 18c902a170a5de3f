"""A run: every series that changed is checked, then everything across series, and what was found is kept."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eucaim_nb import __version__
from eucaim_nb.dicom import Guarded
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import LookRow, QualityFinding
from eucaim_nb.workspace import Workspace

from ._annotation import Annotation, read_annotation
from ._classes import is_annotation
from ._context import Context
from ._dataset import Dataset, LooseFile
from ._facts import SeriesFacts, facts_from, facts_of, patients_of, studies_of
from ._finding import Level, Severity
from ._findings import finding_row, found_by, gathered, of_files
from ._looking import looks_of
from ._registry import rules_for
from ._series import Series
from ._sources import DEIDENTIFIED, ORIGINALS, chosen_sources
from ._version import salt, version

_BATCH_FILES = 2000
_BATCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class QualitySummary:
    """What the checks found in some sources.

    `findings` counts by severity, `checks` by check and severity, `dimensions` by dimension and severity; `blocking` is
    how many errors stand against sending. `series` were there, `checked` of them anew, the others as they were found
    before. `excluded` decisions of a person leave something out. `seconds` is wall-clock time.
    """

    findings: dict[str, int]
    checks: list[dict[str, Any]]
    dimensions: dict[str, dict[str, int]]
    blocking: int
    source: str
    level: str
    node: str
    files: int
    series: int
    studies: int
    patients: int
    checked: int
    unchanged: int
    excluded: int
    seconds: float


def run(
    workspace: Workspace,
    *,
    level: str = "standard",
    source: str = "",
    progress: Progress | None = None,
) -> QualitySummary:
    """Check the images of a workspace; series that did not change since they were checked are not looked at again.

    Nothing but the ledger and `reports/` is written.

    Parameters
    ----------
    level
        `quick` (the index alone), `standard` (every file is read once) or `full` (every picture is decoded).
    source
        `deidentified`, `originals`, or a scanned folder. Empty takes what will be sent: the de-identified images, or
        the originals while there are none.

    Raises
    ------
    WorkspaceError
        There is nothing to check, or no such level or folder.
    """
    try:
        depth = Level.of(level)
    except ValueError:
        words = ", ".join(one.word for one in Level)
        raise WorkspaceError(f"There is no level called {level}. Choose one of: {words}.") from None
    name, sources = chosen_sources(workspace, source)
    context = Context.of(workspace, depth, sources, outputs=name == DEIDENTIFIED)
    return _Run(workspace, context, name, progress or silent()).run()


@dataclass
class _Run:
    """One run over some sources."""

    workspace: Workspace
    context: Context
    source: str
    progress: Progress
    done: list[tuple[str, str, bytes, Mapping[str, Any], Sequence[QualityFinding]]] = field(
        default_factory=list
    )
    looked: list[LookRow] = field(default_factory=list)
    waiting: int = 0
    written_at: float = field(default_factory=time.monotonic)
    checked: int = 0

    def run(self) -> QualitySummary:
        """Do it all."""
        began = time.monotonic()
        self.ledger, self.checkable = self.workspace.ledger.quality, self.workspace.ledger.checkable
        self.scope = self.ledger.scope(self.context.sources)
        before = self.ledger.checked(self.scope)
        basis = salt(self.context)
        there = {
            (study, series): (basis + digest, files)
            for study, series, digest, files in self.checkable.seen(self.context.sources)
        }
        self.progress.begin("Checking series", total=sum(files for _, files in there.values()), unit="files")
        guarded = Guarded()
        try:
            for key, (seen, files) in there.items():
                if not _stands(before.get(key), seen, self.context.level):
                    self._series(*key, seen + bytes([self.context.level.value]), guarded)
                    self.checked += 1
                self.progress.advance(files)
        finally:
            self._write()
            guarded.close()
        self.progress.begin("Comparing series, studies and patients")
        facts = [facts_from(kept) for kept in self.ledger.facts(self.scope)]
        facts = [one for one in facts if (one.study_uid, one.series_uid) in there]
        context = replace(self.context, level=self._depth())
        findings = list(self._across(context, facts))
        summary = self._summary(context, facts, sum(files for _, files in there.values()))
        self.ledger.finish(self.scope, context.level.word, before.keys() - there.keys(), findings, summary)
        return self._ended(summary, began)

    def _depth(self) -> Level:
        """Return how deep everything was looked at: deeper than asked for where nothing had to be looked at anew."""
        asked = self.context.level
        earlier = next((Level.of(run.level) for run in self.ledger.runs() if run.scope == self.scope), asked)
        return earlier if not self.checked and earlier.value > asked.value else asked

    # One series

    def _series(self, study_uid: str, series_uid: str, seen: bytes, guarded: Guarded) -> None:
        rows = self.checkable.series(self.context.sources, study_uid, series_uid)
        looked: dict[int, LookRow] = {}
        if self.context.level is not Level.QUICK:
            looked, read = looks_of(self.context, rows, guarded, self.progress)
            self.looked += read
        series = Series(self.context, study_uid, series_uid, rows, looked)
        about = {"study_uid": study_uid, "series_uid": series_uid, "patient_id": series.value("PatientID")}
        found = [
            finding_row(check, one, **about)
            for check, rule in rules_for(Series, self.context.level, self.context.node)
            for one in found_by(rule, series)
        ]
        read_ones = (row for row in rows.instances if row["file_id"] in looked)
        found += of_files(((row, looked[row["file_id"]].facts["findings"]) for row in read_ones), **about)
        found += [
            row for annotation in self._annotations(series) for row in self._annotation(annotation, about)
        ]
        self.done.append((study_uid, series_uid, seen, facts_of(series).plain(), gathered(found)))
        self.waiting += len(rows.instances)
        if self.waiting >= _BATCH_FILES or time.monotonic() - self.written_at > _BATCH_SECONDS:
            self._write()

    def _annotations(self, series: Series) -> Iterator[Annotation]:
        if self.context.level is Level.QUICK or not series.is_annotation:
            return
        for row in series.images:
            if is_annotation(series.of(row, "SOPClassUID")):
                values = {**series.header_of(row), **row}
                read = read_annotation(self.context, values, self.context.place(row))
                if read is not None:
                    yield read

    def _annotation(self, annotation: Annotation, about: Mapping[str, str]) -> Iterator[QualityFinding]:
        for check, rule in rules_for(Annotation, self.context.level, self.context.node):
            for one in found_by(rule, annotation):
                row = finding_row(check, one, **about)
                own = annotation.row
                yield replace(
                    row, sop_uid=row.sop_uid or own["SOPInstanceUID"], files=row.files or (own["file_id"],)
                )

    def _write(self) -> None:
        if self.looked:
            self.checkable.store_looks(look for look in self.looked if look.mtime_ns >= 0)
        if self.done:
            self.ledger.store(self.scope, self.done)
        self.done, self.looked, self.waiting = [], [], 0
        self.written_at = time.monotonic()

    # Across series

    def _across(self, context: Context, facts: Sequence[SeriesFacts]) -> Iterator[QualityFinding]:
        owners = {one.study_uid: one.patient_id for one in facts}
        for row in gathered(self._found_across(context, facts)):
            yield replace(row, patient_id=row.patient_id or owners.get(row.study_uid, ""))

    def _found_across(self, context: Context, facts: Sequence[SeriesFacts]) -> Iterator[QualityFinding]:
        def found(view: object, **about: str) -> Iterator[QualityFinding]:
            for check, rule in rules_for(type(view), context.level, context.node):
                self.progress.check()
                for one in found_by(rule, view):
                    yield finding_row(check, one, **about)

        studies = studies_of(context, facts)
        patients = patients_of(context, studies)
        for loose in self._loose():
            yield from found(loose)
        for study in studies:
            yield from found(study, patient_id=study.series[0].patient_id, study_uid=study.uid)
        for patient in patients:
            yield from found(patient, patient_id=patient.id)
        yield from found(Dataset(context, facts, studies, patients))

    def _loose(self) -> Iterator[LooseFile]:
        beside = self.checkable.neighbours(self.context.sources)
        for file_id, folder, name, member, size, problem in self.checkable.loose(self.context.sources):
            yield LooseFile(self.context, file_id, name, member, size, problem, beside.get(folder, []))

    # At the end

    def _summary(self, context: Context, facts: Sequence[SeriesFacts], files: int) -> dict[str, Any]:
        return {
            "source": self.source,
            "level": context.level.word,
            "node": self.context.node,
            "files": files,
            "series": len(facts),
            "studies": len({one.study_uid for one in facts}),
            "patients": len({one.patient_id for one in facts}),
            "checked": self.checked,
            "unchanged": len(facts) - self.checked,
            "checks": version(),
            "program": __version__,
        }

    def _ended(self, summary: Mapping[str, Any], began: float) -> QualitySummary:
        from ._report import write_report

        counts = self.ledger.counts(self.scope)
        severities = Counter({severity.value: 0 for severity in Severity})
        dimensions: dict[str, dict[str, int]] = {}
        for _, severity, dimension, count in counts:
            severities[severity] += count
            dimensions.setdefault(dimension, {})[severity] = (
                dimensions.get(dimension, {}).get(severity, 0) + count
            )
        ended = QualitySummary(
            findings=dict(severities),
            checks=[
                {"id": check, "severity": severity, "count": count} for check, severity, _, count in counts
            ],
            dimensions=dimensions,
            blocking=sum(self.ledger.blocking(self.context.sources).values()),
            excluded=len({one.decision for one in self.workspace.ledger.exclusions.all()}),
            seconds=round(time.monotonic() - began, 3),
            **{name: value for name, value in summary.items() if name not in ("checks", "program")},
        )
        self.workspace.ledger.events.record(
            "quality checks", level=ended.level, source=_plain(ended.source), **ended.findings
        )
        write_report(self.workspace)
        return ended


def _stands(before: bytes | None, seen: bytes, level: Level) -> bool:
    """Tell whether what was found of a series still holds: nothing changed, and it was looked at as deep."""
    return before is not None and before[:-1] == seen and before[-1] >= level.value


def _plain(source: str) -> str:
    return source if source in (DEIDENTIFIED, ORIGINALS) else "folder"
