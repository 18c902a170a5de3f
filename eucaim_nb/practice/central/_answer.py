"""Answers to GraphQL questions about the table Collections, in the words of the catalogue's server."""

from collections.abc import Mapping
from typing import Any

from ._columns import COLUMNS, Record, text
from ._query import Field, WrongQuery, parse

_TABLE, _COUNT = "Collections", "Collections_agg"
_ARGUMENTS = ("filter", "search", "limit", "offset")
_OPERATORS = frozenset({"equals", "not_equals", "like"})
_JOINTS = {"_and": all, "_or": any}


def answer(query: str, variables: Mapping[str, Any], records: list[Record]) -> dict[str, Any]:
    """Return the data of an answer.

    Raises
    ------
    WrongQuery
        It asks for something that there is not.
    """
    data: dict[str, Any] = {}
    for field in parse(query, variables):
        if field.name not in (_TABLE, _COUNT):
            raise _undefined(field.name, "Query", field.name)
        if unknown := [name for name in field.arguments if name not in _ARGUMENTS]:
            path = f"UnknownArgument@[{field.name}]"
            raise WrongQuery(f"Validation error ({path}) : Unknown field argument '{unknown[0]}'")
        if not field.below:
            raise WrongQuery(
                f"Validation error (SubselectionRequired@[{field.name}]) : Subselection required for type "
                f"'{field.name}' of field '{field.name}'"
            )
        found = _chosen(field.arguments, records)
        data[field.key] = _count(field, found) if field.name == _COUNT else _rows(field, found)
    return data


def _rows(field: Field, records: list[Record]) -> list[dict[str, Any]]:
    for column in field.below:
        if column.name not in COLUMNS:
            raise _undefined(column.name, _TABLE, f"{_TABLE}/{column.name}")
        if column.below:
            path = f"SubselectionNotAllowed@[{_TABLE}/{column.name}]"
            raise WrongQuery(f"Validation error ({path}) : Subselection not allowed on leaf type")
    start = _whole(field.arguments.get("offset"), 0)
    end = start + _whole(field.arguments.get("limit"), len(records))
    return [{one.key: record.get(one.name) for one in field.below} for record in records[start:end]]


def _count(field: Field, records: list[Record]) -> dict[str, int]:
    for one in field.below:
        if one.name != "count":
            raise _undefined(one.name, _COUNT, f"{_COUNT}/{one.name}")
    return {one.key: len(records) for one in field.below}


def _chosen(arguments: Mapping[str, Any], records: list[Record]) -> list[Record]:
    asked = arguments.get("filter") or {}
    _check(asked)
    search = str(arguments.get("search") or "").lower()
    return [
        one
        for one in records
        if _matches(one, asked) and search in " ".join(text(value) for value in one.values()).lower()
    ]


def _check(asked: Any) -> None:
    """Refuse a filter that names an unknown column or operator."""
    if not isinstance(asked, dict):
        raise WrongQuery("Validation error (WrongType@[Collections]) : a filter is an object")
    for name, condition in asked.items():
        if name in _JOINTS:
            for part in _listed(condition):
                _check(part)
        elif name not in COLUMNS:
            raise WrongQuery(
                f"Validation error (WrongType@[{_TABLE}]) : the filter of '{_TABLE}' has no field '{name}'"
            )
        elif not isinstance(condition, dict) or not set(condition) <= _OPERATORS:
            known = ", ".join(sorted(_OPERATORS))
            raise WrongQuery(f"Validation error (WrongType@[{_TABLE}]) : a condition has one of {known}")


def _matches(record: Record, asked: Mapping[str, Any]) -> bool:
    return all(_fits(record, name, condition) for name, condition in asked.items())


def _fits(record: Record, name: str, condition: Any) -> bool:
    if name in _JOINTS:
        return _JOINTS[name](_matches(record, part) for part in _listed(condition))
    value = text(record.get(name))
    for operator, wanted in condition.items():
        options = [text(one) for one in _listed(wanted)]
        if operator == "like":
            fits = any(one.lower() in value.lower() for one in options)
        else:
            fits = (value in options) == (operator == "equals")
        if not fits:
            return False
    return True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _whole(value: Any, otherwise: int) -> int:
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongQuery("Validation error (WrongType) : limit and offset are whole numbers")
    return value


def _undefined(name: str, owner: str, path: str) -> WrongQuery:
    return WrongQuery(
        f"Validation error (FieldUndefined@[{path}]) : Field '{name}' in type '{owner}' is undefined"
    )
