"""From a file to a table of texts: every guess is shown and can be overruled, and nothing is converted."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np

from eucaim_nb.errors import TableError

from . import _header, _json_file, _text_file, _workbook
from ._column import Column
from ._columns import Columns
from ._finding import Finding, Severity
from ._table import Layout, RawTable
from ._words import folded, units

_CHUNK = 2000
_HEAD = 1024
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MOST_COLUMNS = 250
_COMMA = re.compile(r"[-+]?\d+,(?:\d{1,2}|\d{4,})|[-+]?0,\d+|[-+]?\d{1,3}(?:\.\d{3})+,\d+")
_POINT = re.compile(r"[-+]?\d+\.(?:\d{1,2}|\d{4,})|[-+]?0\.\d+|[-+]?\d{1,3}(?:,\d{3})+\.\d+")
_BREAKS = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def load(table: str | os.PathLike[str] | bytes, layout: Layout | None = None) -> RawTable:
    """Read a table: CSV, TSV or other separated text, XLSX, XLS, ODS or JSON.

    Parameters
    ----------
    table
        Path of the file, or its bytes.
    layout
        What is known of how it is to be read; the rest is guessed.

    Raises
    ------
    TableError
        It cannot be read; the text says why and what to do.
    """
    asked = layout or Layout()
    if isinstance(table, bytes):
        return _load(table, asked)
    try:
        with Path(table).open("rb") as file:
            is_workbook = file.read(_HEAD).startswith(_WORKBOOKS)
            file.seek(0)
            if not is_workbook:
                return _load(file.read(), asked)
            # A large workbook is not held in memory beside its cells.
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return _workbook_table(Path(table), asked, digest)
    except OSError as error:
        raise TableError(f"The table cannot be read: {error.strerror}. Choose another file.") from error


def _load(data: bytes, asked: Layout) -> RawTable:
    digest = hashlib.sha256(data).hexdigest()
    if not data.strip():
        raise TableError("The table is empty.")
    if data.startswith(_WORKBOOKS):
        return _workbook_table(data, asked, digest)
    encoding, findings = _text_file.encoding_of(data, asked.encoding)
    reading = _Reading(asked.decided(Layout(encoding=encoding)), findings)
    if asked.encoding is None:
        reading.guessed.append(f"Encoding {encoding}.")
    if data[:_HEAD].decode(encoding, "replace").lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        headers, rows = _json_file.read(data.decode(encoding))
        reading.layout = reading.layout.decided(Layout(skip=0, header_rows=1, units_row=False))
        return reading.table(chain([headers], rows), digest)
    if asked.delimiter is None:
        reading.layout = reading.layout.decided(Layout(delimiter=_text_file.delimiter_of(data, encoding)))
        reading.guessed.append(
            f"Cells are separated by {_SEPARATORS.get(reading.layout.delimiter or '', 'another sign')}."
        )
    return reading.table(_text_file.records(data, encoding, reading.layout.delimiter or ","), digest)


def _workbook_table(source: Path | bytes, asked: Layout, digest: str) -> RawTable:
    sheet = _workbook.read(source, asked.sheet)
    reading = _Reading(asked.decided(Layout(sheet=sheet.name)), sheet.findings)
    if sheet.others and asked.sheet is None:
        reading.guessed.append(f"Sheet {sheet.name!r} of {len(sheet.others) + 1}: it has the most cells.")
    return _with_merged(reading.table(sheet.rows, digest), sheet.merged)


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass
class _Reading:
    """Builds a table from records, column by column."""

    layout: Layout
    findings: Sequence[Finding]
    guessed: list[str] = field(default_factory=list)

    def table(self, records: Iterable[Sequence[str]], digest: str) -> RawTable:
        """Read all records."""
        found = list(self.findings)
        numbered = (
            (number, record) for number, record in enumerate(records, 1) if any(map(str.strip, record))
        )
        head = list(islice(numbered, _header.LOOK))
        if not head:
            raise TableError("The table is empty.")
        where = self._header([record for _, record in head])
        below = where.skip + where.rows
        if below + where.units_row >= len(head):
            raise TableError("The table has a header and no rows.")
        lines = [record for _, record in head[where.skip : below]]
        columns = Columns()
        for part in _chunks(chain(head[below + where.units_row :], numbered)):
            columns.add(part)
        width = max(columns.width, *(len(line) for line in lines))
        columns.widen(width)
        named, said = _header.names(lines, width)
        headers, odd = _unique(named, columns)
        found += odd
        kept = [i for i in range(width) if headers[i]]
        units_line = head[below][1] if where.units_row else []
        given = {
            headers[i]: units()[folded(units_line[i].strip("()[] "))]
            for i in kept
            if i < len(units_line) and units_line[i].strip()
        }
        made = {headers[i]: columns.column(i) for i in kept}
        found += columns.findings(len(lines[-1]))
        found += _oddities(made, columns.lines)
        return RawTable(
            made,
            columns.lines,
            self.layout.decided(Layout(decimal=self._decimal(made))),
            digest,
            given,
            {headers[i]: book for i in kept if (book := _header.code_book(said[i]))},
            tuple(found),
            tuple(self.guessed),
        )

    def _header(self, head: Sequence[Sequence[str]]) -> _header.Header:
        guess = _header.locate(head)
        layout = self.layout
        self.layout = layout.decided(
            Layout(skip=guess.skip, header_rows=guess.rows, units_row=guess.units_row)
        )
        if layout.header_rows is None and (guess.rows > 1 or guess.skip or guess.units_row):
            self.guessed.append(
                f"Header: {guess.rows} lines after {guess.skip} lines of title"
                + (", then a line of units." if guess.units_row else ".")
            )
        return _header.Header(
            self.layout.skip or 0, max(self.layout.header_rows or 1, 1), bool(self.layout.units_row)
        )

    def _decimal(self, columns: dict[str, Column]) -> str:
        values = [value for column in columns.values() for value in column.values[:500]]
        commas, points = (sum(bool(form.fullmatch(value)) for value in values) for form in (_COMMA, _POINT))
        decimal = "," if commas > points else "." if points else ""
        if decimal == "," and self.layout.decimal is None:
            self.guessed.append("Numbers have a decimal comma.")
        return decimal


def _chunks(rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[list[tuple[int, Sequence[str]]]]:
    while part := list(islice(rows, _CHUNK)):
        yield part


def _unique(named: Sequence[str], columns: Columns) -> tuple[list[str], list[Finding]]:
    """Return headers without repetition; empty for a column without header and content."""
    headers: list[str] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    for i, name in enumerate(named):
        if not name and columns.is_empty(i):
            headers.append("")
            continue
        header, number = name or f"Column {i + 1}", 1
        while header in taken:
            number += 1
            header = f"{name} ({number})"
        taken.add(header)
        headers.append(header)
        if not name:
            findings.append(
                Finding(
                    "column without a header",
                    Severity.WARN,
                    f"Column {i + 1} has cells but no header; it is called {header!r}.",
                    "Give it a header in the file, or ignore the column.",
                    header,
                )
            )
        elif number > 1:
            findings.append(
                Finding(
                    "duplicate header",
                    Severity.WARN,
                    f"Two columns have the header {name!r}; the later one is called {header!r}.",
                    "Choose the right one of the two when you map columns.",
                    header,
                )
            )
    if len(taken) > _MOST_COLUMNS:
        findings.append(
            Finding(
                "many columns",
                Severity.INFO,
                f"The table has {len(taken):,} columns.",
                "Map those that are asked for; the others are left out.",
            )
        )
    return headers, findings


def _oddities(columns: dict[str, Column], lines: np.ndarray) -> Iterator[Finding]:
    """Yield findings about cells that other programs would read differently."""
    for name, column in columns.items():
        if _BREAKS.search(" ".join(column.values)):
            broken = [i for i, value in enumerate(column.values) if _BREAKS.search(value)]
            rows = tuple(lines[np.isin(column.codes, broken)].tolist())
            yield Finding(
                "line break in a cell",
                Severity.WARN,
                "Cells hold line breaks or separators of lines (such as U+2028). They are read whole, and exported "
                "with blanks in their place: nodes would part the row there.",
                "Nothing, unless the cell holds parts of two rows.",
                name,
                rows=rows,
            )


def _with_merged(table: RawTable, merged: Iterable[tuple[int, int, int, int]]) -> RawTable:
    """Return a table with a finding about merged cells among its rows."""
    if not len(table):
        return table
    rows = {
        line
        for first, last, _, _ in merged
        if last + 1 >= table.lines[0]
        for line in range(max(first + 1, int(table.lines[0])), last + 2)
    }
    if not rows:
        return table
    finding = Finding(
        "merged cells",
        Severity.WARN,
        "Cells are merged. Only the first of them has the value, the others were read as empty.",
        "Unmerge them in the spreadsheet and write the value into every cell that it stands for.",
        rows=tuple(sorted(rows)),
    )
    return RawTable(**{**table.__dict__, "findings": (*table.findings, finding)})
