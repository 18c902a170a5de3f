"""The columns of the table Collections of the catalogue, and what may stand in them.

The names are those that the explorer of EUCAIM asks the catalogue for (samply/eucaim-frontend at 9b12115). Which
of them are lists or codes there is not public: here all are texts but the numbers and the yes-or-no ones.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Value = str | int | float | bool
Record = dict[str, Value]

_TEXT = ("id", "name", "acronym", "description", "provider", "publisherType", "contact")
_COUNTS = ("number_of_subjects", "number_of_studies", "number_of_series")
_MORE_TEXT = (
    "condition",
    "topography",
    "body_part_examined",
    "imaging_modality",
    "vendor",
    "format",
    "image_year_range",
    "image_size",
    "sex",
    "geographical_coverage",
    "type",
    "interoperability_tier",
    "collection_method",
    "provenance",
    "intended_purpose",
    "commercial_use",
    "image_access_type",
    "image_access_description",
    "applicable_legislation",
    "legal_basis",
    "version",
    "withdrawn",
)
_STAMPS = ("mg_insertedOn", "mg_updatedOn")
COLUMNS = (*_TEXT, *_COUNTS, *_MORE_TEXT, *_STAMPS)
_FLAGS = frozenset({"commercial_use", "withdrawn"})
_SIZE = "image_size"  # GB
_LONGEST_ID = 255
_YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False}


class WrongRecord(ValueError):
    """The text says what is wrong with a record."""


def record(values: Mapping[str, Any]) -> Record:
    """Return a record as the catalogue keeps it: what is empty is left out, and the dates are its own.

    Raises
    ------
    WrongRecord
        A column is unknown or has a value of another kind; or there is no id.
    """
    if unknown := [name for name in values if name not in COLUMNS]:
        raise WrongRecord(f"Collections has no column {', '.join(repr(name) for name in unknown)}")
    found: Record = {}
    for name in COLUMNS:
        value = values.get(name)
        if name not in _STAMPS and value not in (None, "", []):
            found[name] = _value(name, value)
    ident = found.get("id")
    if not ident:
        raise WrongRecord("a record needs an id")
    if len(str(ident)) > _LONGEST_ID:
        raise WrongRecord(f"an id has at most {_LONGEST_ID} characters")
    return found


def stamped(values: Record, before: Record | None) -> Record:
    """Return a record with the dates at which it came in, and was last changed."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    came = before["mg_insertedOn"] if before else now
    return values | {"mg_insertedOn": came, "mg_updatedOn": now}


def text(value: Value | None) -> str:
    """Return a value as it stands in a table."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _value(name: str, value: Any) -> Value:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value)
    if name in _FLAGS:
        flag = value if isinstance(value, bool) else _YES_OR_NO.get(str(value).strip().lower())
        if flag is None:
            raise WrongRecord(f"{name} is true or false")
        return flag
    if name in _COUNTS or name == _SIZE:
        return _number(name, value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongRecord(f"{name} is not a text")
    return str(value).strip()


def _number(name: str, value: Any) -> int | float:
    try:
        if isinstance(value, bool):
            raise ValueError("true is no number")
        number = float(value) if name == _SIZE else int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise WrongRecord(f"{name} is not a number") from error
    if not 0 <= number < 2**53 or (isinstance(value, float) and number != value):
        raise WrongRecord(f"{name} is not a number of this kind")
    return number
