"""Sessions that the node has with other content: what to do with them is asked once and remembered."""

from collections.abc import Callable

from eucaim_nb import workspace as workspaces
from eucaim_nb.jobs import JobState, latest
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_REPLACE = (
    "The next upload deletes these sessions at the node and sends the images from here in their place. Sessions in "
    "which images from here were ever confirmed stay."
)


class Conflicts:
    """The question, as long as the last upload met such sessions and nobody has answered it.

    Parameters
    ----------
    decided
        Called with the answer after it was remembered.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, decided: Callable[[str], object]) -> None:
        self._workspace, self._decided = workspace, decided
        self._said = c.show()
        self.keep = c.button("Keep what the node has", lambda: self._decide("keep"), notice)
        self.replace = c.Confirm("Replace it", _REPLACE, lambda reason: self._decide("replace"), notice)
        self.root = c.stack(self._said, c.row(self.keep), self.replace.root)
        self.show()

    def show(self) -> None:
        """Ask, or be silent."""
        job = latest(self._workspace, "upload")
        count = job.result.get("conflicts", 0) if job and job.state is JobState.DONE and job.result else 0
        settings = workspaces.open_workspace(self._workspace.folder).settings
        open_question = bool(count) and not settings.node_options.get("on_conflict")
        c.visible(self.root, open_question)
        if open_question:
            said = f"The node has {c.count(count, 'session')} of these studies with other content. Look at them there."
            c.put(self._said, c.heading("Which version counts?"), c.paragraph(said))

    def _decide(self, decision: str) -> None:
        from eucaim_nb.transfer import decide_conflicts

        decide_conflicts(self._workspace, decision)
        self.show()
        self._decided(decision)
