"""The dataset service: which address does what, and how a refusal looks."""

import json
import threading
from collections.abc import Iterable
from typing import Any

from .._http import Request, Response, json_response
from .._multipart import MalformedMultipart
from . import _create, _edit, _projects, _rights, _views
from ._creation import CreationJobs
from ._database import Database, Document
from ._datalake import Datalake
from ._people import Person
from ._rights import Refusal
from ._tokens import TokenRefused, Tokens

SERVICE = "/upv/dataset-service/api"
VERSION = "3.23.2"
_LICENSES = [{"title": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}]
_STUMBLES = (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError, MalformedMultipart)


class DatasetService:
    """Answers for the datasets made from what the DICOMweb store holds.

    Parameters
    ----------
    database : Database
        Remembers them.
    datalake : Datalake
        The uploaded files.
    tokens : Tokens
        Tell who asks.
    jobs : CreationJobs
        Complete the datasets.
    usernames : iterable of str
        Who can be given access.
    """

    def __init__(
        self,
        database: Database,
        datalake: Datalake,
        tokens: Tokens,
        jobs: CreationJobs,
        usernames: Iterable[str],
    ) -> None:
        self._database = database
        self._datalake = datalake
        self._tokens = tokens
        self._jobs = jobs
        self._usernames = frozenset(usernames)
        self._lock = threading.Lock()
        _projects.ensure(database)

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return "dataset"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            person = self._tokens.bearer(request)
            return self._answer(request, person)
        except TokenRefused as refused:
            return json_response(401, {"error": f"invalid access token, {refused}"})
        except Refusal as refused:
            return _error(refused.status, str(refused))
        except _STUMBLES:  # the service does not foresee them either
            is_post = request.method == "POST"
            return _error(
                500, "Unexpected error, may be the input is wrong" if is_post else "Internal Server Error"
            )

    def export(self, wanted: Document, forms: Document, person: Person, base: str) -> Document:
        """Make a dataset of what was uploaded: what the button of the upload application does.

        Parameters
        ----------
        wanted : dict
            The fields of a request; `studies` is filled in here, with those of `patients` if that is given,
            and `subjects` too unless given. A dataset with the collection method `only-image` gets no
            clinical data.
        forms : dict
            The eForms of the subjects that the node has clinical data of.
        person : Person
            On whose behalf.
        base : str
            The beginning of this server's addresses.

        Raises
        ------
        Refusal
            The service would refuse the request.
        """
        patients = wanted.pop("patients", None)
        folders = self._datalake.studies().values()
        studies = [one.index() for one in folders if patients is None or one.subject in patients]
        names = dict.fromkeys(study["subjectName"] for study in studies)
        methods = wanted.get("collectionMethod")
        if isinstance(methods, list) and "only-image" in methods:
            forms = {}
        subjects = [{"subjectName": name, "eForm": forms.get(name, {})} for name in names]
        fields = {"subjects": subjects} | wanted
        with self._lock:
            return self._create(fields | {"studies": studies}, person, base)

    def uploaded(self) -> list[Document]:
        """List what was uploaded, as the index of a dataset names it."""
        return [folder.index() for folder in self._datalake.studies().values()]

    def subprojects(self) -> list[str]:
        """Return the codes of the subprojects."""
        with self._lock:
            return [one["code"] for one in self._database.subprojects()]

    def wipe(self) -> int:
        """Forget all datasets; return how many there were."""
        with self._lock:
            datasets = self._database.datasets()
            for dataset in datasets:
                self._database.delete(dataset["id"])
            return len(datasets)

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._database.close()

    def _answer(self, request: Request, person: Person | None) -> Response:
        match request.method, request.segments:
            case "GET", []:
                return _text(f"Hello from Dataset Service v{VERSION}")
            case "GET", ["version"]:
                return _text(VERSION)
            case "GET", ["health"]:
                return _text("OK")
            case "GET", ["index"]:
                return json_response(200, ["datasets", "projects", "licenses"])
            case "GET", ["licenses"]:
                return json_response(200, _LICENSES)
            case method, ["projects", *path]:
                purpose = dict(request.query).get("purpose", "projectList")
                body = json.loads(request.body.all()) if method == "PUT" else None
                with self._lock:
                    told = _projects.answer(method, path, person, purpose, body, self._database)
                return _done(201) if method == "PUT" else json_response(200, told)
            case "POST", ["datasets"]:
                if person is None or not person.may_create:
                    raise _rights.unauthorized()
                fields = _create.read(request)
                with self._lock:
                    return json_response(201, self._create(fields, person, request.base))
            case method, [("datasets" | "upgradableDatasets") as first, *path]:
                body = json.loads(request.body.all()) if method == "PATCH" else None
                with self._lock:
                    self._jobs.advance()
                    if first == "datasets" and path:
                        return self._one(request, path[0], path[1:], person, body)
                    return self._many(request, first, person)
        raise Refusal(404, f"Not found '/api{request.path}'")

    def _many(self, request: Request, first: str, person: Person | None) -> Response:
        datasets = self._database.datasets()
        if request.method != "GET":
            raise Refusal(404, f"Not found '/api{request.path}'")
        if first == "datasets":
            return json_response(200, _views.listed(datasets, person, request.query))
        if person is None:
            raise _rights.unauthorized()
        project = dict(request.query).get("project")
        return json_response(200, _views.upgradable(datasets, person, project))

    def _create(self, fields: Document, person: Person, base: str) -> Document:
        dataset = _create.dataset_of(fields, person, self._database)
        self._jobs.launch(dataset["id"])  # first: a dataset without one would look complete after a kill
        self._database.save(dataset)
        page = f"{base}/upv/dataset-service/datasets/{dataset['id']}/details"
        return {"apiUrl": f"/api/datasets/{dataset['id']}", "url": page}

    def _one(
        self, request: Request, ident: str, path: list[str], person: Person | None, body: Any
    ) -> Response:
        dataset = self._database.dataset(ident)
        if dataset is None:
            raise Refusal(404, "not found")
        creation = self._database.creation(ident)
        creating = creation is not None
        asked = dict(request.query)
        if request.method == "GET" and path[:1] != ["acl"] and not _rights.may_see(person, dataset):
            raise _rights.unauthorized()
        match request.method, path:
            case "GET", []:
                return json_response(200, _views.details(dataset, person, creating))
            case "GET", ["studies"]:
                return json_response(200, _views.studies(dataset, asked, person))
            case "GET", ["creationStatus"]:
                status, message = "finished", "Successfully created"
                if creation is not None:
                    status, message = creation.status, creation.message
                told = {"datasetId": ident, "status": status, "lastMessage": message}
                return json_response(200, told)
            case "PATCH", []:
                if person is None:
                    raise _rights.unauthorized()
                _edit.apply(body, dataset, person, creating, self._database)
                return _done(204)
            case "DELETE", []:
                if not _rights.may_delete(person, dataset, creating):
                    raise _rights.unauthorized()
                self._database.delete(ident)
                return _done(204)
            case "POST", ["restartCreation"]:
                if person is None or not person.is_staff:
                    raise _rights.unauthorized()
                self._jobs.launch(ident)
                return _done(204)
            case "GET", ["accessHistory"]:
                if person is None or not person.sees_accesses:
                    raise _rights.unauthorized()
                return json_response(200, _views.page([], asked))
            case method, ["acl", *who]:
                return self._access(method, ident, who, _rights.allowed(person, dataset, creating))
        raise Refusal(404, f"Not found '/api{request.path}'")

    def _access(self, method: str, ident: str, who: list[str], actions: list[str]) -> Response:
        if "manageACL" not in actions:
            raise _rights.unauthorized()
        match method, who:
            case "GET", []:
                return json_response(200, self._database.accesses(ident))
            case "PUT" | "DELETE", [username] if username not in self._usernames:
                return Response(404)  # without a word, as the service does
            case "PUT", [username]:
                self._database.give_access(ident, username)
                return _done(201)
            case "DELETE", [username]:
                self._database.take_access(ident, username)
                return _done(204)
        raise Refusal(404, "not found")


def _text(text: str) -> Response:
    return Response(200, text.encode(), "text/plain")


def _done(status: int) -> Response:
    return Response(status, content_type="" if status == 204 else "text/html; charset=UTF-8")


def _error(status: int, text: str) -> Response:
    return json_response(status, {"error": text, "status_code": status})
