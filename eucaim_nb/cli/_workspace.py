"""Commands about the workspace and the installation: `init`, `status`, `doctor`."""

import argparse
import json
from pathlib import Path

from eucaim_nb import workflow, workspace
from eucaim_nb.errors import SettingsError

from ._console import Console


def init(options: argparse.Namespace, console: Console) -> int:
    """Make a workspace."""
    project, ready_file = options.project, ""
    if options.practice:
        ready_file = str(Path(options.practice).expanduser().absolute())
        project = project or _practice_project(Path(ready_file))
    made = workspace.create(
        options.workspace, node=options.node, project=project, site_id=options.site_id, practice=ready_file
    )
    console.result(
        {"workspace": str(made.folder), "node": made.settings.node, "project": project},
        f"Workspace for {made.settings.node} made in {made.folder}.",
    )
    return 0


def status(options: argparse.Namespace, console: Console) -> int:
    """Say where each phase stands."""
    steps = workflow.steps(workspace.open_workspace(options.workspace))
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
            ]
        },
        "\n".join(
            f"{step.phase.number:>2}  {step.phase.title:<32} {step.state:<20} {step.sentence}"
            for step in steps
        ),
    )
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


def _practice_project(ready_file: Path) -> str:
    try:
        return str(json.loads(ready_file.read_text(encoding="utf-8"))["upv"]["project"])
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError(
            f"{ready_file} is no ready file of practice nodes. Start them with `eucaim-nb practice DIR "
            "--ready-file F`."
        ) from None
