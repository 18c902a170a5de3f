"""Texts in cells of workbooks, which no spreadsheet takes for a formula, and back."""

from eucaim_nb.cells import defused

_MARK = "'"


def as_cell(text: str) -> str:
    """Return a text as a cell holds it: with an apostrophe before what would be a formula, or before another one."""
    return _MARK + text if text.startswith(_MARK) else defused(text)


def from_cell(value: object) -> str:
    """Return the text of a cell, as `as_cell` wrote it or a person."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
    text = str(value)
    return text[1:] if text.startswith(_MARK) and as_cell(text[1:]) == text else text
