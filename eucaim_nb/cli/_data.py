"""Commands that work on data: `sample`, `scan`, `upload`, `pack`, `verify`."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eucaim_nb import transfer
from eucaim_nb.dicom import Place, scanned_sources
from eucaim_nb.errors import SettingsError
from eucaim_nb.ledger import UploadState
from eucaim_nb.transfer import clinical
from eucaim_nb.workspace import Workspace, open_workspace

from . import _nifti
from ._console import Console
from ._sign_in import credentials, secrets
from ._work import not_finished, run


def sample(options: argparse.Namespace, console: Console) -> int:
    """Write the sample cohort."""
    from eucaim_nb.practice.sample import write_cohort

    try:
        cohort = write_cohort(
            options.directory, patients=options.patients, seed=options.seed, instances=options.instances
        )
    except (FileExistsError, ValueError) as error:
        raise SettingsError(str(error)) from error
    except OSError as error:
        raise SettingsError(f"The sample cannot be written there: {error.strerror}.") from error
    console.result(
        {
            "instances": cohort.instances,
            "patients": cohort.patients,
            "files": cohort.files,
            "answer_key": str(cohort.answer_key),
        },
        f"{cohort.instances:,} instances of {cohort.patients:,} patients in {cohort.files:,} files.",
    )
    return 0


def scan(options: argparse.Namespace, console: Console) -> int:
    """Index folders."""
    workspace = open_workspace(options.workspace)
    job = run(workspace, "scan", {"folders": options.folders, "archives": options.archives}, console)
    if job.result is None:
        return not_finished(job, console)
    ids = scanned_sources(workspace, options.folders)
    problems = [
        {
            "path": str(Place.of(workspace.folder, root, folder, name, member)),
            "kind": problem.kind,
            "message": problem.message,
        }
        for root, folder, name, member, problem in workspace.ledger.index.problems(ids)
    ]
    found = job.result
    console.result(
        {**found, "problems": problems},
        "\n".join(
            [
                *(f"{problem['kind']}: {problem['path']}" for problem in problems[:20]),
                *([f"... and {len(problems) - 20:,} more findings"] if len(problems) > 20 else []),
                f"{found['files']:,} files: {found['instances']:,} instances, {found['series']:,} series, "
                f"{found['studies']:,} studies, {found['patients']:,} patients; {len(problems):,} findings.",
            ]
        ),
    )
    return 1 if problems else 0


def upload(options: argparse.Namespace, console: Console) -> int:
    """Send images or clinical data, or say what would be sent."""
    workspace = open_workspace(options.workspace)
    if options.what == "nifti":
        return _nifti.send(workspace, options, console)
    if options.what == "clinical":
        return _clinical(workspace, options, console)
    if options.dry_run:
        return _plan(workspace, options.source, console)
    if options.on_conflict:
        workspace = transfer.decide_conflicts(workspace, options.on_conflict)
    arguments = {
        "source": options.source,
        "override": options.override,
        "connections": options.connections,
        "max_mbit_per_s": options.max_mbit,
        "failed_only": options.failed_only,
    }
    job = run(workspace, "upload", arguments, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    console.result(
        done,
        f"Stored and verified {done['verified']:,} of {done['queued']:,} instances: {done['sent']:,} sent, "
        f"{done['already_there']:,} there already, {done['failed']:,} failed. {_remarks(done)}"
        f"{_left_out(done['left_out'])}{_conflicts(done['conflicts'])}",
    )
    return 1 if done["failed"] else 0


def pack(options: argparse.Namespace, console: Console) -> int:
    """Write the pack for the uploader of the UPV node."""
    workspace = open_workspace(options.workspace)
    arguments = {
        "out": str(Path(options.folder).expanduser().absolute()),
        "source": options.source,
        "link": options.link,
        "override": options.override,
    }
    job = run(workspace, "pack", arguments, console)
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    said = (
        f"{done['images']:,} images of {done['patients']:,} patients ({done['bytes'] / 1e6:,.1f} MB) "
        f"in {done['folder']}. Read STEPS.txt there."
    )
    console.result(done, "\n".join([*done["problems"], said]))
    return 1 if done["problems"] else 0


def verify(options: argparse.Namespace, console: Console) -> int:
    """Compare with the node's listing."""
    workspace = open_workspace(options.workspace)
    job = run(workspace, "verify", {"readback": options.readback}, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    found = job.result
    console.result(
        found,
        f"The node lists {found['present']:,} of {found['expected']:,} instances; {found['missing']:,} are "
        "missing. "
        f"{found['read_back']:,} were read back, {found['different']:,} of them differ; "
        f"{found['unreadable']:,} could not be compared.",
    )
    return 1 if found["missing"] or found["different"] or found["unreadable"] else 0


def _clinical(workspace: Workspace, options: argparse.Namespace, console: Console) -> int:
    if options.dry_run:
        found = clinical.plan(workspace, credentials=credentials(workspace))
        said = (
            f"{found.to_send:,} of {found.queued:,} pieces of clinical data of {found.subjects:,} subjects would go to "
            f"{found.node}; {found.already_there:,} are there already. {found.not_pseudonyms:,} subjects are not known "
            f"to be pseudonyms; {found.without_row:,} patients with images have no row."
        )
        console.result({**asdict(found), "dry_run": True, "sent": 0, "verified": 0, "failed": 0}, said)
        return 0
    job = run(workspace, "clinical-upload", {"override": options.override}, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    failed = [
        {"kind": one.kind, "name": one.name, "message": one.message}
        for one in workspace.ledger.clinical_uploads.records(workspace.settings.node)
        if one.state is UploadState.FAILED
    ]
    said = (
        f"Stored and verified {done['verified']:,} of {done['queued']:,} pieces of clinical data of "
        f"{done['subjects']:,} subjects: {done['sent']:,} sent, {done['already_there']:,} there already, "
        f"{done['failed']:,} failed."
    )
    lines = [f"{one['kind']} {one['name']}: {one['message']}" for one in failed]
    console.result({**done, "failures": failed}, "\n".join([*lines, said]))
    return 1 if done["failed"] else 0


def _plan(workspace: Workspace, source: str, console: Console) -> int:
    found = transfer.plan(workspace, source=source, credentials=credentials(workspace))
    console.result(
        {**asdict(found), "dry_run": True, "sent": 0, "verified": 0, "failed": 0, "seconds": 0.0},
        f"{found.to_send:,} instances ({found.bytes / 1e6:,.1f} MB) would go to {found.node} in "
        f"{found.requests:,} requests; "
        f"{found.already_there:,} are there already. {_not_listed(found)}{_left_out(found.left_out)}{_labels(found)}",
    )
    return 0


def _not_listed(found: transfer.Plan) -> str:
    said = f"{found.not_listed:,} will not be sent: the node fails to list their series. "
    return said if found.not_listed else ""


def _remarks(done: Mapping[str, Any]) -> str:
    """Say what is out of the ordinary."""
    said = {
        "changed": "changed since the node took them",
        "different": "are different at the node under the same UID",
        "warnings": "were stored with a warning",
    }
    return "".join(f"{done[name]:,} {words}. " for name, words in said.items() if done[name])


def _left_out(counts: Mapping[str, int]) -> str:
    return (
        f"Left out: {counts['held_back']:,} files held back, {counts['duplicates']:,} duplicates, "
        f"{counts['excluded']:,} by a decision."
    )


def _conflicts(count: int) -> str:
    if not count:
        return ""
    return (
        f" {count:,} sessions exist at the node with other content. Look at them there, then repeat with "
        "--on-conflict keep or --on-conflict replace; the answer is remembered."
    )


def _labels(found: transfer.Plan) -> str:
    changed = sum(bool(label["why"]) for label in found.labels)
    together = sum(not one["kept_apart"] for one in found.collisions)
    said = f" {changed:,} Patient IDs are no labels of XNAT and are changed." if changed else ""
    return said + (f" {together:,} labels stand for several studies." if together else "")
