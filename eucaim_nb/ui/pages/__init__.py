"""The pages: thin views that read the ledger, record what people did, and start jobs."""

from importlib import import_module
from typing import Any

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import EucaimError
from eucaim_nb.reference import phases
from eucaim_nb.workspace import Workspace

__all__ = ["build", "show"]

_WITH_TOOLS = (
    "start",
    "inspect",
    "annotations",
    "deidentify",
    "risk",
    "quality",
    "prepare",
    "upload",
    "clinical",
    "dataset",
    "metadata",
    "register",
)
"""Phases with a page module of their own; the others are guided by what the reference says of them."""


def build(page_id: str, workspace: Workspace | None) -> Any:
    """Return the page of a phase as a widget. Only reads the ledger; starts nothing and asks no node.

    Raises
    ------
    EucaimError
        This version has no such page, or the ledger cannot be read.
    """
    if page_id not in {phase.id for phase in phases() if phase.available}:
        raise EucaimError(f"This version has no page called {page_id}.")
    if page_id in _WITH_TOOLS:
        return import_module(f"{__name__}._{page_id}").build(workspace)
    return import_module(f"{__name__}._phase").build(page_id, workspace)


def show(page_id: str) -> None:
    """Display the page of a phase for the workspace that was used last; if it cannot be built, say why in words."""
    from IPython.display import display

    from eucaim_nb.ui.components import Notice, lose_no_message, stack, stylesheet

    lose_no_message()
    notice, page = Notice(), stack()
    with notice.reports():
        workspace = workspaces.current()
        notice.log = None if workspace is None else workspace.logs / "ui.log"
        page = build(page_id, workspace)
    frame = stack(stylesheet(), notice.root, page)
    frame.add_class("eucaim")
    display(frame)  # type: ignore[no-untyped-call]
