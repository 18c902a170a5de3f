"""The one project of the practice node and its subprojects, as the dataset service tells of them."""

from typing import Any

from . import _rights
from ._database import Database, Document
from ._people import PROJECT, Person
from ._rights import Refusal

SUBPROJECT = "MAIN"
_LIMITS = {"name": 50, "description": 80, "externalId": 40}


def ensure(database: Database) -> None:
    """Make the first subproject of a new folder."""
    if not database.subprojects():
        first = {
            "code": SUBPROJECT,
            "name": "Main",
            "description": "Practice uploads",
            "externalId": SUBPROJECT,
        }
        database.save_subproject(first)


def answer(
    method: str, path: list[str], person: Person | None, purpose: str, body: Any, database: Database
) -> Any:
    """Answer a question below `/projects`; `None` says that there is nothing to tell but success.

    Raises
    ------
    Refusal
        There is no such project, or it is none of this person's business.
    """
    match method, path:
        case "GET", []:
            if purpose in ("datasetCreation", "userManagement", "datasetSearchFilter"):
                return person.projects if person is not None and person.may_create else []
            listed = {"code": PROJECT, "name": "Practice", "logoUrl": ""}
            return {"list": [listed], "allowedActionsForTheUser": []}
        case _, [code, *_] if code != PROJECT:
            raise Refusal(404, "not found")
        case _ if person is None:
            raise _rights.unauthorized()
        case "GET", [_]:
            return {
                "code": PROJECT,
                "name": "Practice",
                "shortDescription": "Where the practice uploads go.",
                "externalUrl": "",
                "logoUrl": "",
                "editablePropertiesByTheUser": [],
                "allowedActionsForTheUser": ["viewSubprojects"],
            }
        case "GET", [_, "subprojects"]:
            return {"list": database.subprojects(), "allowedActionsForTheUser": []}
        case "PUT", [_, "subprojects", code]:
            if "admin_projects" not in person.roles:
                raise _rights.unauthorized()
            database.save_subproject(_subproject(code, body))
            return None
    raise Refusal(404, f"Not found '/api/projects/{'/'.join(path)}'")


def _subproject(code: str, body: Document) -> Document:
    values = {name: str(body[name]) for name in _LIMITS}
    if len(code) > 20 or any(len(values[name]) > longest for name, longest in _LIMITS.items()):
        raise ValueError("too long for its column")
    return {"code": code, **values}
