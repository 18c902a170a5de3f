"""Asking for the registration: the attachments made ready in one folder, and the text of the ticket."""

from collections.abc import Callable
from typing import Any

from eucaim_nb.dataset import catalogue
from eucaim_nb.errors import RecordError
from eucaim_nb.jobs import Job
from eucaim_nb.reference import node_defaults, tickets
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._ticket import TicketText

_TICKET = "registry"
_CONSEQUENCE = (
    "The files are for the public catalogue, and something speaks against that: it is said above. The reason you type "
    "is recorded, and the dossier shows it."
)


class RegistrationCard:
    """Makes the attachments ready, and shows them with the ticket they belong to.

    Parameters
    ----------
    changed
        Called after they were made.
    main
        Whether this is what to do next.
    """

    def __init__(
        self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object], *, main: bool
    ) -> None:
        self._workspace, self._changed = workspace, changed
        self.notice = notice = c.Notice(notice.log)
        self.against, self.files = c.show(), c.show()
        self.make = c.button("Make the attachments ready", lambda: self._start(""), notice, main=main)
        self.confirm = c.Confirm(
            "Make them ready all the same", _CONSEQUENCE, self._start, notice, reason="Reason why they may be made"
        )
        self.all_the_same = c.Drawer("Go on all the same", self.confirm.root, notice)
        self.panel = c.JobPanel(workspace, "registration", "making of the attachments", notice, self._ended)
        self.root = c.box(
            c.show(c.heading("Ask for the registration")),
            self.against,
            c.row(self.make),
            self.all_the_same.root,
            self.panel.root,
            self.files,
            notice.root,
            *self._tickets(notice),
        )
        self._show()

    def _tickets(self, notice: c.Notice) -> list[Any]:
        family = str(node_defaults()[self._workspace.settings.node]["family"])
        return [TicketText(self._workspace, one, notice).root for one in tickets(family) if one.id == _TICKET]

    def _start(self, reason: str) -> None:
        self.panel.start({"override": reason})
        self._show()

    def _ended(self, job: Job) -> None:
        self._show()
        self._changed()

    def _show(self) -> None:
        """Show what speaks against it, and what is ready; reads files of the workspace only."""
        try:
            against = catalogue.blockers(self._workspace)
        except RecordError as error:
            against = (str(error),)
        found = [c.paragraph(c.badge("blocked", c.Tone.WARN), "Not ready to be registered:"), c.bullets(against)]
        c.put(self.against, *(found if against else []))
        c.visible(self.all_the_same.root, bool(against) and not self.panel.busy)
        c.visible(self.make, not against and not self.panel.busy)
        files = catalogue.attachments(self._workspace)
        folder = self._workspace.folder / catalogue.FOLDER
        ready = [
            c.paragraph(f"{c.count(len(files), 'file')} to attach to the ticket:"),
            c.bullets(file.name for file in files),
            c.paragraph("They are in the folder", c.copyable(folder, "the path of the folder")),
        ]
        c.put(self.files, *(ready if files and not self.panel.busy else []))
