"""Writes the held-out tables of `held_out.toml`: invented values under headers of cohorts and hospitals."""

from __future__ import annotations

import io
import json
import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_WORDS = {
    "sex en": ("male", "female"),
    "sex de": ("männlich", "weiblich"),
    "sex it": ("maschio", "femmina"),
    "lung histology": ("adenocarcinoma", "squamous cell carcinoma", "large cell", "nos"),
    "breast histology": (
        "Infiltrating Ductal Carcinoma",
        "Infiltrating Lobular Carcinoma",
        "Mucinous Carcinoma",
    ),
    "stage": ("I", "II", "IIIa", "IIIb", "IV"),
    "vendor": ("SIEMENS", "GE MEDICAL SYSTEMS"),
    "name": ("Müller, Anna", "García López, José", "Rossi, Maria", "Papadopoulos, Nikos", "Kowalska, Ewa"),
    "text": ("", "", "siehe Befund", "sin incidencias", "control a los 3 meses"),
    "bool": ("true", "false"),
}


@dataclass(frozen=True)
class Table:
    """A table as a file, with what its columns mean."""

    name: str
    template: str
    suffix: str
    data: bytes
    truth: dict[str, str]
    rows: int
    first_row: list[str]


def held_out(rows: int = 60, seed: int = 7, source: str = "held_out.toml") -> list[Table]:
    """Return all tables."""
    text = Path(__file__).with_name(source).read_text(encoding="utf-8")
    return [_table(one, rows, random.Random(f"{seed} {one['name']}")) for one in tomllib.loads(text)["table"]]


def _table(spec: dict[str, Any], rows: int, chance: random.Random) -> Table:
    columns = spec["columns"]
    repeat = spec.get("rows_per_patient", 1)
    decimal = spec.get("decimal", ".")
    cells = [
        [_cell(kind, row // repeat, chance, decimal) for _, _, kind, *_ in columns] for row in range(rows)
    ]
    given = [[column[3] if len(column) > 3 else "" for column in columns]]
    units = given if spec.get("units_row") else []
    lines = [*_above(spec), *units, *cells]
    return Table(
        spec["name"],
        spec["template"],
        spec["form"],
        _file(spec, lines, cells),
        {header: element for header, element, *_ in columns},
        rows,
        cells[0],
    )


def _above(spec: dict[str, Any]) -> list[list[str]]:
    headers = [column[0] for column in spec["columns"]]
    titles = [["Auszug Tumordokumentation"], []][: spec.get("title_rows", 0)]
    if spec.get("header_rows", 1) == 1:
        return [*titles, headers]
    if spec["name"] == "duke":
        groups = ["Patient Information", "MRI Technical Information", *([""] * (len(headers) - 2))]
        books = [_book(column[2]) for column in spec["columns"]]
        return [groups, headers, books]
    return [
        headers,
        [header.replace("_", " ").title() for header in headers],
        ["CDE_ID:" if i % 3 else f"CDE_ID:{2000 + i}" for i in range(len(headers))],
    ]


def _book(kind: str) -> str:
    return (
        "{"
        + kind.removeprefix("code ").replace(" 1=", ", 1=").replace(" 2=", ", 2=").replace(" 3=", ", 3=")
        + "}"
        if kind.startswith("code ")
        else ""
    )


def _cell(kind: str, row: int, chance: random.Random, decimal: str) -> str:
    name, *given = kind.split(" ")
    if kind in _WORDS:
        return chance.choice(_WORDS[kind])
    match name:
        case "id":
            return f"P{row + 1:04d}"
        case "days":
            return str(chance.randint(10, 2500))
        case "age":
            return f"{chance.uniform(35, 88):.1f}".replace(".", decimal)
        case "integer":
            return str(chance.randint(int(given[0]), int(given[1])))
        case "decimal" | "psa" | "fraction":
            low, high = {"psa": (0.4, 90), "fraction": (0.02, 0.9)}.get(name) or map(float, given)
            return f"{chance.uniform(low, high):.2f}".replace(".", decimal)
        case "date":
            return (date(2015, 1, 1) + timedelta(days=chance.randint(0, 2500))).strftime(given[0])
        case "words":
            return "" if chance.random() < 0.05 else chance.choice(given).replace("_", " ")
        case "list":
            return ",".join(chance.choice(given) for _ in range(chance.randint(1, 3)))
        case "code":
            return chance.choice([part.split("=")[0] for part in given if "=" in part])
    raise ValueError(f"No such kind of cell: {kind}")


def _file(spec: dict[str, Any], lines: list[list[str]], cells: list[list[str]]) -> bytes:
    if spec["form"] == "xlsx":
        return _workbook(lines)
    if spec["form"] == "json":
        return json.dumps([_nested([c[0] for c in spec["columns"]], row) for row in cells], indent=1).encode()
    import csv

    buffer = io.StringIO(newline="")
    delimiter = spec.get("delimiter", "\t" if spec["form"] == "tsv" else ",")
    csv.writer(buffer, delimiter=delimiter, lineterminator=spec.get("newline", "\n")).writerows(lines)
    return buffer.getvalue().encode(spec.get("encoding", "utf-8"))


def _nested(headers: list[str], row: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for header, cell in zip(headers, row, strict=True):
        *path, last = header.split(".")
        at = found
        for part in path:
            at = at.setdefault(part, {})
        at[last] = {"true": True, "false": False}.get(cell, cell)
    return found


def _workbook(lines: list[list[str]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for line in lines:
        sheet.append([_typed(cell) for cell in line])
    book.create_sheet("Legende").append(["nur ein Hinweis"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _typed(cell: str) -> Any:
    try:
        return float(cell) if "." in cell and cell.count(".") == 1 else int(cell)
    except ValueError:
        return cell or None
