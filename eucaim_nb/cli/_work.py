"""Jobs as commands do them: in this process, with progress on standard error."""

from collections.abc import Mapping
from typing import Any

from eucaim_nb import jobs
from eucaim_nb.errors import EucaimError
from eucaim_nb.workspace import Workspace

from ._console import Console


def run(
    workspace: Workspace,
    kind: str,
    arguments: Mapping[str, Any],
    console: Console,
    secrets: Mapping[str, Any] | None = None,
) -> jobs.Job:
    """Do a job and return it ended."""
    job = jobs.run(workspace, kind, arguments, secrets, on_progress=console.progress)
    console.progress_ended()
    return job


def not_finished(job: jobs.Job, console: Console) -> int:
    """Say why a job has no result, and return the exit status of one that was stopped.

    Raises
    ------
    EucaimError
        It failed.
    """
    if job.state is jobs.JobState.STOPPED:
        console.fail(f"{job.error or 'Stopped.'} Run the same command again to go on where it ended.")
        return 1
    raise EucaimError(job.error or "The work ended without saying why. See the workspace's logs.")
