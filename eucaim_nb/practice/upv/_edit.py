"""One change of one property of a dataset."""

from collections.abc import Callable
from typing import Any

from . import _rights, _rules
from ._database import Database, Document
from ._people import Person
from ._rights import Refusal
from ._rules import LONGEST

_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: _rules.text(value, "value", LONGEST["name"], _rules.SHORTEST_NAME),
    "version": lambda value: _rules.text(value, "value", LONGEST["version"]),
    "description": lambda value: _rules.text(value, "value"),
    "provenance": lambda value: _rules.text(value, "value"),
    "purpose": lambda value: _rules.text(value, "value"),
    "contactInfo": lambda value: _rules.text(value, "value", LONGEST["contactInfo"]),
    "invalidationReason": lambda value: _rules.text(value, "value", LONGEST["invalidationReason"]),
    "type": lambda value: _rules.choices(value, "value", _rules.TYPES),
    "collectionMethod": lambda value: _rules.choices(value, "value", _rules.METHODS),
    "license": lambda value: {
        name: _rules.text(value[name], name, LONGEST[name]) for name in ("title", "url")
    },
    "tags": _rules.tags,
    "authorId": lambda value: _rules.text(value, "value"),
    "publicUse": _rules.flag,
    "invalidated": _rules.flag,
    "draft": _rules.flag,
    "public": _rules.flag,
}


def apply(change: Document, dataset: Document, person: Person, creating: bool, database: Database) -> None:
    """Change a dataset and keep it.

    Raises
    ------
    Refusal
        The person cannot change that now, or not to that.
    KeyError, TypeError
        The request is not a change, or the value is of another kind.
    """
    name, value = change["property"], change["value"]
    if name not in _rights.editable(person, dataset, creating):
        raise Refusal(400, "the property is not in the editablePropertiesByTheUser list")
    match name:
        case "previousId":
            value = _previous(value, dataset, person, database)
        case "pids":
            value = _pids(value)
        case _:
            value = _CHECKS[name](value)
    match name, value:
        case "draft", True:
            raise Refusal(400, "A dataset cannot be a draft again.")
        case "draft", False:
            _release(dataset, database)
        case "invalidated", False:
            dataset["invalidationReason"] = None
        case "public", True if dataset["pids"]["preferred"] is None:
            raise Refusal(500, "Empty Zenodo access token, check the project configuration.")
    dataset[name] = value
    database.save(dataset)


def _release(dataset: Document, database: Database) -> None:
    """Let the previous version know its successor."""
    previous = database.dataset(dataset["previousId"]) if dataset["previousId"] else None
    if previous is None:
        return
    if previous["nextId"]:
        raise Refusal(400, f"The previous dataset '{previous['id']}' already has a next version.")
    database.save(previous | {"nextId": dataset["id"]})


def _previous(value: str | None, dataset: Document, person: Person, database: Database) -> str | None:
    if value is None:
        return None
    previous = database.dataset(value)
    if previous is None or value == dataset["id"]:
        raise Refusal(400, f"The previous dataset '{value}' does not exist.")
    if not _rights.is_owner(person, previous):
        raise _rights.unauthorized()
    return value


def _pids(value: Document) -> Document:
    match value:
        case {"preferred": "zenodoDoi"}:
            raise Refusal(500, "Empty Zenodo access token, check the project configuration.")
        case {"preferred": "custom", "urls": {"custom": str(address)}} if address.startswith("http"):
            return {"preferred": "custom", "urls": {"zenodoDoi": None, "custom": address}}
    raise Refusal(400, "A custom PID is an address that begins with http.")
