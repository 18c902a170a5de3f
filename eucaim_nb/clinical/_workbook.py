"""Workbooks (XLSX, XLS, ODS): cells as text, and what a workbook hides from whoever reads its values."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

import python_calamine as calamine

from eucaim_nb.errors import TableError

from ._finding import Finding, Severity

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORMULA = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(<v>[^<]+</v>)?')
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*\bt="e"')
_PIECE = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its rows as texts from the first line of the sheet on, and what to know about it."""

    name: str
    rows: Iterator[list[str]]
    findings: tuple[Finding, ...]
    merged: tuple[tuple[int, int, int, int], ...]
    """First and last row, first and last column of merged cells, counted from 0."""
    others: tuple[str, ...]
    """Sheets that were not read and hold something."""


def read(source: Path | bytes, sheet: str | None) -> Sheet:
    """Read a workbook, a file or its bytes; without a name, the visible sheet with the most cells.

    Raises
    ------
    TableError
        It is protected by a password, damaged, or has no such sheet.
    """
    with _opened(source) as file:
        if file.read(len(_OLE)) == _OLE and _ENCRYPTED in file.read():
            raise TableError(_PASSWORD)
    try:
        book = (
            calamine.CalamineWorkbook.from_path(source)
            if isinstance(source, Path)
            else calamine.CalamineWorkbook.from_filelike(io.BytesIO(source))
        )
        visible = [
            meta.name
            for meta in book.sheets_metadata
            if meta.typ is calamine.SheetTypeEnum.WorkSheet
            and meta.visible is calamine.SheetVisibleEnum.Visible
        ]
        sheets = {
            name: book.get_sheet_by_name(name) for name in (visible if sheet is None else book.sheet_names)
        }
    except calamine.PasswordError as error:
        raise TableError(_PASSWORD) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise TableError(
            "The workbook is damaged or of a kind that cannot be read. Save it as XLSX or CSV."
        ) from error
    filled = {name: one.height * one.width for name, one in sheets.items()}
    if sheet is None:
        sheet = max(filled, key=lambda name: filled[name], default=None)
    if sheet is None or sheet not in sheets:
        raise TableError(f"The workbook has no sheet of that name. It has: {', '.join(book.sheet_names)}.")
    chosen = sheets[sheet]
    ranges = tuple((a[0], b[0], a[1], b[1]) for a, b in chosen.merged_cell_ranges or ())
    others = tuple(name for name, cells in filled.items() if cells and name != sheet)
    return Sheet(sheet, _rows(chosen), tuple(_hidden(source, sheet)), ranges, others)


def _opened(source: Path | bytes) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


_PASSWORD = "The workbook is protected by a password. Open it, remove the password, and save a copy."


def _rows(sheet: calamine.CalamineSheet) -> Iterator[list[str]]:
    if sheet.start is None:
        return
    above, before = sheet.start
    yield from ([] for _ in range(above))
    padding = [""] * before
    for row in sheet.to_python(skip_empty_area=True) if sheet.height < 2000 else sheet.iter_rows():
        yield padding + [cell if type(cell) is str else text_of(cell) for cell in row]


def text_of(cell: object) -> str:
    """Return the value of a typed cell as text: dates as ISO 8601, whole numbers without a decimal point."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) <= 2**53 else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return f"{cell.total_seconds():g} s"
        case None:
            return ""
        case _:
            return str(cell)


def _hidden(source: Path | bytes, sheet: str) -> Iterator[Finding]:
    """Yield findings about formulas and errors, which the values of a workbook do not show."""
    formulas = 0
    unsaved: set[int] = set()
    wrong: set[int] = set()
    with _opened(source) as file:
        if not zipfile.is_zipfile(file):
            return
        archive = zipfile.ZipFile(file)
        name = _part(archive, sheet)
        if name is None:
            return
        with archive.open(name) as part:
            kept = b""
            while piece := part.read(_PIECE):
                text = kept + piece
                end = text.rfind(b"</c>") + 4
                text, kept = (text[:end], text[end:]) if end > 3 else (b"", text)
                if b"<f" in text:
                    for found in _FORMULA.finditer(text):
                        formulas += 1
                        if not found[3]:
                            unsaved.add(int(found[2]))
                if b't="e"' in text:
                    wrong.update(int(found[2]) for found in _ERROR.finditer(text))
    if formulas:
        yield Finding(
            "formulas",
            Severity.INFO,
            f"{formulas:,} cells hold formulas. What was read is the value that the spreadsheet program saved last.",
            "Nothing, if the workbook was calculated before it was saved.",
        )
    if unsaved:
        yield Finding(
            "formula without a value",
            Severity.ERR,
            "Cells hold a formula whose value was never saved; they were read as empty.",
            "Open the workbook in a spreadsheet program, save it, and load it again.",
            rows=tuple(sorted(unsaved)),
        )
    if wrong:
        yield Finding(
            "error in a cell",
            Severity.WARN,
            "Cells show an error such as #N/A or #DIV/0!; they were read as empty.",
            "Mend the formulas, or accept that these values are missing.",
            rows=tuple(sorted(wrong)),
        )


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the part of an XLSX that holds a sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    wanted = next(
        (
            one.get(_RELATION)
            for one in book.iter()
            if one.tag.endswith("}sheet") and one.get("name") == sheet
        ),
        None,
    )
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return name if target and name in archive.namelist() else None
