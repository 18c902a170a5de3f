"""What every export begins with: the prepared values as they are written, and the series of de-identified images."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np

from ._apply import Prepared
from ._column import Column, Rows, together
from ._mapping import Mapping as TableMapping
from ._protect import DAYS
from ._steps import MEANINGS
from ._target import Target

SUBJECT = "PatientID"
_AT_ONCE = 500
"""Rows or patients that are written at a time: more would cost memory, fewer time."""
to_json = json.JSONEncoder(ensure_ascii=False).encode
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

    def explained(self, name: str) -> Column:
        """Return a column as it is written, with the reason in place of a missing value where the table says it."""
        column, why = self.columns[name], self.prepared.missing.get(name)
        return column if why is None else together(lambda text, said: text or said, column, why)

    @cached_property
    def reasons(self) -> list[str]:
        """What the table says of missing values, of `MEANINGS`."""
        said = {
            text for name, why in self.prepared.missing.items() if name in self.columns for text in why.values
        }
        return [meaning for meaning in MEANINGS if meaning in said]

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
        return number_of(text) if text and self.has_numbers(name) else text

    def has_numbers(self, name: str) -> bool:
        """Tell whether a column has numbers."""
        return self.kind(name) in ("integer", "number")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the texts of each row."""
        return rows_of(self.columns.values())

    def subjects(self) -> Iterator[list[tuple[str, Rows]]]:
        """Yield some patients at a time, each with the numbers of the rows; those whose rows come first are first."""
        column = self.columns[SUBJECT]
        _, at, index = np.unique(column.codes, return_index=True, return_inverse=True)
        place = np.argsort(np.argsort(at))[index]
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place))[:-1]
        patients = zip(column.texts(np.sort(at)), np.split(order, ends), strict=True)
        while part := list(islice(patients, _AT_ONCE)):
            yield part

    def by_subject(
        self, columns: Mapping[str, Column] | None = None
    ) -> Iterator[tuple[str, list[dict[str, str]]]]:
        """Yield each patient with the rows, of all or of some columns, without the ID and without empty values."""
        for part in self.subjects():
            found = iter(self.texts_of(np.concatenate([rows for _, rows in part]), columns))
            for subject, rows in part:
                yield subject, list(islice(found, len(rows)))

    def texts_of(self, rows: Rows, columns: Mapping[str, Column] | None = None) -> list[dict[str, str]]:
        """Return some rows, of all or of some columns, without the ID and without empty values."""
        shown = self.columns if columns is None else columns
        names = [name for name in shown if name != SUBJECT]
        lines = zip(*(shown[name].texts(rows) for name in names), strict=True)
        return [{name: text for name, text in zip(names, texts, strict=True) if text} for texts in lines]

    def element(self, row: Mapping[str, str], element: str) -> str:
        """Return the value of an element in a row; empty if there is none."""
        target = self.prepared.template.of(element)
        return row.get(target.name, "") if target else ""


def _as_written(column: Column, target: Target | None) -> Column:
    if target is None or target.type in ("integer", "number", "date"):
        return column
    return column.map_filled(lambda text: one_line(target.written(text)))


def number_of(text: str) -> int | float:
    """Return a text as the number that it is."""
    number = float(text)
    return int(number) if number.is_integer() else number


def one_line(text: str) -> str:
    """Return a text on one line: breaks, tabs and repeated blanks become a blank."""
    return _BREAKS.sub(" ", text).strip()


def rows_of(columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    """Yield the texts of each row of some columns, a part of the rows at a time."""
    columns = list(columns)
    for start in range(0, len(columns[0]), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        yield from zip(*(column.texts(part) for column in columns), strict=True)


def csv_of_columns(columns: Mapping[str, Column]) -> Iterator[bytes]:
    """Yield columns as `csv_bytes` writes them; every distinct value is quoted once."""
    special = (_SPECIAL.search(" ".join(column.values)) for column in columns.values())
    quoted = [
        column.map(_quoted) if odd else column for column, odd in zip(columns.values(), special, strict=True)
    ]
    yield (",".join(map(_quoted, columns)) + "\n").encode("utf-8")
    lines = map(",".join, rows_of(quoted))
    while part := list(islice(lines, _AT_ONCE)):
        yield ("\n".join(part) + "\n").encode("utf-8")


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _SPECIAL.search(text) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a table as nodes read it: UTF-8 without a mark, commas, one line feed after a row, unaltered values."""
    lines = chain([header], rows)
    while part := list(islice(lines, _AT_ONCE)):
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(part)
        yield buffer.getvalue().encode("utf-8")


def json_list(items: Iterable[str]) -> Iterator[bytes]:
    """Yield a list of items (JSON) in UTF-8, one item a line: it stays readable, and few items are made at a time."""
    return _enclosed("[", items, "]")


def json_object(entries: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """Yield an object of names and values (JSON) in UTF-8, one entry a line."""
    return _enclosed("{", (f"{to_json(name)}: {value}" for name, value in entries), "}")


def _enclosed(opening: str, items: Iterable[str], closing: str) -> Iterator[bytes]:
    yield opening.encode()
    before, items = "\n", iter(items)
    while part := list(islice(items, _AT_ONCE)):
        yield (before + ",\n".join(part)).encode("utf-8")
        before = ",\n"
    yield f"\n{closing}\n".encode()


def json_bytes(content: Any) -> bytes:
    """Return a document in UTF-8."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
