"""The command `dossier`."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from eucaim_nb.errors import SettingsError
from eucaim_nb.reports import dossier as dossiers
from eucaim_nb.workspace import open_workspace

from ._console import Console
from ._work import not_finished, run

_MOST_SHOWN = 50


def dossier(options: argparse.Namespace, console: Console) -> int:
    """Make the dossier of a workspace, or verify one."""
    match options.what:
        case ["verify", file]:
            return _verify(Path(file), options, console)
        case [folder] if not options.key:
            return _make(folder, options, console)
    raise SettingsError("Give a workspace folder, or `verify` and the file of a dossier; --key goes with verify.")


def _make(folder: str, options: argparse.Namespace, console: Console) -> int:
    workspace = open_workspace(folder)
    job = run(workspace, "dossier", {}, console)
    if job.result is None:
        return not_finished(job, console)
    done = dict(job.result)
    file = workspace.folder / done["file"]
    pdf = dossiers.as_pdf(file) if options.pdf else None
    lines = [
        f"The dossier is {file}.",
        f"SHA-256 {done['sha256']}, signed by key {done['fingerprint']}; it lists {done['files']:,} files.",
        *([f"As PDF: {pdf}."] if pdf else []),
        *(f"Attention: {flaw}" for flaw in done["flaws"]),
    ]
    console.result(
        {**done, "file": str(file), "pdf": str(pdf or ""), "valid": not done["flaws"]}, "\n".join(lines)
    )
    return 1 if done["flaws"] else 0


def _verify(file: Path, options: argparse.Namespace, console: Console) -> int:
    if options.pdf:
        raise SettingsError("--pdf goes with making a dossier, not with verifying one.")
    found = dossiers.verify(file, key=options.key)
    console.result(
        {
            "file": found.file,
            "sha256": found.sha256,
            "valid": found.valid,
            "submission": found.submission,
            "made_at": found.made_at,
            "fingerprint": found.fingerprint,
            "flaws": list(found.flaws),
            "compared": found.compared,
            "changed": list(found.changed),
            "missing": list(found.missing),
            "added": list(found.added),
        },
        "\n".join(_lines(found)),
    )
    return 0 if found.valid else 1


def _lines(found: dossiers.Verdict) -> Iterator[str]:
    if found.valid:
        yield f"The dossier is as it was sealed on {found.made_at} by key {found.fingerprint}."
    yield from (f"Not valid: {flaw}" for flaw in found.flaws)
    for what, paths in (("changed since", found.changed), ("gone", found.missing)):
        yield from (f"Not valid: {path} is {what}." for path in paths[:_MOST_SHOWN])
        if len(paths) > _MOST_SHOWN:
            yield f"… and {len(paths) - _MOST_SHOWN:,} more are {what}."
    if not found.compared:
        yield "There was no workspace beside it to compare files with."
    elif found.added:
        yield f"{len(found.added):,} files came later; the dossier does not speak of them."
