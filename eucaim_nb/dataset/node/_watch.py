"""Watch the node while it makes the dataset."""

import time
from contextlib import closing
from dataclasses import dataclass

from eucaim_nb.jobs import Progress, silent
from eucaim_nb.nodes import Credentials
from eucaim_nb.reference import creation_steps
from eucaim_nb.workflow import DatasetState
from eucaim_nb.workspace import Workspace

from ._look import chosen, look_by
from ._way import way_to

_EVERY = {True: 0.5, False: 15.0}
"""Seconds between two questions, for practice nodes and real ones; the node's own page asks every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How the creation ended: the state of the dataset, the node's message, and for a failure what it means and how it
    is mended. `counts` are what the node counted."""

    id: str
    state: DatasetState
    message: str
    means: str
    mend: str
    counts: dict[str, int]
    seconds: float


def watch(
    workspace: Workspace,
    *,
    ident: str = "",
    every: float | None = None,
    credentials: Credentials | dict[str, str] | None = None,
    progress: Progress | None = None,
) -> Watched:
    """Ask the node for the dataset until it is made, or its making failed.

    Parameters
    ----------
    ident
        Which dataset it is; it is remembered. Without it, the one that was chosen before, or the only draft.
    every
        Seconds between two questions.

    Raises
    ------
    SettingsError, NodeError
        None is chosen; the node is not set up, does not answer, or does not show the dataset to this account.
    """
    progress, began, steps = progress or silent(), time.monotonic(), creation_steps()
    way = way_to(workspace, Credentials.from_job(credentials))
    progress.begin("Asking the node", len(steps), "steps")
    with closing(way.service):
        dataset = chosen(workspace, way, ident)
        pause = _EVERY[way.node.settings.practice] if every is None else every
        while True:
            found = look_by(workspace, way, dataset)
            if found.dataset.state is not DatasetState.CREATING:
                break
            if found.dataset.message in steps:
                progress.done = steps.index(found.dataset.message)
            progress.doing = f"The node: {found.dataset.message or 'no message yet'}"
            progress.stop.wait(pause)
            progress.check()
    if found.dataset.state is not DatasetState.FAILED:
        progress.done = len(steps)
    return Watched(
        dataset,
        found.dataset.state,
        found.dataset.message,
        found.means,
        found.mend,
        dict(found.dataset.counts),
        round(time.monotonic() - began, 3),
    )
