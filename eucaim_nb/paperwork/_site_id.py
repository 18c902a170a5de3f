"""The SITE ID, by which EUCAIM knows an organisation."""

from eucaim_nb import workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace

_LONGEST = 64


def keep_site_id(workspace: Workspace, site_id: str) -> Workspace:
    """Write the SITE ID to the settings, tick its line in the checklist, and return the workspace anew.

    Raises
    ------
    SettingsError
        It is empty, or no identifier.
    """
    given = site_id.strip()
    if not given or len(given) > _LONGEST or not given.isprintable() or " " in given:
        raise SettingsError(
            "Type the SITE ID as your profile in the EUCAIM dashboard shows it, without spaces."
        )
    changed = workspace.change(site_id=given)
    workflow.keep_checks(changed, "eucaim-user", workflow.checks(changed, "eucaim-user") | {"site-id"})
    changed.ledger.events.record("site id kept", site_id=given)
    return changed
