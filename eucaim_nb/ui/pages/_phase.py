"""The page of a phase that is done by hand, guided: what to do, what to ask for, and the record of it."""

from typing import Any

from eucaim_nb import workflow
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import Step, StepState
from eucaim_nb.workspace import Workspace

from ._guide import Guides

_SETTLED = (StepState.DONE, StepState.SKIPPED)


def build(phase: str, workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page(phase, None).root
    return PhasePage(phase, workspace).page.root


class PhasePage:
    """A page of guides.

    Parameters
    ----------
    phase
        Id of the phase in the reference.
    """

    def __init__(self, phase: str, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page(phase, workspace)
        self.guides = Guides(workspace, phase, self.page.notice, self._changed)
        self._go_on = c.show()
        self.page.action.children = [self._go_on, self.guides.root]
        self._suggest(workflow.step(phase, workspace))

    @property
    def settled(self) -> bool:
        """Whether every action is done or skipped."""
        return workflow.step(self.page.phase, self.workspace).state in _SETTLED

    def _changed(self, step: Step) -> None:
        self.page.refresh()
        self._suggest(step)

    def _suggest(self, step: Step) -> None:
        if step.state not in _SETTLED:
            c.put(self._go_on)
            return
        later = (
            other
            for other in workflow.steps(self.workspace)
            if other.phase.number > step.phase.number and other.state not in _SETTLED
        )
        following = next(later, None)
        board = c.notebook_link("00_start", "See how far the submission has come")
        if following is None:
            c.put(self._go_on, c.paragraph(board))
        else:
            go_on = c.notebook_link(following.phase.notebook, f"Go on: {following.phase.title}", main=True)
            c.put(self._go_on, c.paragraph(go_on, board))
