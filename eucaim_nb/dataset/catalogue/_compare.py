"""The entry in the catalogue beside the metadata record: what is the same, whatever way it is written."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb.dataset.record import Record, field_of, vocabulary

from eucaim_nb import reference
from eucaim_nb.reference import CatalogueColumn

from ._forms import Entry

_BYTES_PER_GB = 1e9
_NUMBER = re.compile(r"#\d+")
_LANGUAGE = re.compile(r"@[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*\Z")


class Agreement(StrEnum):
    """How a column of the entry and the record go together."""

    DIFFERS = "differs"
    MISSING_THERE = "missing there"
    ONLY_THERE = "only there"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Line:
    """One column: what the record says of it here, and the entry there."""

    column: str
    title: str
    here: tuple[str, ...]
    there: tuple[str, ...]
    agreement: Agreement


def compare(record: Record, entry: Entry, told: Iterable[str] | None = None) -> list[Line]:
    """Compare a record with an entry, column by column, what differs first.

    Parameters
    ----------
    told
        Columns that the way of asking can tell; None for all. Of others nothing is said.

    Returns
    -------
    list of Line
        Columns that are empty on both sides are left out.
    """
    asked = None if told is None else set(told)
    lines = [
        _line(column, of_record(record, column), entry.get(column.name, ()))
        for column in reference.catalogue().columns
        if asked is None or column.name in asked
    ]
    order = list(Agreement)
    return sorted((one for one in lines if one.here or one.there), key=lambda one: order.index(one.agreement))


def of_record(record: Record, column: CatalogueColumn) -> tuple[str, ...]:
    """Return what a record says of a column, as the catalogue would have it."""
    values = {
        key: value for name, value in record.values.items() if (key := _NUMBER.sub("", name)) in column.keys
    }
    if column.kind == "period":
        return tuple(f"{key.rpartition(':')[2]}:{value[0]}" for key, value in values.items() if value)
    found = [one for value in values.values() for one in value]
    if column.kind == "gigabytes":
        sizes = [float(one) for one in found if _is_number(one)]
        return (f"{sum(sizes) / _BYTES_PER_GB:.3f}",) if sizes else ()
    return tuple(found)


def _line(column: CatalogueColumn, here: tuple[str, ...], there: tuple[str, ...]) -> Line:
    if not there:
        agreement = Agreement.MISSING_THERE
    elif not here:
        agreement = Agreement.ONLY_THERE
    else:
        agreement = Agreement.EQUAL if _KINDS[column.kind](column, here, there) else Agreement.DIFFERS
    return Line(column.name, column.title, here, there, agreement)


_Values = tuple[str, ...]


def _same_identifier(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    return {bare(one) for one in here} == {bare(one) for one in there}


def _same_words(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    """Tell whether the entry says what the record says in one or more of its languages."""
    ours, theirs = ({_plain(_LANGUAGE.sub("", one)) for one in values} for values in (here, there))
    return theirs <= ours or {_plain(", ".join(there))} == {_plain(", ".join(_LANGUAGE.sub("", one) for one in here))}


def _same_terms(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    ours, theirs = (
        {_term(column, _LANGUAGE.sub("", one)) for value in values for one in _parted(column, value)}
        for values in (here, there)
    )
    return ours == theirs


def _same_count(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    return [float(one) for one in here if _is_number(one)] == [float(one) for one in there if _is_number(one)]


def _same_flag(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    ours, theirs = ({one.lower() in ("true", "yes", "1") for one in values} for values in (here, there))
    return ours == theirs


def _same_period(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    """Tell whether both say the same, as far as the coarser one goes: 2019 and 2019-01-01 do."""
    ours, theirs = (dict(re.findall(r"(startDate|endDate):\s*([\d-]+)", " ".join(values))) for values in (here, there))
    return ours.keys() == theirs.keys() and all(
        ours[one].startswith(theirs[one]) or theirs[one].startswith(ours[one]) for one in ours
    )


def _same_gigabytes(column: CatalogueColumn, here: _Values, there: _Values) -> bool:
    """Tell whether sizes are the same to the precision that people give them in."""
    sizes = [float(one) for one in (*here, *there) if _is_number(one)]
    return len(sizes) == len(here) + len(there) and max(sizes) - min(sizes) <= max(0.05, 0.01 * max(sizes))


_KINDS: Mapping[str, Callable[[CatalogueColumn, _Values, _Values], bool]] = {
    "identifier": _same_identifier,
    "words": _same_words,
    "terms": _same_terms,
    "count": _same_count,
    "flag": _same_flag,
    "period": _same_period,
    "gigabytes": _same_gigabytes,
}


def bare(identifier: str) -> str:
    """Return the identifier in an address, such as that of the permanent link; one that is no address as it is."""
    return re.split(r"[/=]", identifier.rstrip("/"))[-1]


def _term(column: CatalogueColumn, value: str) -> str:
    """Return one name for a term, whether it is given as a code, as an address or as a label."""
    for key in column.keys:
        if name := field_of(key).vocabulary:
            value = vocabulary(name).term(value)
    return _plain(value).casefold()


def _parted(column: CatalogueColumn, value: str) -> list[str]:
    """Return the terms of a list in one cell; a label that has a comma itself stays whole."""
    known = _term(column, value) != _plain(value).casefold()
    return [value] if known else [one for one in re.split(r"[,;|]", value) if one.strip()]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", text.strip()))
