"""One request to an XNAT, made again until it is taken or there is a reason why it is not."""

from collections.abc import Callable

import requests

from eucaim_nb.jobs import Progress
from eucaim_nb.nodes import BUSY, Xnat

from ._body import FileChanged
from ._carrier import retry_after
from ._patience import asked_for, pause

_ATTEMPTS = 6
_UNAUTHORISED = 401
_STOPS = frozenset((_UNAUTHORISED, 403, 404, 507))


def insist(service: Xnat, request: Callable[[], requests.Response], progress: Progress) -> str:
    """Make a request and return why the node did not take it; empty if it answered that it did.

    Parameters
    ----------
    request
        Makes it, with a fresh body each time.

    Raises
    ------
    NodeError
        The node cannot be used at all.
    Stopped
        Somebody wants the work to end.
    """
    renewed = False
    for attempt in range(_ATTEMPTS):
        progress.check()
        try:
            answer: requests.Response | None = request()
        except requests.HTTPError as error:
            answer = error.response
        except requests.RequestException:
            answer = None
        except FileChanged:
            return "The file changed or was gone while it was sent. Try again."
        if answer is not None and answer.status_code not in BUSY:
            status = answer.status_code
            if status < 300:
                return ""
            if status == _UNAUTHORISED and not renewed:
                renewed = service.renew()
                continue
            if status in _STOPS:
                raise service.refusal(status)
            return str(service.refusal(status))
        progress.stop.wait(max(pause(attempt), asked_for(None if answer is None else retry_after(answer))))
    service.check()
    return "The node failed on this each time, though it answers otherwise."
