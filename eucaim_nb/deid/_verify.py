"""Verification: every output checked against its original, and noted in the ledger (PS3.15 E.1)."""

import hashlib
import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from eucaim_nb.dicom import Place
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import DeidFinding, DeidRow, DeidState
from eucaim_nb.workspace import Workspace

from ._check import Checked, Checker
from ._contract import profile_of
from ._finding import Finding, Kind, Severity, is_grave, of_file
from ._linkage import Linkage
from ._profile import Profile

_BATCH = 200


@dataclass(frozen=True, slots=True)
class VerifySummary:
    """What verification found.

    `files` are outputs, `verified` those without any error, now or before. `findings` are of those looked at now; the
    ledger keeps all.
    """

    files: int
    verified: int
    findings: tuple[Finding, ...]


def verify_outputs(
    workspace: Workspace,
    file_ids: Collection[int] | None = None,
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> VerifySummary:
    """Check the outputs of de-identification against their originals and note in the ledger which are verified.

    Parameters
    ----------
    workspace
    file_ids
        Originals whose outputs are checked; all by default.
    again
        Check also outputs that were verified before and have not changed since.

    Raises
    ------
    WorkspaceError
        The ledger cannot be used.
    """
    progress = progress or silent()
    records = workspace.ledger.deidentified
    total = records.counts().written if file_ids is None else len(file_ids)
    progress.begin("Verifying de-identified files", total=total, unit="files")
    run = _Run(workspace, Linkage())
    try:
        for row in records.rows(DeidState.WRITTEN):
            if file_ids is not None and row.file_id not in file_ids:
                continue
            run.files += 1
            if again or not run.stands(row):
                run.check(row)
            progress.advance()
    finally:
        run.note()
    return VerifySummary(run.files, run.verified, tuple(run.all_findings))


def verify_rest(workspace: Workspace, checked: Collection[int], linkage: Linkage, progress: Progress) -> None:
    """Check the outputs that are not verified yet, except those of some originals: they were checked when written.

    Parameters
    ----------
    checked
        The ids of their files.
    linkage
        What was told of their UIDs.
    """
    records = workspace.ledger.deidentified
    progress.begin("Verifying de-identified files", total=records.counts().written, unit="files")
    run = _Run(workspace, linkage)
    try:
        for row in records.rows(DeidState.WRITTEN):
            if row.file_id not in checked and not run.stands(row):
                run.check(row)
            progress.advance()
    finally:
        run.note()


def all_findings(checked: Checked, row: DeidRow, profile: Profile, linkage: Linkage) -> tuple[Finding, ...]:
    """Return what a check found, and what contradicts what other checks found."""
    return (*checked.findings, *of_file(row.output, linkage.findings(checked.uids, row, profile)))


def for_ledger(findings: Iterable[Finding], row: DeidRow) -> list[DeidFinding]:
    """Return findings of one output as the ledger keeps them."""
    return [DeidFinding(row.file_id, one.kind, one.severity, one.message, one.tag, row.output) for one in findings]


class _Run:
    """Verification of many outputs, noted in the ledger batch by batch."""

    def __init__(self, workspace: Workspace, linkage: Linkage) -> None:
        self._workspace = workspace
        self._linkage = linkage
        self._records = workspace.ledger.deidentified
        self._profiles: dict[str, Profile] = {}
        self._checkers: dict[str, Checker] = {}
        self._verified: list[int] = []
        self._findings: dict[int, Sequence[DeidFinding]] = {}
        self.files = 0
        self.verified = 0
        self.all_findings: list[Finding] = []

    def stands(self, row: DeidRow) -> bool:
        """Tell, and count, whether an output was verified before and has not changed since."""
        if row.verified_at is None:
            return False
        try:
            status = (self._workspace.deidentified / row.output).stat()
        except OSError:
            return False
        same = (status.st_size, status.st_mtime_ns) == (row.size, row.mtime_ns)
        self.verified += same
        return same

    def check(self, row: DeidRow) -> None:
        """Check the output of one row."""
        found = all_findings(self._check(row), row, self._profile(row.recipe), self._linkage)
        self.all_findings += found
        if not is_grave(found):
            self._verified.append(row.id)
            self.verified += 1
        self._findings[row.id] = for_ledger(found, row)
        if len(self._findings) >= _BATCH:
            self.note()

    def note(self) -> None:
        """Write what was found so far to the ledger."""
        if self._findings:
            self._records.note_verified(self._verified, self._findings)
        self._verified, self._findings = [], {}

    def _check(self, row: DeidRow) -> Checked:
        try:
            output = (self._workspace.deidentified / row.output).read_bytes()
        except OSError:
            return _only(row, Kind.MISSING, "The de-identified file is gone. De-identify again.")
        if hashlib.sha256(output).hexdigest() != row.sha256:
            return _only(
                row, Kind.MISMATCH, "The de-identified file was changed after it was written. De-identify again."
            )
        original = self._original(row)
        if original is None:
            return _only(
                row, Kind.MISSING, "The original cannot be read any more, so that nothing can be compared. Scan again."
            )
        if row.source_sha256 and hashlib.sha256(original).hexdigest() != row.source_sha256:
            return _only(
                row, Kind.MISMATCH, "The original was changed since it was de-identified. Scan and de-identify again."
            )
        return self._checker(row.recipe).check(original, output, row.output, row.patient)

    def _original(self, row: DeidRow) -> bytes | None:
        place = self._workspace.ledger.index.place(row.file_id) if row.file_id is not None else None
        if place is None:
            return None
        try:
            with Place.of(self._workspace.folder, *place).open() as file:
                return file.read()
        except (OSError, KeyError, zipfile.BadZipFile):
            return None

    def _checker(self, recipe: str) -> Checker:
        if recipe not in self._checkers:
            self._checkers[recipe] = Checker(self._profile(recipe))
        return self._checkers[recipe]

    def _profile(self, recipe: str) -> Profile:
        if recipe not in self._profiles:
            self._profiles[recipe] = profile_of(self._records.recipe(recipe))
        return self._profiles[recipe]


def _only(row: DeidRow, kind: Kind, message: str) -> Checked:
    return Checked((Finding(row.output, "", kind, Severity.ERR, message),), {})
