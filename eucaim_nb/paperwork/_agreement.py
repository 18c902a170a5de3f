"""The draft of the agreement as blocks of text, whatever document they become."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eucaim_nb.reference import dta_fields, dta_text

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text, and the field it fills; an empty `field` for text that is always the same."""

    text: str
    field: str = ""


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a remark stands out from the agreement itself."""

    pieces: Pieces
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names what the second one says."""

    rows: tuple[tuple[Pieces, ...], ...]


Block = Heading | Paragraph | Table


def agreement(values: Mapping[str, str]) -> Iterator[Block]:
    """Yield the draft with its fields filled; a needed one that says nothing shows its name in square brackets."""
    shown = {
        field.id: values[field.id] or (f"[{field.label}]" if field.needed else "not stated")
        for field in dta_fields()
    }
    for text in dta_text().split("\n\n"):
        lines = text.strip().splitlines()
        if lines[0].startswith("|"):
            yield Table(tuple(_row(line, shown) for line in lines))
        elif lines[0].startswith("#"):
            level, _, title = lines[0].partition(" ")
            yield Heading(len(level), _pieces(title, shown))
        else:
            said = " ".join(lines)
            yield Paragraph(_pieces(said.removeprefix("> "), shown), remark=said.startswith("> "))


def _row(line: str, shown: Mapping[str, str]) -> tuple[Pieces, ...]:
    return tuple(_pieces(cell.strip(), shown) for cell in line.strip("| ").split(" | "))


def _pieces(text: str, shown: Mapping[str, str]) -> Pieces:
    """Divide text at its fields; every second part of the division is the name of one."""
    parts = _FIELD.split(text)
    return tuple(
        Piece(shown[part], part) if number % 2 else Piece(part) for number, part in enumerate(parts) if part
    )
