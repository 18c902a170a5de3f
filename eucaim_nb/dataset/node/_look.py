"""Which dataset is this submission's, and how the node shows it now."""

import time
from contextlib import closing
from dataclasses import dataclass

from eucaim_nb import workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Credentials
from eucaim_nb.reference import DatasetProperty, dataset_message
from eucaim_nb.workflow import DatasetState, NodeDataset
from eucaim_nb.workspace import Workspace

from ._way import Listed, Shown, Way, way_to

_NONE_YET = (
    "No dataset is chosen, and none of your drafts at the node can be taken for this submission's without asking. Make "
    "it first (at UPV: Export dataset in QP-Insights), or list the datasets and choose one."
)


@dataclass(frozen=True, slots=True)
class Look:
    """The dataset as the node shows it now.

    `editable` and `actions` are what this account may change and do, by the node's names; `fields` are what can be
    said about it, `lacking` what of that is missing, `earlier` id and name of what it can be a new version
    of. `words` is the node's own last message of the creation: it may
    name a subject, so it is shown and not kept; `means` and `mend` explain it.
    """

    dataset: NodeDataset
    editable: tuple[str, ...]
    actions: tuple[str, ...]
    fields: tuple[DatasetProperty, ...]
    lacking: tuple[str, ...]
    earlier: tuple[tuple[str, str], ...] = ()
    words: str = ""
    means: str = ""
    mend: str = ""


def listed(workspace: Workspace, *, credentials: Credentials | None = None) -> list[Listed]:
    """Return the datasets of the project that this account sees, the newest first.

    Raises
    ------
    SettingsError, NodeError
        The node is not set up, nobody is signed in, or it does not answer. So with everything else here.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        return way.listed()


def look(workspace: Workspace, ident: str = "", *, credentials: Credentials | None = None) -> Look:
    """Ask the node for the dataset of this submission, and keep what it says in `dataset/node.json`.

    Parameters
    ----------
    ident
        Which dataset it is; it is remembered. Without it, the one that was chosen before, or the only draft.

    Raises
    ------
    SettingsError
        None is chosen, and it cannot be told which it is.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        return look_by(workspace, way, chosen(workspace, way, ident))


def chosen(workspace: Workspace, way: Way, ident: str = "") -> str:
    """Return the id of this submission's dataset.

    Raises
    ------
    SettingsError
        None is chosen, and it cannot be told which it is.
    """
    if ident:
        return ident
    if (kept := workflow.node_dataset(workspace)) is not None:
        return kept.id
    if obvious := way.obvious():
        return obvious
    raise SettingsError(_NONE_YET)


def look_by(workspace: Workspace, way: Way, ident: str) -> Look:
    """Ask the node for a dataset, keep what it says, and return it with what may be done."""
    shown, before = way.show(ident), workflow.node_dataset(workspace)
    known = dataset_message(shown.words) if shown.state is DatasetState.FAILED else None
    same = before is not None and before.id == ident
    dataset = NodeDataset(
        node=way.node.settings.name,
        id=ident,
        state=shown.state,
        seen_at=time.time(),
        message=_message(shown),
        counts=shown.counts,
        properties=shown.properties,
        figures=shown.figures,
        compared=before.compared if same and before is not None else None,
    )
    workflow.keep_node_dataset(workspace, dataset)
    if not same or before is None or before.state is not dataset.state:
        workspace.ledger.events.record("dataset seen", node=dataset.node, dataset=ident, state=dataset.state)
    return Look(
        dataset,
        shown.editable,
        shown.actions,
        way.fields,
        way.unmet(shown.properties),
        shown.earlier,
        shown.words,
        *((known.means, known.mend) if known else ("", "")),
    )


def _message(shown: Shown) -> str:
    """Return the last message without what may name a file: only its known beginning is kept."""
    if shown.state is not DatasetState.FAILED:
        return shown.words
    known = dataset_message(shown.words)
    found = known.pattern.match(shown.words) if known else None
    return found[0] if found else "The node gave a reason that is not known here."
