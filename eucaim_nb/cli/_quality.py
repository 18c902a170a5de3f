"""The command `quality`."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from eucaim_nb import quality as checks
from eucaim_nb.errors import SettingsError
from eucaim_nb.ledger import QualityFinding
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._work import not_finished, run

_SHOWN = 40


def quality(options: argparse.Namespace, console: Console) -> int:
    """Check the images, or leave a series out of everything that follows."""
    workspace = open_workspace(options.workspace)
    if options.leave_out:
        _leave_out(workspace, options.leave_out, options.reason)
    elif options.reason:
        raise SettingsError("--reason says why a series is left out: name it with --leave-out.")
    if options.normalise:
        copies = checks.normalise(workspace)
        console.say(f"{copies.written:,} normalised copies written, {copies.refused:,} files refused.")
    job = run(workspace, "quality", {"level": options.level, "source": options.source}, console)
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    found = checks.findings(workspace, options.source)
    console.result(done, _text(done, found))
    return 1 if done["findings"]["ERR"] or done["findings"]["WARN"] else 0


def _leave_out(workspace: Workspace, series_uids: Sequence[str], reason: str) -> None:
    for uid in series_uids:
        studies = {row["StudyInstanceUID"] for row in workspace.ledger.index.instances(uid)}
        if not studies:
            raise SettingsError("There is no series with this UID in the index. Copy it from the report.")
        for study in sorted(studies):
            checks.exclude(workspace, study, uid, reason=reason)


def _text(done: Mapping[str, Any], found: Sequence[QualityFinding]) -> str:
    lines = [f"{one.severity} {one.check_id} ({one.count:,}): {one.message} {one.remedy}" for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"... and {len(found) - _SHOWN:,} more findings: see reports/findings.csv")
    counts = done["findings"]
    lines.append(
        f"{done['series']:,} series of {done['patients']:,} patients at the level {done['level']}, {done['checked']:,} "
        f"checked anew: {counts['ERR']:,} errors, {counts['WARN']:,} warnings, {counts['INFO']:,} notes. "
        f"{done['blocking']:,} stand against sending."
    )
    return "\n".join(lines)
