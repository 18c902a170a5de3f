"""Release a dataset, or take it out of use: what speaks against it, the request, and the node's own word for it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from eucaim_nb import workflow
from eucaim_nb.errors import NodeError, Refused, SettingsError
from eucaim_nb.nodes import Credentials
from eucaim_nb.workflow import DatasetState
from eucaim_nb.workspace import Workspace

from ._look import Look, chosen, look_by
from ._way import way_to

LEVELS = ("protected", "public")
"""Who sees a project of XNAT after the release: its title and description everybody, or all of it."""

_IN_THE_WAY = {
    DatasetState.CREATING: "It is still being made. Watch it until it is complete.",
    DatasetState.FAILED: "Its creation failed. Remove it, mend what was wrong, and make it anew.",
    DatasetState.INVALIDATED: "It is invalidated. Take that back first.",
}


@dataclass(frozen=True, slots=True)
class Released:
    """What came of a release: `by_us` is False if the dataset was released already, or by somebody else meanwhile."""

    id: str
    state: DatasetState
    by_us: bool


def objections(workspace: Workspace, lacking: Sequence[str]) -> tuple[str, ...]:
    """Say what speaks against releasing the dataset now; a typed reason overrides it.

    Parameters
    ----------
    lacking
        What is missing of the dataset's properties, see `Look`.
    """
    kept, own = workflow.node_dataset(workspace), list(lacking)
    compared = kept.compared if kept is not None else None
    if compared is None:
        own.append("Its content was not compared with what was sent.")
    elif compared.missing:
        own.append(f"{compared.missing:,} series that were sent are not in it.")
    return (*workflow.release_blockers(workspace), *own)


def release(
    workspace: Workspace,
    *,
    ident: str = "",
    level: str = LEVELS[0],
    override: str = "",
    credentials: Credentials | None = None,
) -> Released:
    """Release the dataset, and believe it only when the node shows it.

    Parameters
    ----------
    level
        At a node with XNAT, who sees the project then: one of `LEVELS`.
    override
        Reason why it may be released although something speaks against it; recorded.

    Raises
    ------
    Refused
        Something speaks against it and no reason was given; or the node lets it be released not at all now.
    SettingsError, NodeError
        No dataset is chosen, or the node is not set up, does not answer, refuses, or does not show it as released.
    """
    if level not in LEVELS:
        raise SettingsError(f"A project is opened to one of these levels: {', '.join(LEVELS)}.")
    way = way_to(workspace, credentials)
    with closing(way.service):
        dataset = chosen(workspace, way, ident)
        found = look_by(workspace, way, dataset)
        if _there(found.dataset.state, level):
            return Released(dataset, found.dataset.state, by_us=False)
        if found.dataset.state in _IN_THE_WAY:
            raise Refused(f"The dataset cannot be released. {_IN_THE_WAY[found.dataset.state]}")
        _overridden(workspace, dataset, objections(workspace, found.lacking), override)
        refused: NodeError | None = None
        try:
            way.release(dataset, level)
        except NodeError as error:
            refused = error
        after = look_by(workspace, way, dataset)
    if not _there(after.dataset.state, level):
        raise refused or NodeError(f"{way.service.title} took the release, but does not show it. Look at it there.")
    workspace.ledger.events.record(
        "dataset released", dataset=dataset, state=after.dataset.state, by_us=refused is None
    )
    return Released(dataset, after.dataset.state, by_us=refused is None)


def invalidate(workspace: Workspace, reason: str, *, ident: str = "", credentials: Credentials | None = None) -> Look:
    """Take the dataset out of use: at UPV it is invalidated, in XNAT nobody but its members sees the project any more.

    Raises
    ------
    Refused
        No reason was given.
    SettingsError, NodeError
        No dataset is chosen, or the node is not set up, does not answer, refuses, or does not show it.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("Nothing was invalidated: there is no reason. Give one; the node and this workspace keep it.")
    way = way_to(workspace, credentials)
    with closing(way.service):
        dataset = chosen(workspace, way, ident)
        way.invalidate(dataset, reason)
        found = look_by(workspace, way, dataset)
    if found.dataset.state not in (DatasetState.INVALIDATED, DatasetState.PRIVATE):
        raise NodeError(f"{way.service.title} took the request, but shows the dataset as {found.dataset.state}.")
    workspace.ledger.events.record("dataset invalidated", dataset=dataset, reason=reason)
    return found


def revalidate(workspace: Workspace, *, ident: str = "", credentials: Credentials | None = None) -> Look:
    """Take back that a dataset of the UPV node is invalidated.

    Raises
    ------
    Refused
        The node is an XNAT: there, a project is released again.
    SettingsError, NodeError
        No dataset is chosen, or the node is not set up, does not answer, or refuses.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        dataset = chosen(workspace, way, ident)
        way.revalidate(dataset)
        found = look_by(workspace, way, dataset)
    workspace.ledger.events.record("dataset valid again", dataset=dataset)
    return found


def _there(state: DatasetState, level: str) -> bool:
    """Tell whether the node shows what a release is for; a project that others see can still be opened further."""
    if state in (DatasetState.PROTECTED, DatasetState.PUBLIC):
        return state.value == level
    return state.released


def _overridden(workspace: Workspace, dataset: str, against: tuple[str, ...], reason: str) -> None:
    if not against:
        return
    if not reason.strip():
        raise Refused(
            f"The dataset was not released: {' '.join(against)} Mend it, or type the reason why it may be released all "
            "the same; it is recorded."
        )
    workspace.ledger.events.record(
        "dataset released against objections", dataset=dataset, reason=reason.strip(), objections=list(against)
    )
