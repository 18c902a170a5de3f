"""Prepare the node: what to ask for there, and the sign-in that shows whether it works."""

from typing import Any

from eucaim_nb import workspace as workspaces
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._phase import PhasePage


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("prepare", None).root
    return prepare_page(workspace).page.root


def prepare_page(workspace: Workspace) -> PhasePage:
    """Return the guides of the phase with the sign-in and the ingestion tool below them."""
    from ._sign_in import SignIn
    from ._tool import tool_card

    made = PhasePage("prepare", workspace)
    page, inside = made.page, c.stack()

    def turned(opened: bool) -> None:
        # Made when it is first opened, with the project that may have been typed into the ticket by then.
        if opened and not inside.children:
            inside.children = [SignIn(workspaces.open_workspace(workspace.folder), page.notice).root]

    panel = c.Drawer("Sign in and test the connection", inside, page.notice, turned=turned)
    panel.line.add_class("eucaim-title")
    # A practice node has an account for everybody, so there is nothing to wait for.
    panel.turn(bool(node_defaults()[workspace.settings.node]["practice"]) or made.settled)
    tool = c.Fold("The ingestion tool on this computer", lambda: tool_card(workspace), page.notice)
    tool.line.add_class("eucaim-title")
    page.action.children = [*page.action.children, panel.root, tool.root]
    return made
