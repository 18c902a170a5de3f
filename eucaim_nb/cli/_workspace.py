"""Commands about the workspace and the installation: `init`, `status`, `record`, `doctor`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from eucaim_nb import workflow, workspace
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults

from ._console import Console


def init(options: argparse.Namespace, console: Console) -> int:
    """Make a workspace."""
    project, ready_file = options.project, ""
    if options.practice:
        ready_file = str(Path(options.practice).expanduser().absolute())
        project = project or _practice_project(Path(ready_file), options.node)
    made = workspace.create(
        options.workspace, node=options.node, project=project, site_id=options.site_id, practice=ready_file
    )
    console.result(
        {"workspace": str(made.folder), "node": made.settings.node, "project": project},
        f"Workspace for {made.settings.node} made in {made.folder}.",
    )
    return 0


def status(options: argparse.Namespace, console: Console) -> int:
    """Say where each phase and each action stands."""
    steps = workflow.steps(workspace.open_workspace(options.workspace))
    actions = [entry for step in steps for entry in step.actions]
    console.result(
        {
            "phases": [
                {
                    "id": step.phase.id,
                    "title": step.phase.title,
                    "state": step.state,
                    "sentence": step.sentence,
                    "blockers": [blocker.text for blocker in step.blockers],
                }
                for step in steps
            ],
            "actions": [_action(entry) for entry in sorted(actions, key=lambda entry: entry.action.number)],
        },
        "\n".join(line for step in steps for line in _board(step)),
    )
    return 0


def record(options: argparse.Namespace, console: Console) -> int:
    """Record an action as done or as skipped on purpose, or withdraw its record."""
    opened = workspace.open_workspace(options.workspace)
    if options.file and (options.skip or options.withdraw):
        raise SettingsError("--file belongs to an action that was done, not to --skip or --withdraw.")
    if options.withdraw:
        workflow.withdraw(opened, options.action, reason=options.note)
    elif options.skip:
        workflow.skip(opened, options.action, options.note)
    else:
        file = Path(options.file) if options.file else None
        workflow.record(opened, options.action, note=options.note, file=file)
    entry = workflow.action(options.action, opened)
    sha256 = entry.record.sha256 if entry.record else ""
    console.result({**_action(entry), "sha256": sha256}, f"{entry.action.title}: {entry.state}. {entry.sentence}")
    return 0


def doctor(options: argparse.Namespace, console: Console) -> int:
    """Check this installation."""
    from eucaim_nb import doctor as check

    report = check.examine()
    console.result(
        {
            "ok": report.ok,
            "problems": list(report.problems),
            "notes": list(report.notes),
            "versions": dict(report.versions),
        },
        "\n".join(
            [
                *(f"{name} {version}" for name, version in report.versions.items()),
                *(f"note: {note}" for note in report.notes),
                *(f"problem: {problem}" for problem in report.problems),
                "Everything needed is here."
                if report.ok
                else "Mend the problems above, then run this again.",
            ]
        ),
    )
    return 0 if report.ok else 1


def _action(entry: workflow.ActionStatus) -> dict[str, object]:
    return {
        "number": entry.action.number,
        "id": entry.action.id,
        "title": entry.action.title,
        "phase": entry.action.phase,
        "optional": entry.action.optional,
        "state": entry.state,
        "sentence": entry.sentence,
        "blockers": [blocker.text for blocker in entry.blockers],
        "note": entry.record.note if entry.record else "",
        "file": str(entry.record.file) if entry.record and entry.record.file else "",
    }


def _board(step: workflow.Step) -> Iterator[str]:
    """Yield the lines of a phase: itself, and below it its actions."""
    yield f"{step.phase.title}: {step.state}"
    if not step.actions:
        yield f"      {step.sentence}"
    for entry in step.actions:
        title = entry.action.title + (" (optional)" if entry.action.optional else "")
        said = " ".join([entry.sentence, *(blocker.text for blocker in entry.blockers)])
        yield f"  {entry.action.number:>2}  {title:<48} {entry.state:<18} {said}"


def _practice_project(ready_file: Path, node: str) -> str:
    family = str(node_defaults()[node]["family"]).replace("-", "_")
    try:
        return str(json.loads(ready_file.read_text(encoding="utf-8"))[family]["project"])
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(
            f"{ready_file} is no ready file of practice nodes. Start them with `eucaim-nb practice DIR "
            "--ready-file F`."
        ) from None
