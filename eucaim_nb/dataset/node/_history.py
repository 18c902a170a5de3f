"""Who used the dataset and what was done with it, as far as the node tells this account."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from eucaim_nb.errors import NodeError
from eucaim_nb.nodes import Credentials, DatasetService
from eucaim_nb.workspace import Workspace

from ._look import chosen
from ._way import way_to

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class History:
    """Rows as the node gives them; None with the reason in `untold` where it does not."""

    accesses: Rows | None
    traces: Rows | None
    untold: tuple[str, ...]


def history(workspace: Workspace, *, ident: str = "", credentials: Credentials | None = None) -> History:
    """Ask for the access history and the traces of the dataset. Most accounts may see neither.

    Raises
    ------
    SettingsError, NodeError
        No dataset is chosen, or the node is not set up or does not answer.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        if not isinstance(way.service, DatasetService):
            return History(None, None, ("XNAT keeps no history of a project that its owner could read here.",))
        dataset, service, untold = chosen(workspace, way, ident), way.service, []

        def told(what: str, ask: Callable[[str], Rows]) -> Rows | None:
            try:
                return ask(dataset)
            except NodeError as error:
                untold.append(f"{what}: {error}")
                return None

        accesses = told("Access history", service.accesses)
        traces = told("Traces", service.traces) if service.tracer else None
    return History(accesses, traces, (*untold, *(() if service.tracer else ("This node has no tracer.",))))
