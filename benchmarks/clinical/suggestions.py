"""How well tables are read without options, and how well their columns are recognised."""

from __future__ import annotations

import argparse

from eucaim_nb.clinical import load, load_template, profile, suggest

from .tables import Table, held_out


def loaded(table: Table) -> list[str]:
    """Return what is wrong with a table that was loaded without options; empty if nothing."""
    found = load(table.data)
    wrong = []
    if list(found.headers) != list(table.truth):
        wrong.append(f"headers: {[h for h in found.headers if h not in table.truth] or 'another order'}")
    if len(found) != table.rows:
        wrong.append(f"{len(found)} rows for {table.rows}")
    first = [column[0] for column in found.columns.values()]
    if [_plain(cell) for cell in first] != [_plain(cell) for cell in table.first_row]:
        wrong.append("first row differs")
    return wrong


def _plain(cell: str) -> str:
    return cell.removesuffix(".0").rstrip("0") if "." in cell else cell


def recognised(table: Table) -> tuple[int, int, int, list[str]]:
    """Return right, wrong and missed suggestions, and the wrong and missed ones in words."""
    template = load_template(table.template)
    right = wrong = missed = 0
    said = []
    for one in suggest(profile(load(table.data)), template):
        truth = table.truth.get(one.source, "")
        truth = truth if template.of(truth) else ""
        chosen = template[one.target].element if one.sure else ""
        if chosen and chosen == truth:
            right += 1
        elif chosen:
            wrong += 1
            said.append(f"{one.source!r} is not {chosen} ({one.score}, {one.reason})")
        if truth and chosen != truth:
            missed += 1
            said.append(f"{one.source!r} is {truth}, not found ({one.target} {one.score}, {one.reason})")
    return right, wrong, missed, said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--source", default="held_out.toml")
    options = parser.parse_args()
    tables = held_out(source=options.source)
    problems = {table.name: loaded(table) for table in tables}
    print(f"loaded without options: {sum(not one for one in problems.values())} of {len(tables)}")
    for name, wrong in problems.items():
        if wrong:
            print(" ", name, *wrong, sep=" | ")
    total = [0, 0, 0]
    for table in tables:
        *counts, said = recognised(table)
        total = [a + b for a, b in zip(total, counts, strict=True)]
        print(f"  {table.name:<16} right {counts[0]:>2}  wrong {counts[1]:>2}  missed {counts[2]:>2}")
        if options.details:
            print(*(f"      {line}" for line in said), sep="\n")
    right, wrong, missed = total
    print(
        f"precision {right / (right + wrong):.3f}  recall {right / (right + missed):.3f}  columns {right + missed}"
    )


if __name__ == "__main__":
    main()
