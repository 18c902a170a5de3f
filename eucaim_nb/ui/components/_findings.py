"""Findings: how bad, what, where, and what to do; filtered, paged, and saved for a spreadsheet."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from eucaim_nb.cells import defused
from eucaim_nb.markup import Column, plain
from eucaim_nb.whole import replacing

from ._controls import button, choice, row, stack, text, visible
from ._guard import guard
from ._html import Tone, badge, paragraph, put, show, status
from ._notice import Notice
from ._paging import PagedTable
from ._words import count

_COLUMNS = (Column("Severity"), Column("What"), Column("Where"), Column("What to do"))


class Severity(IntEnum):
    """How bad a finding is, the worst first."""

    ERROR = 0
    WARNING = 1
    NOTE = 2


_BADGES = {
    Severity.ERROR: badge("error", Tone.BAD),
    Severity.WARNING: badge("warning", Tone.WARN),
    Severity.NOTE: badge("note", Tone.QUIET),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding; findings sort by severity, kind and place."""

    severity: Severity
    kind: str
    where: str
    what: str
    remedy: str = ""


class FindingsTable:
    """A table of findings.

    Parameters
    ----------
    file
        Where a saved copy goes. Names of files may hold names of people: choose a private folder for those.
    """

    def __init__(self, file: Path, notice: Notice) -> None:
        self._file = file
        self._findings: list[Finding] = []
        self.shown: list[Finding] = []
        self.kind = choice("Kind", [("All kinds", "")])
        self.search = text("Contains")
        self._said = show()
        self.export = button("Save as CSV", self._save, notice)
        self.table: PagedTable[Finding] = PagedTable(
            _COLUMNS, _cells, "Findings", notice, empty="There are no such findings."
        )
        for field in (self.kind, self.search):
            field.observe(guard(notice, rest=0)(self._filter), "value")
        self._tools = row(self.kind, self.search, self.export)
        self._tools.add_class("eucaim-tools")
        self.root = stack(self._tools, self._said, self.table.root)

    def show(self, findings: Iterable[Finding]) -> None:
        """Show other findings."""
        self._findings = sorted(findings)
        visible(self._tools, bool(self._findings))
        kinds = Counter(finding.kind for finding in self._findings)
        every = [(f"All kinds ({len(self._findings):,})", "")]
        self.kind.options = every + [(f"{plain(kind)} ({n:,})", kind) for kind, n in kinds.most_common()]
        put(self._said)
        self._filter()

    def _filter(self) -> None:
        wanted = self.search.value.strip().casefold()
        self.shown = [
            finding
            for finding in self._findings
            if self.kind.value in ("", None, finding.kind)
            and (not wanted or wanted in f"{finding.what} {finding.where} {finding.remedy}".casefold())
        ]
        self.table.show(self.shown)

    def _save(self) -> None:
        heads = ["severity", "kind", "what", "where", "what to do"]
        rows = [(f.severity.name.lower(), f.kind, f.what, f.where, f.remedy) for f in self.shown]
        save_csv(self._file, heads, rows)
        put(self._said, status(paragraph(f"{count(len(rows), 'finding')} saved in {self._file}")))


def save_csv(file: Path, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table that spreadsheets open as text: no cell is taken for a formula.

    Raises
    ------
    OSError
        The file cannot be written; an older one is still whole then.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # With a byte order mark, without which Excel takes the text for another encoding.
    with replacing(file, encoding="utf-8-sig", errors="backslashreplace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        writer.writerows([defused(cell) for cell in cells] for cells in rows)


def _cells(finding: Finding) -> tuple[object, ...]:
    return _BADGES[finding.severity], finding.what, finding.where, finding.remedy
