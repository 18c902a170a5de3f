"""Register and verify: what goes with the ticket, what the catalogue shows of it, and the dossier of it all."""

from typing import Any

from eucaim_nb.dataset import catalogue
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._dossier import DossierCard
from ._guide import folded_guides
from ._look_up import LookUpCard
from ._registration import RegistrationCard


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("register", None).root
    return RegisterPage(workspace).page.root


class RegisterPage:
    """The page; what is next has the main button."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("register", workspace)
        asked = bool(catalogue.attachments(workspace))
        self.registration = RegistrationCard(workspace, self.page.notice, self._changed, main=not asked)
        self.look_up = LookUpCard(workspace, self.page.notice, self.page.refresh, main=asked)
        self.dossier = DossierCard(workspace, self.page.notice, self.page.refresh)
        self.page.action.children = [self.registration.root, self.look_up.root, self.dossier.root]
        self.page.rest.children = [folded_guides(workspace, self.page)]

    def _changed(self) -> None:
        """The attachments were made, and a dossier with them: once they are sent, looking it up is next."""
        if catalogue.attachments(self.workspace):
            self.registration.make.remove_class("eucaim-main")
            self.look_up.ask.add_class("eucaim-main")
        self.page.refresh()
        self.dossier.look()
