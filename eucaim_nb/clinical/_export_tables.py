"""Exports as plain tables: CSV and XLSX for UPV's uploader, CSV and JSON for XNAT."""

import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ._written import SUBJECT, Source, csv_of_columns, json_list, json_object, number_of, to_json


class Room(NamedTuple):
    """What a sheet has room for: rows with the header, columns, and characters in a cell."""

    rows: int
    columns: int
    characters: int


XLSX = Room(1_048_576, 16_384, 32_767)
"""Excel specifications and limits, support.microsoft.com; what is beyond is left out without a word."""
_PIECE = 1 << 20
Files = Iterator[tuple[str, Iterable[bytes]]]
"""Files of an export: the path below `clinical/`, and the content, piece by piece."""


def upv_csv(source: Source) -> Files:
    """Yield the table that the uploader and the dataset service read."""
    yield "clinical.csv", csv_of_columns(source.columns)


def upv_xlsx(source: Source) -> Files:
    """Yield the same as a workbook. Texts are stored as texts, so that none of them can become a formula."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("clinical")
        for at, name in enumerate(source.columns):
            sheet.write_string(0, at, name)
        numbers = [source.has_numbers(name) for name in source.columns]
        for line, row in enumerate(source.rows(), 1):
            for at, (text, is_number) in enumerate(zip(row, numbers, strict=True)):
                if text and is_number:
                    sheet.write_number(line, at, number_of(text))
                elif text:
                    sheet.write_string(line, at, text)
    file.seek(0)
    yield "clinical.xlsx", iter(lambda: file.read(_PIECE), b"")


def xnat_csv(source: Source) -> Files:
    """Yield the table for a resource of the project; a missing value is the word for its reason, if that is known."""
    yield "xnat/clinical.csv", csv_of_columns({name: source.explained(name) for name in source.columns})


def xnat_json(source: Source) -> Files:
    """Yield all rows as one document for a resource of the project."""
    yield (
        "xnat/clinical.json",
        json_list(
            to_json({SUBJECT: subject, **row}) for subject, rows in source.by_subject() for row in rows
        ),
    )


def xnat_variables(source: Source) -> Files:
    """Yield custom variables of each subject; of several rows, the number of the row stands behind the name."""
    yield "xnat/variables.json", json_object(_variables(source))


def _variables(source: Source) -> Iterator[tuple[str, str]]:
    for subject, rows in source.by_subject():
        variables = {
            name if number == 1 else f"{name}_{number}": text
            for number, row in enumerate(rows, 1)
            for name, text in row.items()
        }
        yield subject, to_json(variables)
