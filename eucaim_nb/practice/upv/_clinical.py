"""The clinical endpoint of the node: subjects of a project, each with an eForm.

QUIBIM does not publish the REST interface through which QP-Insights takes clinical data, so this one is made up.
Its JSON is the one form of clinical data that is public: the list of `{"subjectName", "eForm"}` from which the
dataset service makes datasets. A table with the first column PatientID is taken too, as the upload application
takes one, and becomes flat eForms of texts.
"""

from collections.abc import Callable
from typing import Any

from .._http import BodyTooLarge, Request, Response, json_response, problem
from .._login import unauthenticated
from ._forms import LONGEST_BODY, WrongInput, read
from ._people import PROJECT
from ._sign_in import NotSignedIn, SignIn, may_not_upload
from ._subjects import Subjects

CLINICAL = "/upv/clinical"


class Clinical:
    """POST and GET `projects/{project}/subjects`, and GET `projects/{project}/subjects/{name}`.

    A project is named by its code, with or without that of a subproject (`PRACTICE|MAIN`): all subprojects share
    the subjects of their project.

    Parameters
    ----------
    subjects : Subjects
        Remembers them.
    door : SignIn
        Tells who asks.
    subprojects : callable
        Returns the codes of the subprojects there are now.
    """

    def __init__(self, subjects: Subjects, door: SignIn, subprojects: Callable[[], list[str]]) -> None:
        self._subjects = subjects
        self._door = door
        self._subprojects = subprojects

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return "clinical"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if request.plan.take("session-expired"):
            return unauthenticated("invalid access token, Signature has expired", token=True)
        try:
            person = self._door.person(request)
        except NotSignedIn as refused:
            return refused.response()
        match request.segments:
            case ["projects", project, "subjects"]:
                name = ""
            case ["projects", project, "subjects", name]:
                pass
            case _:
                return problem(404, "clinical data is at projects/PROJECT/subjects")
        if not self._is_known(project):
            return problem(404, "there is no such project; the one here is PRACTICE, or PRACTICE|MAIN")
        if person is not None and PROJECT not in person.projects:
            return problem(403, "your account does not belong to this project: ask the node to link it")
        match request.method:
            case "GET" if not name:
                forms = self._subjects.forms(PROJECT)
                return json_response(200, [_shown(*one) for one in forms.items()])
            case "GET":
                forms = self._subjects.forms(PROJECT)
                if name not in forms:
                    return problem(404, "the project has no such subject with clinical data")
                return json_response(200, _shown(name, forms[name]))
            case "POST" if not name:
                reason = may_not_upload(person) if person is not None else ""
                return problem(403, reason) if reason else self._take(request)
        response = problem(405, "clinical data is sent with POST to a project, and read with GET")
        response.headers["Allow"] = "GET, POST" if not name else "GET"
        return response

    def _is_known(self, project: str) -> bool:
        code, bar, subproject = project.partition("|")
        return code == PROJECT and (not bar or subproject in self._subprojects())

    def _take(self, request: Request) -> Response:
        try:
            forms = read(request)
        except BodyTooLarge:
            return problem(413, f"the body has more than {LONGEST_BODY} bytes: send fewer subjects at a time")
        except WrongInput as wrong:
            return problem(wrong.status, str(wrong))
        kept = [form for form in forms if not form.refused]
        refused = {form.subject: form.refused for form in forms if form.refused}
        if partial := request.plan.take("partial"):
            held_back = kept[-int(partial.value or 1) :]
            kept = kept[: -len(held_back)]
            refused |= dict.fromkeys(
                (form.subject for form in held_back), "this refusal was ordered as a fault"
            )
        if request.plan.take("lost"):
            known = self._subjects.names(PROJECT)
        else:
            known = self._subjects.keep(PROJECT, kept)
            request.stored = len(kept)
        outcomes: list[dict[str, str]] = []
        for form in forms:
            outcome = {"subjectName": form.subject}
            if form.subject in refused:
                outcome |= {"outcome": "refused", "reason": refused[form.subject]}
            else:
                outcome["outcome"] = "replaced" if form.subject in known else "stored"
            outcomes.append(outcome)
        return json_response(200, {"project": PROJECT, "subjects": outcomes})


def _shown(name: str, form: Any) -> dict[str, Any]:
    return {"subjectName": name, "eForm": form}
