"""The entry in the catalogue beside the metadata record: what is the same, whatever way it is written."""

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb.dataset.record import COLUMNS, Kind, Record, field_of, keys_of, record_of, row
from eucaim_nb.errors import RecordError

from ._forms import Entry

_LANGUAGE = re.compile(r"@[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*\Z")
_TOLERANCE = 0.01
"""Sizes are given in gigabytes, rounded as people like."""


class Agreement(StrEnum):
    """How a column of the entry and the record go together."""

    DIFFERS = "differs"
    MISSING_THERE = "missing there"
    ONLY_THERE = "only there"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Line:
    """One column: what the record says of it here, and the entry there; empty where it says nothing."""

    column: str
    title: str
    here: str
    there: str
    agreement: Agreement


def compare(record: Record, entry: Entry, told: Collection[str] = ()) -> list[Line]:
    """Compare a record with an entry, column by column, what differs first.

    Parameters
    ----------
    told
        Columns that the way of asking can tell, all if empty. Of others nothing is said.

    Returns
    -------
    list of Line
        Columns that are empty on both sides are left out.
    """
    ours = {name: _text(cell) for name, cell in row(record).items()}
    lines = [
        _line(record, name, ours.get(name, ""), entry.get(name, ()))
        for name in COLUMNS
        if (not told or name in told) and (ours.get(name) or entry.get(name))
    ]
    order = list(Agreement)
    return sorted(lines, key=lambda one: order.index(one.agreement))


def bare(identifier: str) -> str:
    """Return the identifier in an address, such as that of the permanent link; one that is no address as it is."""
    return re.split(r"[/=]", identifier.strip().rstrip("/"))[-1]


def _line(record: Record, name: str, here: str, there: tuple[str, ...]) -> Line:
    shown = _joined(there)
    if not there:
        agreement = Agreement.MISSING_THERE
    elif not here:
        agreement = Agreement.ONLY_THERE
    else:
        agreement = Agreement.EQUAL if _agree(record, name, here, there) else Agreement.DIFFERS
    title = ", ".join(dict.fromkeys(field_of(key).name for key in keys_of(name)))
    return Line(name, title, here, shown, agreement)


def _agree(record: Record, name: str, here: str, there: tuple[str, ...]) -> bool:
    shown = _joined(there)
    if _plain(here) in (_plain(shown), _plain("\n".join(there))):
        return True
    match name:
        case "id":
            return bare(here) == bare(shown)
        case "image_size":
            return _about(here, shown)
        case "image_year_range":
            return _same_period(here, shown)
    keys = keys_of(name)
    if any(field_of(key).kind in (Kind.LINE, Kind.TEXT) for key in keys):
        return _in_any_language(record, keys, there)
    # Codes, addresses and labels of a term are read into the same; a label may hold a comma itself.
    ours = _terms(name, here)
    return bool(ours) and ours in (_terms(name, shown), _terms(name, ",".join(there)))


def _in_any_language(record: Record, keys: tuple[str, ...], there: tuple[str, ...]) -> bool:
    ours = {_plain(_LANGUAGE.sub("", one)) for key in keys for one in record.values.get(key, ())}
    return {_plain(_LANGUAGE.sub("", one)) for one in there} <= ours


def _terms(name: str, cell: str) -> frozenset[str]:
    try:
        found = record_of({name: cell})
    except RecordError:
        return frozenset()
    return frozenset(one.casefold() for values in found.values.values() for one in values)


def _about(here: str, there: str) -> bool:
    try:
        ours, theirs = float(here), float(there)
    except ValueError:
        return False
    return abs(ours - theirs) <= max(_TOLERANCE * ours, 0.5 * _last_digit(there))


def _last_digit(number: str) -> float:
    return 10.0 ** -len(number.partition(".")[2])


def _same_period(here: str, there: str) -> bool:
    """Tell whether both say the same as far as the coarser one goes: 2019 and 2019-01-01 do."""
    ours, theirs = (dict(re.findall(r"(startDate|endDate):\s*([\d-]+)", one)) for one in (here, there))
    return bool(ours) and ours.keys() == theirs.keys() and all(
        ours[one].startswith(theirs[one]) or theirs[one].startswith(ours[one]) for one in ours
    )


def _joined(values: tuple[str, ...]) -> str:
    """Return values as the catalogue writes them in a cell: one as it is, several as a list."""
    if len(values) < 2:
        return "".join(values)
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _text(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _plain(text: str) -> str:
    return " ".join(text.split())
