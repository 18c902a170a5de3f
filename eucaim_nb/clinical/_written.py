"""What every export begins with: the prepared values as they are written, and the series of de-identified images."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ._apply import Prepared
from ._column import Column
from ._mapping import Mapping as TableMapping
from ._protect import DAYS
from ._target import Target

SUBJECT = "PatientID"
_SPECIAL = re.compile(r'[",\r\n]')
_BREAKS = re.compile("[\\s\x1c-\x1f\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Source:
    """What exports are made of.

    Attributes
    ----------
    series
        Attributes by keyword of every series of the de-identified images.
    dataset
        Identifier that file names begin with, where a receiver wants one.
    """

    prepared: Prepared
    mapping: TableMapping
    series: Sequence[Mapping[str, str]] = ()
    dataset: str = "dataset"
    moved: bool = False
    """Whether dates were moved."""

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every column as it is written, `PatientID` first; texts stand on one line."""
        subject, *others = self.prepared.columns
        found = {SUBJECT: self.prepared.columns[subject]}
        for name in others:
            found[name] = _as_written(self.prepared.columns[name], self.target(name))
        return found

    def target(self, name: str) -> Target | None:
        """Return the variable that a column holds; None for days."""
        return self.prepared.template.get(name)

    def kind(self, name: str) -> str:
        """Return the type of a column: `string`, `integer`, `number` or `date`."""
        if any(rule.get("target") == name and rule["rule"] == "band" for rule in self.mapping.generalise):
            return "string"
        target = self.target(name)
        if target is None:
            return "integer" if name.endswith(DAYS) else "string"
        return "string" if target.type == "list" or target.coded else target.type

    def value(self, name: str, text: str) -> Any:
        """Return a text as a number, where the column has numbers."""
        kind = self.kind(name)
        if kind in ("integer", "number") and text:
            number = float(text)
            return int(number) if number.is_integer() else number
        return text

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the texts of each row."""
        return zip(*(column.texts() for column in self.columns.values()), strict=True)

    def by_subject(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows of each patient, without the ID and without empty values."""
        _, *names = self.columns
        found: dict[str, list[dict[str, str]]] = {}
        for subject, *texts in self.rows():
            found.setdefault(subject, []).append(
                {name: text for name, text in zip(names, texts, strict=True) if text}
            )
        return found

    def element(self, row: Mapping[str, str], element: str) -> str:
        """Return the value of an element in a row; empty if there is none."""
        target = self.prepared.template.of(element)
        return row.get(target.name, "") if target else ""


def _as_written(column: Column, target: Target | None) -> Column:
    if target is None or target.type in ("integer", "number", "date"):
        return column
    return column.map_filled(lambda text: one_line(target.written(text)))


def one_line(text: str) -> str:
    """Return a text on one line: breaks, tabs and repeated blanks become a blank."""
    return _BREAKS.sub(" ", text).strip()


def csv_of_columns(columns: Mapping[str, Column]) -> bytes:
    """Return columns as `csv_bytes` writes them; every distinct value is quoted once."""
    special = (any(map(_SPECIAL.search, column.values)) for column in columns.values())
    quoted = (
        column.map(_quoted) if odd else column for column, odd in zip(columns.values(), special, strict=True)
    )
    written = [column.texts() for column in quoted]
    lines = [",".join(map(_quoted, columns)), *map(",".join, zip(*written, strict=True)), ""]
    return "\n".join(lines).encode("utf-8")


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _SPECIAL.search(text) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as nodes read it: UTF-8 without a mark, commas, one line feed after a row, unaltered values."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def json_list(items: Iterable[Any]) -> bytes:
    """Return a list in UTF-8, one item a line: it stays readable, and no more than one item is made at a time."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f"[\n{lines}\n]\n".encode()


def json_bytes(content: Any) -> bytes:
    """Return a document in UTF-8."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
