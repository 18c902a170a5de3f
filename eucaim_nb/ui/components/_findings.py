"""A table of findings: what, where, and what to do about it; filtered, paged, and saved as CSV."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as widgets

from ._guard import Guard
from ._html import download, put, show, sign, table
from ._paging import Pager

_PER_PAGE = 50
_TONES = {"error": "bad", "warning": "warn", "note": "quiet"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. `severity` is 'error', 'warning' or 'note'."""

    severity: str
    what: str
    where: str
    remedy: str


class FindingsTable:
    """Shows findings, those that matter most first.

    Parameters
    ----------
    load
        Reads the findings anew.
    """

    def __init__(self, load: Callable[[], Sequence[Finding]], guard: Guard, file_name: str) -> None:
        self._load = load
        self._file_name = file_name
        self._all: Sequence[Finding] = ()
        self._severity = widgets.Dropdown(options=["all", *_TONES], value="all", description="Severity")
        self._filter = widgets.Text(placeholder="part of a finding or path", description="Filter")
        self._pager = Pager(guard, self._show, _PER_PAGE, "Findings")
        self._table = show("")
        self._save = show("")
        guard.change(self._severity, self._show)
        guard.change(self._filter, self._show)
        chooser = widgets.HBox([self._severity, self._filter])
        self.widget = widgets.VBox([chooser, self._table, self._pager.widget, self._save])
        self.refresh()

    def refresh(self) -> int:
        """Read the findings and show them; return how many there are."""
        self._all = sorted(self._load(), key=lambda finding: list(_TONES).index(finding.severity))
        self._show()
        return len(self._all)

    def _show(self) -> None:
        chosen = [finding for finding in self._all if self._fits(finding)]
        self._pager.reset(len(chosen))
        rows: list[list[object]] = [
            [sign(_TONES[f.severity], f.severity.capitalize()), f.what, f.where, f.remedy]
            for f in chosen[self._pager.start : self._pager.stop]
        ]
        if rows:
            put(self._table, table(["Severity", "What", "Where", "What to do"], rows))
            put(self._save, download("Save these findings as CSV", self._file_name, as_csv(chosen)))
        else:
            put(self._table, "No findings." if not self._all else "No finding fits the filter.")
            put(self._save, "")

    def _fits(self, finding: Finding) -> bool:
        if self._severity.value not in ("all", finding.severity):
            return False
        text = self._filter.value.casefold()
        return text in f"{finding.what} {finding.where} {finding.remedy}".casefold()


def as_csv(findings: Sequence[Finding]) -> str:
    """Return findings as CSV that a spreadsheet program takes for text, whatever the cells begin with."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["severity", "what", "where", "remedy"])
    for finding in findings:
        writer.writerow(
            [defuse(cell) for cell in (finding.severity, finding.what, finding.where, finding.remedy)]
        )
    return written.getvalue()


def defuse(cell: str) -> str:
    """Return a cell that no spreadsheet program runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
