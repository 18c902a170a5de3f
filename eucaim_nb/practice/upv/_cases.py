"""What was uploaded, as the index of a dataset names it.

At the real node QP-Insights reads this for its button Export dataset, and shows it to nobody; its interface is not
public, so this one is made up. It lets a program make a dataset, as on nodes that permit that.
"""

from collections.abc import Callable

from .._http import Request, Response, json_response, problem
from ._database import Document
from ._datalake import DatalakeUnreachable
from ._people import PROJECT
from ._sign_in import NotSignedIn, SignIn

CASES = "/upv/cases"


class Cases:
    """GET `index.json`.

    Parameters
    ----------
    uploaded : callable
        Lists the studies.
    door : SignIn
        Tells who asks.
    """

    def __init__(self, uploaded: Callable[[], list[Document]], door: SignIn) -> None:
        self._uploaded, self._door = uploaded, door

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return "dataset"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            person = self._door.person(request)
        except NotSignedIn as refused:
            return refused.response()
        if (request.method, request.segments) != ("GET", ["index.json"]):
            return problem(404, "what was uploaded is at index.json")
        if person is not None and PROJECT not in person.projects:
            return problem(403, "your account does not belong to this project: ask the node to link it")
        try:
            return json_response(200, self._uploaded())
        except DatalakeUnreachable as unreachable:
            return problem(502, str(unreachable))
