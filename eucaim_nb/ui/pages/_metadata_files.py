"""The record as files: written in every form, put into a template, read from an earlier one; and its versions."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Record, Written
from eucaim_nb.errors import RecordError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._metadata_draft import Draft

_MOST_SAID = 12
_FILES = (c.Column("File"), c.Column("What it is"), c.Column("SHA-256", code=True))


class Files:
    """Writing, and reading.

    Parameters
    ----------
    changed
        Called after a record was read, and after files were written.
    """

    def __init__(
        self, workspace: Workspace, draft: Draft, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._workspace, self._draft, self._notice, self._changed = workspace, draft, notice, changed
        self.kinds = {
            kind: c.tick(f"{form.title} ({form.file})", True) for kind, form in records.FORMS.items()
        }
        self.write = c.slow_button("Write the files", self._write, notice)
        self._written = c.show()
        self.template = c.FilePicker("Template that you downloaded (XLSX)", Path.home(), notice)
        self.fill = c.slow_button("Fill a copy of the template", self._fill, notice)
        self._filled = c.show()
        self.earlier = c.FilePicker(
            "Record in a file (JSON, XLSX, Turtle or JSON-LD)", workspace.folder, notice
        )
        self.read = c.slow_button("Read it into the form", self._read, notice)
        self._unread = c.show()
        self.root = c.stack(
            c.show(c.heading("Write")),
            *self.kinds.values(),
            c.row(self.write),
            self._written,
            c.show(c.heading("Fill in a template")),
            self.template.root,
            c.row(self.fill),
            self._filled,
            c.show(c.heading("Begin with an earlier record")),
            self.earlier.root,
            c.row(self.read),
            self._unread,
        )

    def _write(self) -> None:
        wanted = [kind for kind, tick in self.kinds.items() if tick.value]
        if not wanted:
            raise RecordError("No form is chosen. Tick the forms that you need.")
        done = records.export(self._workspace, self._draft.save(), wanted)
        blocks = [_table(done.files)]
        if done.violations:
            said = (
                f"As RDF, {c.count(len(done.violations), 'thing')} stand against the shapes of the profile:"
            )
            blocks += [c.paragraph(said), c.bullets(done.violations[:_MOST_SAID])]
        else:
            blocks.append(
                c.paragraph(
                    c.badge("conforms", c.Tone.GOOD), "The RDF conforms to the shapes of the profile."
                )
            )
        c.put(self._written, *blocks)
        self._notice.say(f"{c.count(len(done.files), 'file')} written.")
        self._changed()

    def _fill(self) -> None:
        file, without = records.write_template(self._workspace, self._draft.save(), _chosen(self.template))
        blocks: list[object] = [_table([file])]
        if without:
            blocks += [
                c.paragraph("The template has no place for these fields:"),
                c.bullets(without[:_MOST_SAID]),
            ]
        c.put(self._filled, *blocks)
        self._notice.say("A copy of the template is filled in.")
        self._changed()

    def _read(self) -> None:
        unread = self._draft.read(_chosen(self.earlier))
        c.put(self._unread, *([c.bullets(unread[:_MOST_SAID])] if unread else []))
        self._notice.say("The record was read into the form. Save a version to keep it.")
        self._changed()


class Versions:
    """The versions that were saved, and the way back to one."""

    def __init__(
        self, workspace: Workspace, draft: Draft, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._workspace, self._draft, self._notice, self._changed = workspace, draft, notice, changed
        self.root = c.stack()

    def turned(self, opened: bool) -> None:
        """List them when they are to be seen."""
        if opened:
            self.show()

    def show(self) -> None:
        """List the versions, the newest first."""
        found = records.versions(self._workspace)
        before = {later.version: earlier for later, earlier in pairwise(found)}
        empty = c.show(c.paragraph("No version was saved yet.", quiet=True))
        rows = [c.PagedRows(found, lambda one: self._row(one, before.get(one.version)), self._notice).root]
        c.replace(self.root, *(rows if found else [empty]))

    def _row(self, version: Record, before: Record | None) -> Any:
        changed = records.changes(before or Record(), version)
        names = list(dict.fromkeys(records.field_of(key).name for key in changed))
        more = f" and {len(names) - _MOST_SAID:,} more" if len(names) > _MOST_SAID else ""
        said = f"{', '.join(names[:_MOST_SAID])}{more}" if before else c.count(len(names), "field")
        line = c.show(c.line(f"Version {version.version}", _when(version)), c.paragraph(said, quiet=True))
        back = c.button(
            "Go back to it",
            lambda: self._back(version),
            self._notice,
            hint=f"Fill the form with version {version.version}",
        )
        return c.row(line, back)

    def _back(self, version: Record) -> None:
        self._draft.take(version)
        self._notice.say(f"The form shows version {version.version}. Saved, it becomes the newest one.")
        self._changed()


def _table(files: Sequence[Written]) -> c.Markup:
    titles = {kind: form.title for kind, form in records.FORMS.items()}
    rows = [(one.path, titles.get(one.kind, "your template, filled in"), one.sha256[:16]) for one in files]
    return c.table(_FILES, rows, "Files that were written")


def _chosen(picker: c.FilePicker) -> Path:
    if picker.file is None:
        raise RecordError("No file is chosen. Type its path, or browse to it.")
    return picker.file


def _when(version: Record) -> str:
    return version.saved_at.replace("T", " ").replace("+00:00", " UTC")
