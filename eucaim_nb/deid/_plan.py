"""What a run has to do: originals in chunks, those that are held back, and duplicates."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from eucaim_nb.dicom import Place
from eucaim_nb.ledger import DeidRow, DeidState, Original
from eucaim_nb.workspace import Workspace

from ._finding import Severity
from ._recipe import Recipe
from ._stamps import days_since
from ._treat import PASSING, Chunk, Outcome, Passing, Task, bytes_of, passed_over

_CHUNK_FILES = 32

# Kinds of the scan's problems that tell of a DICOM object which could not be read; the others are no DICOM objects.
_DAMAGED = frozenset(
    (
        "truncated header",
        "missing UIDs",
        "too deep",
        "too large when inflated",
        "unreadable value",
        "unreadable",
        "unreadable file",
    )
)


@dataclass
class Plan:
    """What there is to do with the files of some sources.

    `chunks` yields the work and, on its way, gathers in `settled` the rows that are clear without reading a file, in
    `duplicates` what must be compared with what was made of another file, and in `standing` how many files need
    nothing, by what became of them in an earlier run.
    """

    workspace: Workspace
    recipe: Recipe
    sources: Sequence[int]
    baselines: Mapping[str, str]
    folder: Path | None
    settled: list[DeidRow] = field(default_factory=list)
    duplicates: list[Original] = field(default_factory=list)
    standing: Counter[DeidState] = field(default_factory=Counter)
    passed: int = 0
    """Files that `chunks` went by without putting them into a chunk."""

    def __post_init__(self) -> None:
        self.ledger, self.originals = self.workspace.ledger.deidentified, self.workspace.ledger.originals
        self.digest = self.recipe.digest
        self.series = self.originals.series(self.sources)
        self.unreadable = self.originals.unreadable(self.sources)

    @property
    def files(self) -> int:
        """How many files hold an instance or the remains of one."""
        return sum(count for _, _, count in self.series) + sum(one.problem.kind in _DAMAGED for one in self.unreadable)

    @property
    def other_files(self) -> int:
        """How many files are no DICOM instances."""
        return sum(one.problem.kind not in _DAMAGED for one in self.unreadable)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the work, at most a few files of one series at a time."""
        self._damaged()
        for study_uid, series_uid, _ in self.series:
            originals = self.originals.of_series(self.sources, study_uid, series_uid)
            known = self.ledger.known([one.file_id for one in originals])
            tasks = [task for one in originals for task in self._task(one, known.get(one.file_id))]
            for start in range(0, len(tasks), _CHUNK_FILES):
                part = tasks[start : start + _CHUNK_FILES]
                patients = {one.patient_id: self.baselines.get(one.patient_id, "") for one in originals}
                yield Chunk(
                    self.recipe.profile,
                    self.recipe.maker,
                    patients,
                    self.folder,
                    part,
                    of_series=len(originals),
                    first=start == 0,
                )

    def compared(self, original: Original) -> DeidRow:
        """Return the row of a duplicate, by comparing its bytes with those of the file that stands for it."""
        before = self.ledger.known([original.file_id]).get(original.file_id)
        row = self._row(original)
        assert original.first is not None
        try:
            digest = self._digest(original, before)
            first = self._digest_of_first(original.first)
        except Passing as why:
            return passed_over(row, before, why)
        row = replace(row, source_sha256=digest)
        if digest == first:
            return replace(
                row,
                state=DeidState.SKIPPED,
                kind=Outcome.DUPLICATE,
                severity=Severity.INFO,
                reason="Another file has the same bytes. It was de-identified once.",
            )
        return replace(
            row,
            state=DeidState.QUARANTINED,
            kind=Outcome.OTHER_CONTENT,
            severity=Severity.ERR,
            reason="Another file has the same SOP Instance UID and other content. This one was set aside: see which of "
            "the two is right, and leave the other one out.",
        )

    def _task(self, original: Original, before: DeidRow | None) -> Iterator[Task]:
        if original.held_back:
            self._pass(self._held_back(original))
        elif original.first != original.file_id:
            self.duplicates.append(original)
        elif before is not None and self._stands(original, before):
            self.standing[before.state] += 1
            self.passed += 1
        else:
            yield Task(self._place(original), self._row(original), before, original.stamped)

    def _pass(self, row: DeidRow) -> None:
        self.settled.append(row)
        self.passed += 1

    def _row(self, original: Original) -> DeidRow:
        """Return the row that an original gets when it is written."""
        baseline = self.baselines.get(original.patient_id, "")
        return DeidRow(
            file_id=original.file_id,
            recipe=self.digest,
            state=DeidState.WRITTEN,
            source_size=original.size,
            source_mtime_ns=original.mtime_ns,
            baseline=baseline,
            days=days_since(baseline, original.study_date),
        )

    def _stands(self, original: Original, before: DeidRow) -> bool:
        """Tell whether nothing is left to do with an original."""
        same = (
            before.recipe == self.digest
            and (before.source_size, before.source_mtime_ns) == (original.size, original.mtime_ns)
            and before.baseline == self.baselines.get(original.patient_id, "")
        )
        if not same or before.kind in PASSING or before.kind in (Outcome.DUPLICATE, Outcome.OTHER_CONTENT):
            return False
        return before.state is not DeidState.WRITTEN or is_there(self.workspace.deidentified, before)

    def _held_back(self, original: Original) -> DeidRow:
        problems = self.originals.problems(original.file_id)
        return replace(
            self._row(original),
            state=DeidState.QUARANTINED,
            kind=problems[0].kind if problems else Outcome.NOT_TREATABLE,
            severity=Severity.ERR,
            reason=" ".join(problem.message for problem in problems) or "The scan held this file back.",
        )

    def _damaged(self) -> None:
        for one in self.unreadable:
            if one.problem.kind in _DAMAGED:
                self._pass(
                    DeidRow(
                        file_id=one.file_id,
                        recipe=self.digest,
                        state=DeidState.QUARANTINED,
                        kind=one.problem.kind,
                        severity=Severity.ERR,
                        reason=one.problem.message,
                        source_size=one.size,
                        source_mtime_ns=one.mtime_ns,
                    )
                )

    def _digest(self, original: Original, before: DeidRow | None) -> str:
        if (
            before is not None
            and before.source_sha256
            and (before.source_size, before.source_mtime_ns) == (original.size, original.mtime_ns)
            and self._place(original).unchanged_since(original.mtime_ns, original.size)
        ):
            return before.source_sha256
        return hashlib.sha256(bytes_of(self._place(original), original.size, original.mtime_ns)).hexdigest()

    def _digest_of_first(self, file_id: int) -> str:
        row = self.ledger.known([file_id]).get(file_id)
        if row is not None and row.source_sha256:
            return row.source_sha256
        place = self.workspace.ledger.index.place(file_id)
        if place is None:
            raise Passing(Outcome.CHANGED, "The index changed meanwhile. Run this again.")
        try:
            with Place.of(self.workspace.folder, *place).open() as file:
                return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
        except (OSError, KeyError, ValueError) as error:
            raise Passing(
                Outcome.NOT_READABLE, "The file with the same SOP Instance UID cannot be read. Scan again."
            ) from error

    def _place(self, original: Original) -> Place:
        return Place.of(self.workspace.folder, original.root, original.folder, original.name, original.member)


def is_there(folder: Path, row: DeidRow) -> bool:
    """Tell whether an output is still the file that was written."""
    try:
        status = (folder / row.output).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (row.size, row.mtime_ns)
