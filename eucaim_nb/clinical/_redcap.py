"""Data dictionaries of REDCap: the variables of a project, and the meanings of its codes."""

import csv
import io
import re
from collections.abc import Mapping

from eucaim_nb.errors import TableError

from ._target import Target, target_of

_REDCAP = ("Variable / Field Name", "Field Label", "Choices, Calculations, OR Slider Labels")


def books(text: str) -> dict[str, dict[str, str]]:
    """Return the meanings of codes by variable.

    Raises
    ------
    TableError
        The text is no data dictionary.
    """
    return {row[_REDCAP[0]]: book for row in _rows(text) if (book := _choices(row))}


def targets(text: str) -> tuple[Target, ...]:
    """Return the variables; the first is the Patient ID."""
    found: list[Target] = []
    for row in _rows(text):
        if row.get("Field Type") in ("descriptive", "file", "calc"):
            continue
        book = _choices(row)
        validation = row.get("Text Validation Type OR Show Slider Number", "") or ""
        kind = (
            "integer"
            if validation == "integer"
            else "number"
            if validation.startswith("number")
            else "string"
        )
        variable = row[_REDCAP[0]]
        found.append(
            target_of(
                {
                    "name": variable,
                    "title": row[_REDCAP[1]] or variable,
                    "type": "date" if validation.startswith("date") else kind,
                    "element": "patient_id" if not found else variable,
                    "constraints": {
                        **({"enum": list(book.values())} if book else {}),
                        **(
                            {"required": True}
                            if (row.get("Required Field?") or "").lower() == "y" or not found
                            else {}
                        ),
                        "minimum": row.get("Text Validation Min") if kind != "string" else None,
                        "maximum": row.get("Text Validation Max") if kind != "string" else None,
                    },
                }
            )
        )
    return tuple(found)


def _rows(text: str) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    if not found or any(column not in found[0] for column in _REDCAP):
        raise TableError("This CSV is no REDCap data dictionary: it needs the columns that REDCap exports.")
    return found


def _choices(row: Mapping[str, str]) -> dict[str, str]:
    if row.get("Field Type") == "yesno":
        return {"1": "Yes", "0": "No"}
    if row.get("Field Type") == "truefalse":
        return {"1": "True", "0": "False"}
    pairs = (re.fullmatch(r"\s*([^,]+?)\s*,\s*(.+?)\s*", part) for part in (row[_REDCAP[2]] or "").split("|"))
    return (
        {found[1]: found[2] for found in pairs if found}
        if row.get("Field Type") in ("radio", "dropdown", "checkbox")
        else {}
    )
