"""The forms in which the catalogue answers, each read into the same: the values of an entry by its columns."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

Entry = Mapping[str, tuple[str, ...]]
"""Values by column; a column that is empty there is not among them."""


class NotThisForm(ValueError):
    """An answer is not in the form that was asked for."""


def from_rdf(answer: bytes, ident: str) -> Entry | None:
    """Return the entry of a dataset from Turtle: its subject has the identifier as the value of the column id."""
    from rdflib import Graph, Literal

    try:
        graph = Graph().parse(data=answer, format="turtle")
    except Exception as error:  # the parser raises whatever it stumbles over
        raise NotThisForm("no Turtle") from error
    subjects = {
        subject for subject, column, value in graph if _column(str(column)) == "id" and str(value) == ident
    }
    found: dict[str, list[str]] = {}
    for subject in subjects:
        for column, value in graph.predicate_objects(subject):
            if name := _column(str(column)):
                found.setdefault(name, []).append(str(value) if isinstance(value, Literal) else _named(str(value)))
    return _entry(found) if subjects else None


def from_graphql(answer: bytes, ident: str) -> Entry | None:
    """Return the entry of a dataset from an answer of GraphQL."""
    try:
        rows = json.loads(answer)["data"]["Collections"] or []
        return next((_entry(row) for row in rows if str(row.get("id")) == ident), None)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotThisForm("no answer of GraphQL with Collections") from error


def from_csv(answer: bytes, ident: str) -> Entry | None:
    """Return the entry of a dataset from the table of all."""
    try:
        rows = csv.DictReader(io.StringIO(answer.decode("utf-8-sig"), newline=""), strict=True)
        if "id" not in (rows.fieldnames or ()):
            raise NotThisForm("no table with the column id")
        return next((_entry(row) for row in rows if row["id"] == ident), None)
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotThisForm("no CSV in UTF-8") from error


READERS: Mapping[str, Callable[[bytes, str], Entry | None]] = {
    "rdf": from_rdf,
    "graphql": from_graphql,
    "csv": from_csv,
}
"""By the id of the way."""


def _column(predicate: str) -> str:
    return predicate.rpartition("/column/")[2] if "/column/" in predicate else ""


def _named(address: str) -> str:
    """Return the name in the address of a row there, such as `…/api/rdf/Modality?name=CT`; else the address."""
    return address.rpartition("?name=")[2] or address


def _entry(row: Mapping[str, Any]) -> Entry:
    read = ((name, tuple(filter(None, map(_text, _listed(value))))) for name, value in row.items() if name)
    return {name: values for name, values in read if values}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return _text(value.get("name", value.get("id")))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).strip()
