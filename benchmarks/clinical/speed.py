"""How long a table of 50,000 rows and 200 columns takes from file to exports, and how much memory.

    python -m benchmarks.clinical.speed --dir DIR [--rows N] [--suffix csv|xlsx]
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import time
from datetime import date, timedelta
from pathlib import Path

from eucaim_nb import clinical, workspace

_KINDS = ("code", "number", "integer", "date", "text")


def make(folder: Path, rows: int, columns: int, suffix: str) -> tuple[Path, Path]:
    """Write the table and a Table Schema for all of its columns, unless they are there."""
    table, schema = folder / f"big-{rows}.{suffix}", folder / "big.json"
    kinds = ["id", *(_KINDS[i % len(_KINDS)] for i in range(columns - 1))]
    names = ["patient_id", *(f"{kind}_variable_{i}" for i, kind in enumerate(kinds[1:], 1))]
    schema.write_text(json.dumps({"name": "big", "fields": [_field(*pair) for pair in zip(names, kinds, strict=True)]}))
    if table.exists():
        return table, schema
    chance = random.Random(1)
    days = [f"{date(2010, 1, 1) + timedelta(days=i):%d.%m.%Y}" for i in range(4000)]
    cell = {
        "code": lambda: chance.choice(("low", "middle", "high", "")),
        "number": lambda: f"{chance.random() * 1000:.3f}",
        "integer": lambda: str(chance.randrange(5000)),
        "date": lambda: chance.choice(days),
        "text": lambda: f"finding {chance.randrange(3000)}",
    }
    lines = ([f"P{row:06d}", *(cell[kind]() for kind in kinds[1:])] for row in range(rows))
    if suffix == "csv":
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=";").writerows([names, *lines])
    else:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(names)
        for line in lines:
            sheet.append(line)
        book.save(table)
    return table, schema


def _field(name: str, kind: str) -> dict[str, object]:
    if kind == "id":
        return {"name": name, "type": "string", "constraints": {"required": True}}
    if kind == "code":
        return {"name": name, "type": "string", "constraints": {"enum": ["low", "middle", "high"]}}
    return {"name": name, "type": "string" if kind == "text" else kind}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--suffix", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--export", nargs="+", default=["upv-csv", "eforms"])
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    table, schema = make(options.dir, options.rows, options.columns, options.suffix)
    submission = workspace.create(options.dir / f"submission-{time.time_ns()}", node="practice-upv")
    began, busy = time.perf_counter(), time.process_time()
    done = clinical.prepare(submission, table, template=str(schema), exports=options.export)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{done.rows_out:,} rows, {options.columns} columns: {seconds:.1f} s, of the processor {busy:.1f} s")
    print(f"peak memory {peak:,.0f} MB")
    print(f"exports {[(one['kind'], one['bytes'] // 1_000_000) for one in done.exports]} (MB), {done.errors} errors")


if __name__ == "__main__":
    main()
