"""NIfTI files: their headers, and sending both (`nifti-headers`, `upload WS nifti`)."""

import argparse
from pathlib import Path

from eucaim_nb.errors import SettingsError
from eucaim_nb.transfer import nifti
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._sign_in import secrets
from ._work import not_finished, run


def headers(options: argparse.Namespace, console: Console) -> int:
    """Say which series each file was probably made of, and write headers once that is confirmed."""
    workspace = open_workspace(options.workspace)
    folder = Path(options.folder).expanduser().resolve()
    if options.confirm or options.made_of:
        return _write(workspace, folder, options, console)
    proposed = nifti.suggest(workspace, folder)
    without = {one.file for one in nifti.find(workspace, folder).wrong}
    rows = [
        {
            "file": nifti.name_of(one.image, folder),
            "has_header": one.image not in without,
            "series": one.series.series_uid if one.series else "",
            "words": one.series.words if one.series else "",
            "why": one.why,
            "fitting": [series.series_uid for series in one.fitting],
        }
        for one in proposed
    ]
    lines = [f"{row['file']}: {row['words'] or '?'} ({row['why']})" for row in rows]
    open_ones = sum(not row["has_header"] for row in rows)
    said = f"{open_ones:,} of {len(rows):,} NIfTI files have no header. --confirm writes them as proposed."
    console.result({"files": rows, "written": 0}, "\n".join([*lines, said]))
    return 1 if open_ones else 0


def send(workspace: Workspace, options: argparse.Namespace, console: Console) -> int:
    """Send NIfTI files with their headers, or say what would be sent."""
    source = Path(options.source).expanduser().absolute()
    if options.dry_run:
        found = nifti.find(workspace, source)
        wrong = [{"file": str(one.file), "message": one.message} for one in found.wrong]
        said = f"{len(found.pairs):,} NIfTI files with headers would be sent, {len(wrong):,} cannot be."
        result = {"dry_run": True, "queued": 2 * len(found.pairs), "problems": wrong}
        console.result(result, "\n".join([*_lines(wrong), said]))
        return 1 if wrong else 0
    arguments = {"source": str(source), "override": options.override}
    job = run(workspace, "nifti", arguments, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    said = (
        f"Stored and verified {done['verified']:,} of {done['queued']:,} NIfTI files and headers: "
        f"{done['sent']:,} sent, {done['already_there']:,} there already, {done['failed']:,} failed."
    )
    console.result(done, "\n".join([*_lines(done["problems"]), said]))
    return 1 if done["failed"] or done["problems"] else 0


def _write(workspace: Workspace, folder: Path, options: argparse.Namespace, console: Console) -> int:
    arguments: dict[str, object] = {"source": str(folder)}
    if options.made_of or not options.confirm:
        proposed = nifti.suggest(workspace, folder) if options.confirm else []
        chosen = {nifti.name_of(one.image, folder): one.series.series_uid for one in proposed if one.series}
        arguments["chosen"] = chosen | dict(map(_made_of, options.made_of))
    job = run(workspace, "nifti-headers", arguments, console)
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    said = f"{done['written']:,} headers written; {done['had_one']:,} files had one, {done['open']:,} still have none."
    console.result(done, "\n".join([*_lines(done["problems"]), said]))
    return 1 if done["open"] else 0


def _made_of(text: str) -> tuple[str, str]:
    file, _, series = text.rpartition("=")
    if not file:
        raise SettingsError(
            "--made-of takes the path of a file below the folder, = and a Series Instance UID."
        )
    return Path(file).as_posix(), series


def _lines(problems: list[dict[str, str]]) -> list[str]:
    return [f"{one['file']}: {one['message']}" for one in problems]
