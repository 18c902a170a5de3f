"""Step 1 of the clinical page: which table, and how it is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eucaim_nb import clinical, jobs
from eucaim_nb.errors import SettingsError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._clinical_draft import Draft

_FILE = "file"
_SHOWN_ROWS, _SHOWN_COLUMNS = 20, 30
_SIGNS = (("guessed", ""), ("point", "."), ("comma", ","))
_DELIMITERS = (("guessed", ""), ("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("vertical bar", "|"))
_ENCODINGS = (("guessed", ""), ("UTF-8", "utf-8-sig"), ("Windows-1252", "cp1252"), ("UTF-16", "utf-16"))
_UNITS = (("guessed", ""), ("yes", "yes"), ("no", "no"))


class TableChoice:
    """The panel.

    Parameters
    ----------
    read
        Called with the table when it was read.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, read: Callable[[Draft], object]) -> None:
        self._workspace, self._notice, self._told = workspace, notice, read
        last = jobs.latest(workspace, "clinical")
        before = str(last.arguments.get("table", "")) if last else ""
        start = Path(before).parent if before else _near(workspace)
        self.file = c.FilePicker("Clinical table (CSV, TSV, XLSX, XLS, ODS or JSON; it is only read)", start, notice)
        self.file.field.value = before
        titles = [(title, name) for name, title in clinical.templates().items()]
        used = str(last.arguments.get("template") or "") if last else ""
        known = used if used in clinical.templates() else _FILE if used else clinical.DEFAULT
        titles.append(("Another template from a file", _FILE))
        self.template = c.choice("What the receiver asks for", titles, known)
        self.template_file = c.FilePicker("Table Schema (JSON) or REDCap dictionary (CSV)", start, notice)
        self.template_file.field.value = used if known == _FILE else ""
        self.template.observe(c.guard(notice, rest=0)(self._show), "value")
        kept = (workspace.folder / "clinical" / clinical.MAPPING_FILE).is_file()
        begins = [("What the table suggests", ""), *([("The mapping of this workspace", "kept")] if kept else [])]
        self.begin = c.choice("Begin with", [*begins, ("A mapping from a file", _FILE)], "kept" if kept else "")
        self.begin.observe(c.guard(notice, rest=0)(self._show), "value")
        self.mapping_file = c.FilePicker("Mapping, for instance of the last batch", start, notice)
        self.read = c.slow_button("Read the table", self._read, notice)
        self.read.add_class("eucaim-main")
        self.fields: dict[str, Any] = {
            "encoding": c.choice("Encoding", _ENCODINGS),
            "delimiter": c.choice("Between cells", _DELIMITERS),
            "decimal": c.choice("Decimal sign", _SIGNS),
            "sheet": c.text("Sheet of a workbook", hint="guessed"),
            "skip": c.text("Lines above the header", hint="guessed"),
            "header_rows": c.text("Lines of the header", hint="guessed"),
            "units_row": c.choice("A line of units follows", _UNITS),
        }
        ways = c.Drawer("How the file is read (guessed, and shown)", c.two_columns(*self.fields.values()), notice)
        self._assumed = c.stack()
        self.root = c.stack(
            self.file.root,
            c.row(self.template, self.begin),
            self.template_file.root,
            self.mapping_file.root,
            ways.root,
            c.row(self.read),
            self._assumed,
        )
        self._show()

    @property
    def layout(self) -> dict[str, Any]:
        """How the file is read, as far as a person said.

        Raises
        ------
        SettingsError
            A number is none.
        """
        given = {name: field.value.strip(" ") for name, field in self.fields.items() if field.value.strip(" ")}
        for name in ("skip", "header_rows"):
            if name in given:
                if not given[name].isdigit():
                    raise SettingsError(f"“{self.fields[name].description}” is a number, or stays empty.")
                given[name] = int(given[name])
        if "units_row" in given:
            given["units_row"] = given["units_row"] == "yes"
        return given

    def _show(self) -> None:
        c.visible(self.template_file.root, self.template.value == _FILE)
        c.visible(self.mapping_file.root, self.begin.value == _FILE)

    def _read(self) -> None:
        file = self.file.file
        if file is None:
            raise SettingsError("No table is chosen. Give its path, or browse to it.")
        template = str(self.template_file.file or "") if self.template.value == _FILE else self.template.value
        kept = self._workspace.folder / "clinical" / clinical.MAPPING_FILE
        mapping = {"": None, "kept": kept, _FILE: self.mapping_file.file}[self.begin.value]
        if not template or (mapping is None and self.begin.value == _FILE):
            raise SettingsError("A file is missing. Give its path, or choose another beginning.")
        self._notice.say("Reading the table. A large workbook takes some seconds.")
        draft = Draft(self._workspace, file, self.layout, template, mapping)
        c.replace(self._assumed, c.show(*_assumed(draft)), self._first_rows(draft))
        self._notice.say(f"Read {_size(draft)}. Nothing was changed or converted.")
        self._told(draft)

    def _first_rows(self, draft: Draft) -> Any:
        return c.Fold(f"First {_SHOWN_ROWS} rows, as they were read", lambda: _rows(draft), self._notice).root


def _near(workspace: Workspace) -> Path:
    sources = [Path(one) for one in workspace.settings.sources if Path(one).is_dir()]
    return sources[0] if sources else Path.home()


def _size(draft: Draft) -> str:
    return f"{c.count(len(draft.raw), 'row')} and {c.count(len(draft.raw.headers), 'column')}"


def _assumed(draft: Draft) -> list[c.Markup]:
    guessed = draft.raw.guessed or ("Nothing had to be guessed.",)
    return [c.paragraph(f"{c.plain(draft.file.name)}: {_size(draft)}. Assumed:"), c.bullets(guessed)]


def _rows(draft: Draft) -> Any:
    headers = draft.raw.headers[:_SHOWN_COLUMNS]
    columns = [draft.raw.columns[name] for name in headers]
    lines = draft.raw.lines[:_SHOWN_ROWS].tolist()
    rows = [(f"{line:,}", *(column[row] for column in columns)) for row, line in enumerate(lines)]
    heads = [c.Column("Line", numbers=True), *(c.Column(name) for name in headers)]
    more = len(draft.raw.headers) - len(headers)
    said = [c.paragraph(f"{c.count(more, 'column')} more to the right are not shown.", quiet=True)] if more else []
    shown = c.show(c.table(heads, rows, "First rows of the table"), *said)
    shown.add_class("eucaim-data")
    return shown
