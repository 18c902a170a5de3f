"""Workbooks that others made: a template is read, or filled in, by the names of its properties."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from eucaim_nb.errors import RecordError

from . import _molgenis
from ._cells import as_cell, from_cell
from ._field import Field, Kind, field_of, fields
from ._record import Record
from ._sheet import opened, read_value, shown

_ROWS_ABOVE = 30
_PARTED = "\n⁂\n"
"""Between texts of several lines in one cell."""
_DISTRIBUTION = "dcat:distribution"
_PATHS = ("property path", "property iri", "property uri", "iri", "uri", "key")
_PLACES = re.compile(r"(?:dataset\s*#?\s*1|dataset|value|values|your value|answer|answers)")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet has what: the row of its captions and the columns of name, path and value, counted from 1."""

    row: int
    name: int
    path: int | None
    value: int


def read_workbook(data: bytes) -> tuple[Record, tuple[str, ...]]:
    """Return the record of a workbook in EUCAIM's layout or with the catalogue's table, and properties not known here.

    Raises
    ------
    RecordError
        It cannot be read, or holds neither.
    """
    book = opened(data)
    values: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    sheets = list(_sheets(book))
    for page, layout in sheets:
        for row in range(layout.row + 1, page.max_row + 1):
            text = from_cell(page.cell(row, layout.value).value)
            if not text.strip():
                continue
            key = _key_at(page, row, layout)
            if key is None:
                unknown.append(from_cell(page.cell(row, layout.name).value).strip())
                continue
            field = field_of(key)
            values[key] = (*values.get(key, ()), *(read_value(field, one) for one in _parts(field, text)))
    if not sheets and _molgenis.TABLE in book.sheetnames:
        return _molgenis.record_of(_second_row(book[_molgenis.TABLE])), ()
    if not sheets:
        raise RecordError("The workbook has no sheet with a column “Property”, and no sheet “Collections”.")
    return Record().changed(values), tuple(filter(None, unknown))


def fill_template(record: Record, data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Write a record into a copy of a template, and return it with the names of filled fields that have no place there.

    Parameters
    ----------
    data
        A workbook in EUCAIM's layout, or MOLGENIS's template with a sheet `Collections`. What stands in it and is not
        said by the record stays.

    Raises
    ------
    RecordError
        It cannot be read, or holds no property that is known here.
    """
    book = opened(data)
    placed: set[str] = set()
    for page, layout in _sheets(book):
        for row in range(layout.row + 1, page.max_row + 1):
            key = _key_at(page, row, layout)
            if key is not None and (held := record.values.get(key)):
                text = None if key in placed else _joined(field_of(key), held)
                _fill(page.cell(row, layout.value), text)
                placed.add(key)
    if _molgenis.TABLE in book.sheetnames:
        placed |= _fill_collections(book[_molgenis.TABLE], record)
    if not placed:
        raise RecordError(
            "No property of the template is known here. It needs a column “Property” with their names, or a sheet "
            "“Collections”."
        )
    without = [field_of(key).name for key in record.values if key not in placed]
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue(), tuple(dict.fromkeys(without))


def _sheets(book: Workbook) -> Iterator[tuple[Worksheet, Layout]]:
    for page in book.worksheets:
        layout = _layout(page)
        if layout is not None:
            yield page, layout


def _layout(page: Worksheet) -> Layout | None:
    """Find the row of captions: one with “Property” in it."""
    for row in range(1, min(page.max_row, _ROWS_ABOVE) + 1):
        captions = [from_cell(cell.value).strip().casefold() for cell in page[row]]
        if "property" not in captions:
            continue
        name = captions.index("property")
        path = next((captions.index(one) for one in _PATHS if one in captions), None)
        values = [number for number, one in enumerate(captions) if _PLACES.fullmatch(one)]
        # A template without a column for the dataset gets one behind the last.
        value = values[0] if values else max(number for number, one in enumerate(captions) if one) + 1
        return Layout(row, name + 1, None if path is None else path + 1, value + 1)
    return None


def _key_at(page: Worksheet, row: int, layout: Layout) -> str | None:
    """Return the key of the property of a row, by its path or its name; a sheet of distributions names their fields."""
    within = f"{_DISTRIBUTION}/" if "distribution" in page.title.casefold() else ""
    if layout.path is not None:
        path = re.sub(r"[\s`]", "", from_cell(page.cell(row, layout.path).value))
        for key in (path, within + path):
            if _holds_values(key) and (within == "" or key.startswith(within)):
                return key
    name = _folded(from_cell(page.cell(row, layout.name).value))
    known = _names()
    return known.get(_folded(f"distribution {name}")) or known.get(name) if within else known.get(name)


def _holds_values(key: str) -> bool:
    try:
        return field_of(key).kind is not Kind.NODE
    except KeyError:
        return False


@cache
def _names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in fields():
        found.setdefault(_folded(one.name), one.key)
    for one in fields():
        for name in one.also:
            found.setdefault(_folded(name), one.key)
    return found


def _folded(name: str) -> str:
    """Return a name without marks of obligation and signs: `* Title (M)` is `title`."""
    bare = re.sub(r"\((?:m|r|o|c|mandatory|recommended|optional)\)", " ", name.casefold())
    return " ".join(re.sub(r"[^\w/]+", " ", bare).split())


def _parts(field: Field, text: str) -> list[str]:
    """Return the values that stand in one cell: one in each line, or texts with a line ⁂ between them."""
    return text.split(_PARTED) if field.many_lines else text.splitlines()


def _joined(field: Field, held: tuple[str, ...]) -> str:
    return (_PARTED if field.many_lines else "\n").join(shown(field, one) for one in held)


def _second_row(page: Worksheet) -> dict[str, str]:
    names = [from_cell(cell.value).strip() for cell in page[1]]
    return {name: from_cell(page.cell(2, number).value) for number, name in enumerate(names, 1) if name}


def _fill_collections(page: Worksheet, record: Record) -> set[str]:
    cells = _molgenis.row(record)
    placed: set[str] = set()
    for cell in page[1]:
        name = from_cell(cell.value).strip()
        if name in cells and cell.column is not None:
            value = cells[name]
            _fill(page.cell(2, cell.column), value)
            placed.update(_molgenis.keys_of(name))
    return placed


def _fill(cell: object, value: object) -> None:
    # A merged cell has no value of its own.
    if isinstance(cell, Cell):
        cell.value = as_cell(value) if isinstance(value, str) else value  # type: ignore[assignment]
