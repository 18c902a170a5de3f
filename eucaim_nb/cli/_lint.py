"""The command `lint-deidentified`."""

import argparse
import time

from eucaim_nb import deid
from eucaim_nb.deid import Severity
from eucaim_nb.jobs import Progress
from eucaim_nb.workspace import open_workspace

from ._console import Console

_SHOWN = 20
_SECONDS_BETWEEN = 0.2


class _Told(Progress):
    """Progress of work in this process, told to the person now and then."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._told_at = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Count finished units."""
        super().advance(count)
        if time.monotonic() - self._told_at >= _SECONDS_BETWEEN:
            self._told_at = time.monotonic()
            self._console.progress(self)


def lint_deidentified(options: argparse.Namespace, console: Console) -> int:
    """Check a folder of de-identified files."""
    against = open_workspace(options.against) if options.against else None
    found = deid.lint(options.folder, against, progress=_Told(console))
    console.progress_ended()
    entries = [
        {"path": one.file, "tag": one.tag, "kind": one.kind, "severity": one.severity, "message": one.message}
        for one in found.findings
    ]
    grave = [one for one in found.findings if one.severity is not Severity.INFO]
    errors = sum(one.severity is Severity.ERR for one in grave)
    lines = [f"{one.severity} {one.kind}: {one.file} {one.tag}".rstrip() for one in found.findings[:_SHOWN]]
    if len(entries) > _SHOWN:
        lines.append(f"... and {len(entries) - _SHOWN:,} more findings")
    lines.append(
        f"{found.files:,} DICOM files: {errors:,} errors, {len(grave) - errors:,} warnings, "
        f"{len(entries) - len(grave):,} remarks."
    )
    console.result({"files": found.files, "findings": entries}, "\n".join(lines))
    return 1 if grave else 0
