"""All that is known of the dataset elsewhere."""

from collections.abc import Iterator

from eucaim_nb import workflow
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from ._field import fields
from ._here import proposals as of_workspace
from ._proposal import Origin, Proposal
from ._rules import Facts
from ._there import of_health_ri, of_upv

_FAMILY_WITH_UUIDS = "upv"


def proposals(workspace: Workspace) -> tuple[Proposal, ...]:
    """Return what the node said last, and what this workspace and the profile propose for fields. Asks no node."""
    return (*_of_node(workspace), *of_workspace(workspace), *_of_profile())


def facts(workspace: Workspace) -> Facts:
    """Return what a record of this workspace is held against."""
    family, seen = _family(workspace), workflow.node_dataset(workspace)
    known = seen is not None and family == _FAMILY_WITH_UUIDS
    return Facts(family, seen.id if seen is not None and known else "")


def _of_node(workspace: Workspace) -> Iterator[Proposal]:
    seen = workflow.node_dataset(workspace)
    if seen is not None and _family(workspace) == _FAMILY_WITH_UUIDS:
        yield from of_upv(seen.id, seen.properties, seen.figures)
    elif seen is not None:
        yield from of_health_ri(seen.properties, seen.counts)


def _of_profile() -> Iterator[Proposal]:
    for one in fields():
        if one.default:
            yield Proposal(one.key, (one.default,), Origin.PROFILE)


def _family(workspace: Workspace) -> str:
    return str(node_defaults()[workspace.settings.node]["family"])
