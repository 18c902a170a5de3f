"""What is recorded of an action, or the fields to record it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import ActionStatus, Record, StepState
from eucaim_nb.workspace import Workspace

_KNOWN = "This program knows by itself how far this is."


class Evidence:
    """A box that records an action as done or skipped, shows the record, and withdraws it.

    Parameters
    ----------
    changed
        Called after a record was made or withdrawn.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._workspace, self._notice, self._changed = workspace, notice, changed
        self._seen: object = None
        self._answer: Any = None
        self._inside = c.stack()
        self.root = c.box(self._inside, notice.root)

    def show(self, status: ActionStatus, *, turn: bool) -> None:
        """Show where an action stands; what was typed stays as long as the state does.

        Parameters
        ----------
        turn
            Whether this is what the person should do next.
        """
        seen = (
            status.record,
            status.state is StepState.BLOCKED,
            status.sentence if _by_tool(status) else "",
            turn,
        )
        if seen == self._seen:
            return
        self._seen, self.status = seen, status
        if status.record is not None:
            parts = self._recorded(status.record)
        elif _by_tool(status):
            parts = self._known()
        else:
            parts = self._form(turn)
        c.replace(self._inside, *parts)

    def _known(self) -> list[Any]:
        said = c.paragraph(self.status.sentence)
        self._fields("Which tool, and how")
        self.record = c.button("Record as done", self._record, self._notice)
        self._answer = self.record
        fields = c.stack(self.note, self.file.root, c.row(self.record))
        drawer = c.Drawer("Done with another tool", fields, self._notice)
        return [c.show(c.heading("Where it stands"), said, c.paragraph(_KNOWN, quiet=True)), drawer.root]

    def _fields(self, label: str) -> None:
        self.note = c.area(label, hint="what was done, by whom, under which number")
        self.file = c.FilePicker("File that shows it, if there is one", Path.home(), self._notice)

    def _form(self, turn: bool) -> list[Any]:
        action, blocked = self.status.action, self.status.state is StepState.BLOCKED
        self._fields("Note")
        label = "Record as done elsewhere" if blocked else "Record as done"
        self.record = c.button(label, self._record, self._notice, main=turn and not blocked)
        self._answer = self.record
        says = action.evidence
        if blocked:
            says = "This step is blocked. If it was done all the same, write in the note how."
        parts = [
            c.show(c.heading("When it is done"), c.paragraph(says, quiet=True)),
            self.note,
            self.file.root,
            c.row(self.record),
        ]
        if action.optional or action.may_skip:
            self.why = c.area("Why it is left out")
            self.skip = c.button("Skip on purpose", self._skip, self._notice)
            drawer = c.Drawer("Skip this step", c.stack(self.why, c.row(self.skip)), self._notice)
            parts.append(drawer.root)
        return parts

    def _recorded(self, record: Record) -> list[Any]:
        heading = "Skipped on purpose" if record.skipped else "Recorded as done"
        facts: list[tuple[str, object]] = [("On", c.moment(record.at))]
        if record.note:
            facts.append(("Note", c.breaking(record.note.splitlines())))
        if record.file is not None:
            facts.append(("File", c.copyable(record.file, "the path of the file")))
            facts.append(("SHA-256", c.copyable(record.sha256, "the SHA-256 of the file")))
        if record.checks:
            facts.append(
                ("Ticked", c.count(len(record.checks), "line of the checklist", "lines of the checklist"))
            )
        self.reason = c.text("Reason, if you want to keep one")
        self.withdraw = c.button("Withdraw the record", self._withdraw, self._notice)
        said = c.paragraph(
            "The step is open again then. The record and its file stay in the workspace.", quiet=True
        )
        drawer = c.Drawer("Withdraw", c.stack(c.show(said), self.reason, c.row(self.withdraw)), self._notice)
        self._answer = drawer.line
        return [c.show(c.heading(heading), c.key_values(facts)), drawer.root]

    def _record(self) -> None:
        action, note, file = self.status.action, self.note.value.strip(), self.file.file
        if file is not None and not file.exists():
            raise SettingsError(
                f"There is no file {c.plain(file)}. Check the path, or leave the field empty."
            )
        workflow.record(self._workspace, action.id, note=note, file=file)
        self._say(f"Recorded as done: {action.title}.")

    def _skip(self) -> None:
        workflow.skip(self._workspace, self.status.action.id, self.why.value.strip())
        self._say(f"Skipped on purpose: {self.status.action.title}.")

    def _withdraw(self) -> None:
        workflow.withdraw(self._workspace, self.status.action.id, reason=self.reason.value.strip())
        self._say(f"Withdrawn: {self.status.action.title} is open again.")

    def _say(self, words: str) -> None:
        self._changed()
        self._notice.say(words)
        # What was clicked is gone: the focus goes to what stands in its place.
        self._answer.focus()


def _by_tool(status: ActionStatus) -> bool:
    return status.action.by == "tool"
