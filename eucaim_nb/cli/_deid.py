"""The command `deidentify`."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eucaim_nb import deid
from eucaim_nb.dicom import shown
from eucaim_nb.ledger import DeidFinding
from eucaim_nb.workspace import open_workspace

from ._console import Console
from ._secret import read_secret
from ._work import not_finished, run

_SHOWN = 20
_ATTRIBUTES_SHOWN = 200


def deidentify(options: argparse.Namespace, console: Console) -> int:
    """De-identify what was scanned, or say what would be done."""
    workspace = open_workspace(options.workspace)
    arguments: dict[str, Any] = {"profile": _profile(options.profile), "workers": options.workers}
    if options.source:
        arguments["sources"] = [str(Path(folder).expanduser().resolve()) for folder in options.source]
    if options.dry_run:
        arguments["dry_run"] = True
    secrets = {"secret": read_secret(options.secret_file)} if options.secret_file else None
    job = run(workspace, "deidentify", arguments, console, secrets)
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    found = [] if options.dry_run else [_entry(one) for one in deid.findings(workspace)]
    against = deid.objections(deid.load_profile(arguments["profile"]))
    answer = {
        **done,
        "findings_by_kind": done["findings"],
        "findings": found,
        "objections": [asdict(one) for one in against],
    }
    console.result(answer, "\n".join([*(f"{one.by}: {one.words}" for one in against if one.grave), _text(done, found)]))
    unverified = not options.dry_run and done["verified"] < done["outputs"]
    return 1 if done["errors"] or done["warnings"] or unverified else 0


def _profile(name: str) -> str:
    """Return a profile's name, or the whole path of a profile file: the job may run elsewhere."""
    return name if name in deid.profiles() else str(Path(name).expanduser().absolute())


def _entry(found: DeidFinding) -> dict[str, str]:
    """Return a finding with the original's path below its scanned folder."""
    path = ""
    if found.place is not None:
        _, folder, name, member = found.place
        path = shown(os.fsdecode(os.path.join(folder, name))) + (f" > {shown(member)}" if member else "")
    return {
        "path": path,
        "output": found.output,
        "tag": found.tag,
        "kind": found.kind,
        "severity": found.severity,
        "message": found.message,
    }


def _text(done: Mapping[str, Any], found: list[dict[str, str]]) -> str:
    lines = [f"{one['severity']} {one['kind']}: {one['path'] or one['output']}" for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"... and {len(found) - _SHOWN:,} more findings")
    if done["dry_run"]:
        for attribute, actions in list(done["actions"].items())[:_ATTRIBUTES_SHOWN]:
            said = ", ".join(f"{action} {count:,}" for action, count in actions.items())
            lines.append(f"{attribute}: {said}")
        lines += [f"{kind}: {count:,}" for kind, count in done["findings"].items()]
        lines.append(
            f"Nothing was written. {done['written']:,} instances would be; {done['quarantined']:,} set aside, "
            f"{done['dropped']:,} left out by the profile."
        )
    else:
        lines.append(
            f"{done['written']:,} written, {done['unchanged']:,} done before, {done['quarantined']:,} set aside, "
            f"{done['dropped']:,} left out by the profile, {done['skipped'] - done['unchanged']:,} duplicates, gone or "
            f"changed, {done['already']:,} outputs of this program, {done['other_files']:,} files that are no images. "
            f"{done['verified']:,} of {done['outputs']:,} outputs are verified. Profile {done['profile']}, PS3.15 "
            f"Table E.1-1 {done['edition']}."
        )
    return "\n".join(lines)


