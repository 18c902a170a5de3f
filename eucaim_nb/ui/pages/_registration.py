"""Asking for the registration: the attachments made ready in one folder, and the text of the ticket."""

from collections.abc import Callable, Sequence

from eucaim_nb import workflow
from eucaim_nb.dataset import catalogue
from eucaim_nb.errors import RecordError
from eucaim_nb.jobs import Job
from eucaim_nb.reference import tickets
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
        self.against, self.files, self.ticket = c.show(), c.show(), c.stack()
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
            self.ticket,
        )
        self._show()
        self._fill_ticket()

    def _fill_ticket(self) -> None:
        """Show the ticket with the attachments that are ready now."""
        wanted = next(one for one in tickets() if one.id == _TICKET)
        c.replace(self.ticket, TicketText(self._workspace, wanted, self.notice).root)

    def _start(self, reason: str) -> None:
        self.panel.start({"override": reason})
        self._show()

    def _ended(self, job: Job) -> None:
        self._show()
        self._fill_ticket()
        self._changed()

    def _show(self) -> None:
        """Show what speaks against it, and what is ready; reads files of the workspace only."""
        try:
            against = catalogue.blockers(self._workspace)
        except RecordError as error:
            against = (str(error),)
        c.put(self.against, *(self._said(against) if against else []))
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

    def _said(self, against: Sequence[str]) -> list[object]:
        """Say what speaks against it, without what the top of the page says already."""
        above = {one.text for one in workflow.step("register", self._workspace).blockers}
        more = [one for one in against if one not in above]
        words = "Not to be registered yet"
        words += ": see above." if not more else ", because besides what is said above:" if above else ", because:"
        return [c.paragraph(c.badge("blocked", c.Tone.WARN), words), *([c.bullets(more)] if more else [])]
