"""What is to be done with sessions that an XNAT has with other content: asked once, remembered, recorded."""

from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace

_DECISIONS = ("keep", "replace")


def decide_conflicts(workspace: Workspace, decision: str) -> Workspace:
    """Remember a decision for all later uploads of a workspace, and return the workspace anew.

    `replace` lets an upload delete such a session at the node, if nothing in it was ever confirmed from here.

    Raises
    ------
    SettingsError
        The decision is neither `keep` nor `replace`.
    """
    if decision not in _DECISIONS:
        raise SettingsError(f"Decide for one of: {', '.join(_DECISIONS)}.")
    changed = workspace.change(node_options={"on_conflict": decision})
    changed.ledger.events.record("conflicts at the node decided", decision=decision)
    return changed
