"""The report of the checks as a workbook: a sheet each for the summary, findings, checks, and what was left out."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from eucaim_nb.cells import defused
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.markup import plain
from eucaim_nb.whole import replacing

from ._finding import Severity

_WIDEST = 60
_LONGEST = 32_000
"""A cell takes 32,767 characters."""

Entry = Mapping[str, Any]


def write_workbook(
    path: Path, content: Mapping[str, Any], columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> Path:
    """Write the report as a workbook, in place of what was there.

    Parameters
    ----------
    content
        The report without its entries.
    columns, rows
        Those of `findings.csv`.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    book = Workbook(write_only=True)
    _sheet(book, "Summary", ("what", "value"), _summary(content))
    _sheet(book, "Findings", columns, rows)
    severities = [severity.value for severity in Severity]
    names = ("id", "title", "dimension", "level", *severities, "source")
    _sheet(book, "Checks", names, ([one[name] for name in names] for one in content["checks"]))
    names = ("at", "what", "series", "reason")
    _sheet(book, "Left out", names, ([one[name] for name in names] for one in content["left_out"]))
    try:
        with replacing(path, "wb") as file:
            book.save(file)
    except OSError as error:
        raise WorkspaceError(
            f"The report {path.name} cannot be written to the workspace: {error.strerror}. Make room or mend the "
            "permissions, then run this again."
        ) from error
    return path


def _summary(content: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [
        ("made at", content["made_at"]),
        ("program", content["program"]),
        ("contains identifiers", "yes" if content["contains_identifiers"] else "no"),
        *content["run"].items(),
        *((f"findings {severity}", count) for severity, count in content["findings"].items()),
        *(
            (f"{dimension} {severity}", count)
            for dimension, counts in sorted(content["dimensions"].items())
            for severity, count in counts.items()
        ),
    ]


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads):
        letter = chr(ord("A") + number)
        sheet.column_dimensions[letter].width = min(
            _WIDEST, 12 + 4 * (head in ("message", "remedy", "title")) * 10
        )
    sheet.append([_bold(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_cell(value) for value in row])


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(value: object) -> object:
    return value if isinstance(value, int | float) else defused(plain(value))[:_LONGEST]
