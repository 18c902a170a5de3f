"""A request to make a dataset: read it, check it in the service's order, and return the dataset."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from .._http import Request
from .._multipart import MultipartReader, content_type
from . import _rights, _rules, _views
from ._database import Database, Document
from ._people import Person
from ._rights import Refusal

_LONGEST_BODY = 120 << 20
_LISTS = ("type", "collectionMethod")
CONTACT = "data-access@practice.example"


def read(request: Request) -> Document:
    """Return the fields of a request, whether they came as JSON or as a form with files.

    Raises
    ------
    Refusal
        It is neither, or a file has the wrong extension.
    """
    media_type, parameters = content_type(request.header("Content-Type"))
    if media_type == "application/json":
        return dict(json.loads(request.body.all(_LONGEST_BODY)))
    if media_type != "multipart/form-data":
        text = "invalid 'Content-Type' header, required 'application/json' or 'multipart/form-data'"
        raise Refusal(400, text)
    return _form(request, parameters["boundary"])


def dataset_of(fields: Document, person: Person, database: Database) -> Document:
    """Return a new dataset.

    Raises
    ------
    Refusal
        A field is missing or wrong.
    KeyError, TypeError, ValueError
        A field is wrong in a way that the service does not foresee.
    """
    for name in ("name", "description"):
        if name not in fields:
            raise Refusal(400, f"'{name}' property is required.")
        shortest = _rules.SHORTEST_NAME if name == "name" else 0
        _rules.text(fields[name], name, _rules.LONGEST.get(name), shortest)
    previous = _previous(fields, person, database)
    studies = _studies(fields, previous)
    project = _project(fields, person, database)
    values: Document = {
        "type": _rules.choices(fields.get("type", []), "type", _rules.TYPES),
        "collectionMethod": _rules.choices(
            fields.get("collectionMethod", []), "collectionMethod", _rules.METHODS
        ),
    }
    for name in ("version", "provenance", "purpose"):
        values[name] = _rules.text(fields.get(name, "??"), name)
    if len(values["version"]) > _rules.LONGEST["version"]:
        raise ValueError("too long for its column")  # nothing checks it before the database does
    return _views.new(
        values
        | {
            "id": str(uuid.uuid4()),
            "name": fields["name"],
            "description": fields["description"],
            "project": project,
            "subproject": fields.get("subproject"),
            "previousId": previous and previous["id"],
            "authorId": person.sub,
            "authorName": person.name,
            "authorEmail": person.email,
            "creationDate": str(datetime.now(UTC)),
            "contactInfo": CONTACT,
            "studies": studies,
            "subjects": fields["subjects"],
        }
    )


def _studies(fields: Document, previous: Document | None) -> list[Document]:
    studies, subjects = fields.get("studies"), fields.get("subjects")
    if not isinstance(studies, list):
        raise Refusal(400, "'studies' property is required and must be an array.")
    if not studies:
        raise Refusal(400, "'studies' property is an empty array.")
    if not isinstance(subjects, list):
        raise Refusal(400, "'subjects' property is required and must be an array.")
    known = set()
    for subject in subjects:
        name = subject["subjectName"]
        if name in known:
            text = f"The subjectName '{name}' is duplicated in 'subjects' array of the dataset."
            raise Refusal(400, text)
        known.add(name)
    taken: set[str] = set()
    return [_study(one, known, taken, previous) for one in studies]


def _study(study: Document, subjects: set[str], taken: set[str], previous: Document | None) -> Document:
    ident, subject = study["studyId"], study["subjectName"]
    if subject not in subjects:
        text = "has a 'subjectName' which is not in the 'subjects' array of the dataset."
        raise Refusal(400, f"The study with id '{ident}' {text}")
    path = study.get("pathInDatalake")
    if path is None and "path" in study and previous is not None:
        path = _path_before(study["path"], previous)
    if path is None:
        raise Refusal(400, f"Missing field 'pathInDatalake' or 'path' in the study with id '{ident}'.")
    place = f"{subject}/{PurePosixPath(path).name}"
    if place in taken:
        raise Refusal(400, f"The study with id '{ident}' has the same directory as another one: '{place}'.")
    taken.add(place)
    for text, longest in ((ident, 64), (study["studyName"], 128), (subject, 128), (path, 256)):
        if len(text) > longest:
            raise ValueError("too long for its column")
    return study | {"pathInDatalake": path, "path": place}


def _path_before(path: str, previous: Document) -> str:
    """Return where a study of the previous version has its files."""
    return str(next(one["pathInDatalake"] for one in previous["studies"] if one["path"] == path))


def _previous(fields: Document, person: Person, database: Database) -> Document | None:
    if not fields.get("previousId"):
        return None
    previous = database.dataset(fields["previousId"])
    if previous is None:
        raise Refusal(400, f"The previous dataset '{fields['previousId']}' does not exist.")
    if not _rights.is_owner(person, previous):
        raise _rights.unauthorized()
    return previous


def _project(fields: Document, person: Person, database: Database) -> str:
    project = fields.get("project") or next(iter(person.projects))
    if project not in person.projects:
        text = (
            f"The project ({project}) selected for the dataset (dataset.project) does not exist for the user"
        )
        raise Refusal(400, text)
    codes = [one["code"] for one in database.subprojects()]
    if fields.get("subproject") and fields["subproject"] not in codes:
        raise Refusal(
            400, f"The subproject ({fields['subproject']}) does not exist in the project {project}."
        )
    return str(project)


def _form(request: Request, boundary: str) -> Document:
    fields: Document = {}
    forms: list[Document] | None = None
    for headers, pieces in MultipartReader(request.body.read, boundary).parts():
        content = b"".join(pieces)
        name = headers.get_param("name", "", "Content-Disposition")
        extension = PurePosixPath(headers.get_filename("")).suffix.lower()
        if name == "index":
            if extension != ".json":
                raise Refusal(400, "Wrong extension for the index file, only JSON is supported.")
            fields["studies"] = json.loads(content)
        elif name == "clinicalData":
            if extension not in (".csv", ".json"):
                text = "Wrong extension for the clinical data file, only CSV and JSON are supported."
                raise Refusal(400, text)
            forms = json.loads(content) if extension == ".json" else _forms_of_csv(content)
        elif name in _LISTS:
            fields.setdefault(str(name), []).append(content.decode("utf-8"))
        else:
            fields[str(name)] = content.decode("utf-8")
    if forms is None and "studies" in fields:  # a dataset of images only
        names = dict.fromkeys(study["subjectName"] for study in fields["studies"])
        forms = [{"subjectName": name, "eForm": {}} for name in names]
    return fields | {"subjects": forms}


def _forms_of_csv(content: bytes) -> list[dict[str, Any]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    header = rows[0]
    return [
        {"subjectName": row[0], "eForm": {header[at]: row[at] for at in range(1, len(header))}}
        for row in rows[1:]
    ]
