"""Identifiers in the clinical table that is about to be sent."""

import re
from collections.abc import Iterator

import pandas as pd

from eucaim_nb.identity import bare, detectors, masked

from ._detect import KINDS
from ._known import Known
from ._leak import Kind, Leak, Severity, leak_facts

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?|\d{8}")


def clinical_leaks(table: pd.DataFrame, known: Known) -> Iterator[Leak]:
    """Yield what points to a person in the cells of a table, once for each cell and kind; dates in columns of dates are
    the business of the roles."""
    for column in table.columns:
        if column == "patient":
            continue
        for value in table[column].dropna().astype(str):
            yield from _cell(str(column), value, known)


def _cell(column: str, value: str, known: Known) -> Iterator[Leak]:
    if bare(value) in known.numbers:
        yield _leak(column, Kind.NUMBER, "number of an original", Severity.ERR, value)
        return
    if _DATE.fullmatch(value):
        return
    for one in detectors(value):
        kind, severity = KINDS[one.kind]
        yield _leak(column, kind, one.detector, severity, value[one.start : one.end])


def _leak(column: str, kind: Kind, detector: str, severity: Severity, value: str) -> Leak:
    remedy = leak_facts().remedies["clinical"]
    return Leak(f"clinical table: {column}", column, kind, detector, severity, masked(value), remedy, hidden=False)
