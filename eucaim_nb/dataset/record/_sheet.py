"""A record as the sheet that EUCAIM gives to data holders: a property in each row, its value beside it."""

import io
from collections.abc import Iterator
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from eucaim_nb.errors import RecordError

from . import _molgenis
from ._cells import as_cell
from ._field import Field, fields, plain
from ._record import PROFILE, Record
from ._values import normal
from ._vocabulary import vocabulary

SHEET = "Dataset"
_HEADER = ("Property", "Definition", "Usage", "Dataset#1", "Property path")
_WIDTHS = (34, 60, 34, 60, 48)
_GREY = PatternFill("solid", fgColor="E7EBF0")


def sheet(record: Record) -> bytes:
    """Return a workbook with the sheet of the dataset, and the same as a row of the catalogue's table.

    A field with several values has as many rows. Fields without a value are there too, so that they can be filled in.
    """
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = SHEET
    _put(page, 1, _HEADER)
    for number, line in enumerate(_lines(record), 2):
        _put(page, number, line)
    for number, width in enumerate(_WIDTHS, 1):
        cell = page.cell(1, number)
        cell.font, cell.fill = Font(bold=True), _GREY
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = "B2"
    _add_collections(book, record)
    about = book.create_sheet("About")
    _put(about, 1, (f"{PROFILE}, version {record.version} of the record", record.saved_at))
    return _bytes(book)


def molgenis(record: Record) -> bytes:
    """Return a workbook as MOLGENIS EMX2 imports it: one sheet for the table `Collections`."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    _add_collections(book, record)
    return _bytes(book)


def opened(data: bytes) -> Workbook:
    """Return a workbook.

    Raises
    ------
    RecordError
        It is damaged, protected by a password, or no XLSX.
    """
    try:
        return load_workbook(io.BytesIO(data))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError) as error:
        raise RecordError(
            "The workbook cannot be read. Save it as XLSX, without a password, and try again."
        ) from error


def shown(field: Field, value: str) -> str:
    """Return a value as people read it: a term with its label."""
    listed = vocabulary(field.vocabulary).get(value) if field.vocabulary else None
    return listed.shown if listed else value


def usage(field: Field) -> str:
    """Return how often a field may be filled, and with what."""
    often = f"{field.minimum}..{'n' if field.maximum is None else field.maximum}"
    terms = f"; {vocabulary(field.vocabulary).title}" if field.vocabulary else ""
    return f"{field.obligation.capitalize()}, {often}{terms}"


def read_value(field: Field, text: str) -> str:
    """Return a value as the record keeps it; what is of no such kind stays as it is, for the check to find."""
    try:
        return normal(field, text)
    except ValueError:
        return text.strip()


def _lines(record: Record) -> Iterator[tuple[str, ...]]:
    """Yield the rows: all fields in their order, and those of repeated nodes after the first."""
    filled: dict[str, list[str]] = {one.key: [] for one in fields()}
    for key in record.values:
        filled[plain(key)].append(key)
    for field in fields():
        keys = filled[field.key] or [field.key]
        for key in keys:
            for value in record.values.get(key, ("",)):
                text = "" if not value else as_cell(shown(field, value))
                yield field.name, field.help, usage(field), text, key


def _add_collections(book: Workbook, record: Record) -> None:
    page = book.create_sheet(_molgenis.TABLE)
    cells = _molgenis.row(record)
    _put(page, 1, tuple(cells))
    for number, value in enumerate(cells.values(), 1):
        page.cell(2, number, as_cell(value) if isinstance(value, str) else value)


def _put(page: Worksheet, number: int, texts: tuple[str, ...]) -> None:
    for column, text in enumerate(texts, 1):
        cell = page.cell(number, column, text or None)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _bytes(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
