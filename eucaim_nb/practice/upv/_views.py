"""Datasets as lists and details show them."""

from collections.abc import Iterable
from typing import Any

from . import _rights
from ._database import Document
from ._figures import NONE_YET
from ._people import Person
from ._rights import Refusal

_LISTED = (
    "id",
    "name",
    "version",
    "authorName",
    "creationDate",
    "project",
    "draft",
    "public",
    "publicUse",
    "invalidated",
    "corrupted",
    "tags",
    "studiesCount",
    "subjectsCount",
    "timesUsed",
)
_OF_MEMBERS = ("authorName", "authorEmail")
_SORTABLE = ("name", "authorName", "creationDate", "studiesCount", "subjectsCount", "timesUsed")
_FLAGS = ("draft", "public", "invalidated")


def details(dataset: Document, person: Person | None, creating: bool) -> Document:
    """Return everything that a person may know about a dataset, and do with it."""
    hidden = {"studies", "subjects", "figures"} | (
        set() if _rights.is_member(person, dataset) else set(_OF_MEMBERS)
    )
    shown = {name: value for name, value in dataset.items() if name not in hidden}
    if not dataset["invalidated"]:
        del shown["invalidationReason"]
    if dataset["draft"]:
        shown["creating"] = creating
    return shown | {
        "external": False,
        "editablePropertiesByTheUser": _rights.editable(person, dataset, creating),
        "allowedActionsForTheUser": _rights.allowed(person, dataset, creating),
    }


def listed(datasets: list[Document], person: Person | None, query: list[tuple[str, str]]) -> Document:
    """Return the datasets that a person may see and asks for, as a page of a list."""
    asked = dict(query)
    tags = {value for name, value in query if name == "tag"}
    found = [one for one in datasets if _rights.may_see(person, one) and _matches(one, asked, tags)]
    key = asked.get("sortBy", "creationDate")
    if key not in _SORTABLE:
        raise Refusal(400, f"Unknown value '{key}' in 'sortBy'.")
    found.sort(key=lambda one: str(one[key]) if isinstance(one[key], str) else f"{one[key]:012d}")
    if asked.get("sortDirection", "descending" if key == "creationDate" else "ascending") == "descending":
        found.reverse()
    answer = page([_item(one, person) for one in found], asked)
    answer["allowedActionsForTheUser"] = ["create"] if person is not None and person.may_create else []
    return answer


def page(items: list[Any], asked: dict[str, str]) -> Document:
    """Return a part of a list, 30 items if not told otherwise; a limit of 0 is no limit."""
    skip, limit = max(0, int(asked.get("skip", "0"))), max(0, int(asked.get("limit", "30")))
    part = items[skip : skip + limit if limit else None]
    return {"total": len(items), "returned": len(part), "skipped": skip, "limit": limit, "list": part}


def studies(dataset: Document, asked: dict[str, str], person: Person | None) -> Document:
    """Return the studies of a dataset, as a page of a list."""
    username = person.username if person else ""
    shown = [
        {
            "studyId": one["studyId"],
            "studyName": one["studyName"],
            "subjectName": one["subjectName"],
            "series": one["series"],
            "url": one.get("url", "").replace("<USER>", username),
            "sizeInBytes": one["sizeInBytes"],
        }
        for one in dataset["studies"]
        if "sizeInBytes" in one  # of those that the creation has reached
    ]
    return page(shown, asked)


def upgradable(
    datasets: Iterable[Document], person: Person | None, project: str | None
) -> list[dict[str, str]]:
    """List the released datasets that a person can make a new version of."""
    return [
        {name: one[name] for name in ("id", "name", "version")}
        for one in datasets
        if _rights.is_owner(person, one) and not one["draft"] and not one["nextId"]
        if project in (None, one["project"])
    ]


def new(values: Document) -> Document:
    """Return a dataset as it is when its creation begins; `values` replace some of what is here."""
    blank: Document = {
        "id": "",
        "name": "",
        "version": "??",
        "project": "",
        "subproject": None,
        "previousId": None,
        "nextId": None,
        "authorId": "",
        "authorName": "",
        "authorEmail": "",
        "creationDate": "",
        "description": "",
        "tags": [],
        "provenance": "??",
        "purpose": "??",
        "type": [],
        "collectionMethod": [],
        "license": {"title": "", "url": ""},
        "contactInfo": "",
        "pids": {"preferred": None, "urls": {"zenodoDoi": None, "custom": None}},
        "draft": True,
        "public": False,
        "publicUse": False,
        "invalidated": False,
        "invalidationReason": None,
        "corrupted": False,
        "lastIntegrityCheck": None,
        **NONE_YET,
        "timesUsed": 0,
    }
    return blank | values


def _item(dataset: Document, person: Person | None) -> Document:
    hidden = () if _rights.is_member(person, dataset) else _OF_MEMBERS
    return {name: dataset[name] for name in _LISTED if name not in hidden}


def _matches(dataset: Document, asked: dict[str, str], tags: set[str]) -> bool:
    if any(asked[flag] != str(dataset[flag]).lower() for flag in _FLAGS if flag in asked):
        return False
    if asked.get("project", dataset["project"]) != dataset["project"] or not tags <= set(dataset["tags"]):
        return False
    if asked.get("onlyLastVersions") == "true" and dataset["nextId"]:
        return False
    searched = " ".join((dataset["name"], dataset["id"], dataset["authorName"])).lower()
    subjects = [subject["subjectName"] for subject in dataset["subjects"]]
    return asked.get("searchString", "").lower() in searched and (
        "searchSubject" not in asked or any(asked["searchSubject"] in name for name in subjects)
    )
