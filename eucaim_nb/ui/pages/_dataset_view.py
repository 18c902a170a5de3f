"""What the steps of the dataset page share: how to sign in, and the dataset as the node showed it last."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from eucaim_nb import workflow
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import DatasetState, NodeDataset
from eucaim_nb.workspace import Workspace

from ._sign_in import SignIn

if TYPE_CHECKING:
    from eucaim_nb.dataset.node import Look
    from eucaim_nb.nodes import Credentials

TONES = {
    DatasetState.CREATING: c.Tone.BUSY,
    DatasetState.FAILED: c.Tone.BAD,
    DatasetState.DRAFT: c.Tone.WARN,
    DatasetState.PRIVATE: c.Tone.WARN,
    DatasetState.INVALIDATED: c.Tone.BAD,
}
_NOUNS = {"subjects": ("subject", "subjects"), "studies": ("study", "studies")}


class View:
    """The dataset of a workspace as a page knows it.

    Attributes
    ----------
    found
        What the node showed since the page was opened, with what may be changed; None before it was asked.

    Parameters
    ----------
    changed
        Called after the node was asked.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self.workspace, self.notice, self._changed = workspace, notice, changed
        self.sign_in = SignIn(workspace, notice)
        self.found: Look | None = None

    @property
    def at_xnat(self) -> bool:
        """Whether the dataset is a project of an XNAT."""
        return bool(node_defaults()[self.workspace.settings.node]["family"] == "health-ri")

    @property
    def kept(self) -> NodeDataset | None:
        """What the node said last, on this page or before."""
        return workflow.node_dataset(self.workspace)

    @property
    def credentials(self) -> "Credentials | None":
        """What was typed to sign in with."""
        return self.sign_in.credentials

    def look(self, ident: str = "") -> None:
        """Ask the node."""
        from eucaim_nb.dataset.node import look

        self.notice.say("Asking the node.")
        self.take(look(self.workspace, ident, credentials=self.credentials))
        self.notice.clear()

    def take(self, found: "Look | None") -> None:
        """Show what the node just showed; None when only what is kept is known."""
        self.found = found
        self._changed()


def state_line(dataset: NodeDataset) -> c.Markup:
    """Say where a dataset stands, and when the node said so."""
    tone = TONES.get(dataset.state, c.Tone.GOOD)
    counts = ", ".join(c.count(number, *_NOUNS[word]) for word, number in dataset.counts.items())
    return c.line(c.badge(dataset.state, tone), f"{counts}. As the node said on {c.moment(dataset.seen_at)}.")
