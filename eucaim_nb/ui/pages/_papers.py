"""The documents that an action needs on file: how each stands, and a form to put one on file."""

from collections.abc import Callable
from pathlib import Path

from eucaim_nb import workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import Action
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import PaperState, PaperStatus
from eucaim_nb.workspace import Workspace

from ._links import link

_COLUMNS = (c.Column("What"), c.Column("Where it stands"), c.Column("Template, reading"))
_TONES = {
    PaperState.MISSING: c.Tone.QUIET,
    PaperState.ON_FILE: c.Tone.GOOD,
    PaperState.ENDING: c.Tone.WARN,
    PaperState.EXPIRED: c.Tone.BAD,
    PaperState.LOST: c.Tone.BAD,
    PaperState.WAIVED: c.Tone.QUIET,
}


class Papers:
    """A table of documents, and the form for one of them.

    Parameters
    ----------
    changed
        Called after something was put on file, waived or taken off.
    """

    def __init__(
        self, workspace: Workspace, action: Action, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._workspace, self._action, self._notice, self._changed = workspace, action, notice, changed
        self._table = c.show()
        self._table.add_class("eucaim-papers")
        found = workflow.papers(workspace, action.id)
        self.which = c.choice("Document", [(one.paper.title, one.paper.id) for one in found])
        self.file = c.FilePicker("Its file", Path.home(), notice)
        self.until = c.day("Valid until (empty if it does not end)")
        self.remind = c.text("Remind how many days before")
        self.note = c.area("Remark", hint="where it is kept, its number; or why it is not needed")
        self.put = c.button("Put on file", self._put, notice)
        self.waive = c.button("Not needed here", self._waive, notice)
        self.remove = c.button("Take off file", self._remove, notice)
        form = c.stack(
            self.which,
            self.file.root,
            c.row(self.until, self.remind),
            self.note,
            c.row(self.put, self.waive, self.remove),
        )
        self.which.observe(c.guard(notice, rest=0)(self._chosen), "value")
        self.drawer = c.Drawer("Put one on file, or say that it is not needed", form, notice)
        self.root = c.stack(c.show(c.heading("On file")), self._table, self.drawer.root)
        self._show()

    def _show(self) -> None:
        found = workflow.papers(self._workspace, self._action.id)
        c.put(self._table, c.table(_COLUMNS, map(_cells, found), f"Documents of: {self._action.title}"))
        self._chosen()

    def _chosen(self) -> None:
        status = self._status()
        self.remind.value = str(status.remind_days or status.paper.remind_days)
        c.visible(self.waive, status.paper.optional)
        c.visible(self.remove, status.state is not PaperState.MISSING)

    def _status(self) -> PaperStatus:
        found = workflow.papers(self._workspace, self._action.id)
        return next(one for one in found if one.paper.id == self.which.value)

    def _put(self) -> None:
        remind = self.remind.value.strip()
        if not (remind.isascii() and remind.isdigit()):
            raise SettingsError("The reminder is a number of days, such as 60.")
        kept = workflow.put_on_file(
            self._workspace,
            self.which.value,
            file=self.file.file,
            note=self.note.value,
            valid_until=self.until.value,
            remind_days=int(remind),
        )
        self._say(f"On file: {kept.paper.title}.")
        self._go_on()

    def _go_on(self) -> None:
        """Offer the next document that is needed and missing."""
        found = workflow.papers(self._workspace, self._action.id)
        open_ones = (one for one in found if one.state is PaperState.MISSING and not one.paper.optional)
        following = next(open_ones, None)
        if following is not None:
            self.which.value = following.paper.id

    def _waive(self) -> None:
        waived = workflow.waive(self._workspace, self.which.value, self.note.value)
        self._say(f"Not needed here: {waived.paper.title}.")

    def _remove(self) -> None:
        status = self._status()
        workflow.take_off_file(self._workspace, status.paper.id)
        self._say(f"Taken off file: {status.paper.title}. The copy stays in the workspace.")

    def _say(self, words: str) -> None:
        self.file.field.value, self.note.value, self.until.value = "", "", None
        self._show()
        self._changed()
        self._notice.say(words)


def _cells(status: PaperStatus) -> tuple[object, ...]:
    paper = status.paper
    title = f"{paper.title} (if it applies)" if paper.optional else paper.title
    stands: list[object] = [c.badge(status.state, _TONES[status.state])]
    if status.valid_until is not None:
        stands.append(f"until {status.valid_until:%d %b %Y}")
    stands += [c.quiet(said) for said in (status.file_name, status.note) if said]
    if status.sha256:
        stands.append(c.quiet(f"SHA-256 {status.sha256[:12]}…"))
    reading = [link(one) for one in paper.links]
    said = f"{paper.about} Signed or issued by: {paper.signs}."
    return c.breaking([title, c.quiet(said)]), c.breaking(stands), c.breaking(reading)
