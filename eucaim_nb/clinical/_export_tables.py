"""Exports as plain tables: CSV and XLSX for UPV's uploader, CSV and JSON for XNAT."""

import io
from collections.abc import Iterator

from ._written import SUBJECT, Source, csv_of_columns, json_bytes, json_list

Files = Iterator[tuple[str, bytes]]


def upv_csv(source: Source) -> Files:
    """Yield the table that the uploader and the dataset service read."""
    yield "clinical.csv", csv_of_columns(source.columns)


def upv_xlsx(source: Source) -> Files:
    """Yield the same as a workbook. Texts are stored as texts, so that none of them can become a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("clinical")
    sheet.append(list(source.columns))
    names = list(source.columns)
    for row in source.rows():
        cells = []
        for name, text in zip(names, row, strict=True):
            value = source.value(name, text)
            cell = WriteOnlyCell(sheet, None if text == "" else value)
            if isinstance(value, str) and text:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    yield "clinical.xlsx", buffer.getvalue()


def xnat_csv(source: Source) -> Files:
    """Yield the table for a resource of the project."""
    yield "xnat/clinical.csv", csv_of_columns(source.columns)


def xnat_json(source: Source) -> Files:
    """Yield all rows as one document for a resource of the project."""
    subjects = source.by_subject().items()
    yield (
        "xnat/clinical.json",
        json_list({SUBJECT: subject, **row} for subject, rows in subjects for row in rows),
    )


def xnat_variables(source: Source) -> Files:
    """Yield custom variables of each subject; of several rows, the number of the row stands behind the name."""
    found = {}
    for subject, rows in source.by_subject().items():
        found[subject] = {
            name if number == 1 else f"{name}_{number}": text
            for number, row in enumerate(rows, 1)
            for name, text in row.items()
        }
    yield "xnat/variables.json", json_bytes(found)
