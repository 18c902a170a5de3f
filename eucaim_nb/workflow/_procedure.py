"""The actions as they read for the node of a workspace."""

from eucaim_nb import reference
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import Action
from eucaim_nb.workspace import Workspace


def actions_of(workspace: Workspace | None) -> tuple[Action, ...]:
    """Return the 18 actions, with the instructions of the workspace's node only."""
    if workspace is None:
        return reference.actions()
    return reference.actions(str(reference.node_defaults()[workspace.settings.node]["family"]))


def action_of(workspace: Workspace | None, action_id: str) -> Action:
    """Return one action.

    Raises
    ------
    SettingsError
        There is no action of that id.
    """
    found = next((action for action in actions_of(workspace) if action.id == action_id), None)
    if found is None:
        known = ", ".join(action.id for action in actions_of(workspace))
        raise SettingsError(f"The procedure has no action called {action_id!r}. It must be one of: {known}.")
    return found


def notebook_of(action_id: str) -> str:
    """Return the notebook that guides through an action."""
    phase = action_of(None, action_id).phase
    return next(entry.notebook for entry in reference.phases() if entry.id == phase)
