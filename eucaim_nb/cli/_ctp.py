"""The command `ctp`."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eucaim_nb import deid
from eucaim_nb.nodes.health_ri import ctp
from eucaim_nb.transfer.ctp import Made, find_program, make
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._sign_in import secrets
from ._work import not_finished, run


def write(options: argparse.Namespace, console: Console) -> int:
    """Write and check the files of a CTP, and run it if that is wanted."""
    workspace = open_workspace(options.workspace)
    if options.run:
        find_program(workspace)  # says what is missing before anything is written
    rules = ctp.Rules(**deid.plain_rules(deid.load_profile(options.profile)))
    out = Path(options.out).expanduser().absolute() if options.out else None
    made = make(workspace, rules, out)
    values = {"files": [str(file) for file in made.files], "lint": [asdict(note) for note in made.notes]}
    if not options.run:
        console.result(values, _text(made))
        return 0 if made.fit else 1
    console.say(_text(made))
    return _run(workspace, made, options, console, values)


def _run(
    workspace: Workspace, made: Made, options: argparse.Namespace, console: Console, values: dict[str, Any]
) -> int:
    arguments = {
        "bundle": str(made.folder),
        "deidentify": options.deidentify_in_ctp,
        "override": options.override,
    }
    job = run(workspace, "ctp", arguments, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    aside = "".join(f" {count:,} lie in the quarantine of {stage}." for stage, count in done["quarantine"].items())
    refused = "".join(f" {why}" for why in done["refusals"])
    console.result(
        {**values, **done},
        f"Stored and verified {done['verified']:,} of {done['queued']:,} images: CTP sent {done['sent']:,}, "
        f"{done['already_there']:,} were there already, {done['missing']:,} are missing.{aside}{refused}",
    )
    return 1 if done["missing"] else 0


def _text(made: Made) -> str:
    lines = [f"{note.severity} {note.file} {note.where}: {note.message}" for note in made.notes]
    return "\n".join([*lines, f"{len(made.files)} files, in {made.folder}. Read {ctp.HOWTO} there."])
