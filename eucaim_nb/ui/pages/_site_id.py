"""The field for the organisation's SITE ID."""

from collections.abc import Callable

from eucaim_nb import paperwork
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace


class SiteId:
    """A field and a button; what is kept goes into eucaim.toml.

    Parameters
    ----------
    changed
        Called after it was kept.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._workspace, self._notice, self._changed = workspace, notice, changed
        self.field = c.text("SITE ID of your organisation", workspace.settings.site_id)
        self.keep = c.button("Keep the SITE ID", self._keep, notice)
        self.root = c.stack(c.show(c.heading("SITE ID")), c.row(self.field, self.keep))

    def _keep(self) -> None:
        self._workspace = paperwork.keep_site_id(self._workspace, self.field.value)
        self._changed()
        self._notice.say(f"The SITE ID {self._workspace.settings.site_id} is in eucaim.toml.")
