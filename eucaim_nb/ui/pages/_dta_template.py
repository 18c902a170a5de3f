"""Somebody else's Word template of the agreement: which field fills which gap, decided once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eucaim_nb import paperwork
from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork import LEFT_OPEN
from eucaim_nb.reference import dta_fields
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_NOBODY = "?"
_ABOUT = (
    "Download EUCAIM's agreement as a Word document. Its gaps (content controls, text in brackets, dotted lines, empty "
    "cells) are listed; say once what fills each."
)


class DtaTemplate:
    """A file to choose, a list for each of its gaps, and a button that fills them.

    Parameters
    ----------
    keep
        Keeps what was typed into the form before it is used.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, keep: Callable[[], object]) -> None:
        self._workspace, self._notice, self._keep = workspace, notice, keep
        self.file = c.FilePicker("Word document (.docx)", Path.home(), notice)
        self.read = c.button("Find its gaps", self._read, notice)
        self._rows, self._result = c.stack(), c.show()
        self.fill = c.button("Fill the template", self._fill, notice)
        c.visible(self.fill, False)
        self._decided: dict[str, str | None] = {}
        content = c.stack(
            c.show(c.paragraph(_ABOUT, quiet=True)),
            self.file.root,
            c.row(self.read),
            self._rows,
            c.row(self.fill),
            self._result,
        )
        self.drawer = c.Drawer("Use EUCAIM's own Word document instead", content, notice)
        self.root = self.drawer.root

    def _template(self) -> Path:
        if self.file.file is None:
            raise SettingsError("No template is chosen. Choose a Word document first.")
        return self.file.file

    def _read(self) -> None:
        gaps = paperwork.gaps_of(self._template())
        self._decided = paperwork.mapping_of(self._workspace, gaps)
        rows = c.PagedRows(list(gaps.items()), self._row, self._notice)
        c.replace(self._rows, c.show(c.paragraph(f"{c.count(len(gaps), 'gap')} found.")), rows.root)
        c.visible(self.fill, bool(gaps))
        c.put(self._result)

    def _row(self, gap: tuple[str, str]) -> Any:
        key, words = gap
        options = [("not decided", _NOBODY), ("leave it open", LEFT_OPEN)]
        options += [(field.label, field.id) for field in dta_fields()]
        decided = self._decided[key]
        field = c.choice(f"“{words}”", options, _NOBODY if decided is None else decided)

        def chosen() -> None:
            self._decided[key] = None if field.value == _NOBODY else field.value

        field.observe(c.guard(self._notice, rest=0)(chosen), "value")
        return field

    def _fill(self) -> None:
        from ._dta_form import drafted

        self._keep()
        decided = {key: field for key, field in self._decided.items() if field is not None}
        paperwork.keep_mapping(self._workspace, decided)
        c.put(self._result, *drafted(paperwork.draft(self._workspace, template=self._template())))
