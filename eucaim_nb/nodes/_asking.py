"""Ask a node a question that changes nothing: again while it is busy, and say in words why it does not answer."""

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import requests

from ._failure import Failure, NoData, explain

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may succeed."""

ATTEMPTS = 5
_FIRST_WAIT = 0.1
_T = TypeVar("_T")

_CAUSES = {401: "not-known", 403: "not-allowed", 413: "too-large", 429: "busy", 507: "disk-full"}


def ask(
    question: Callable[[], _T],
    *,
    title: str,
    form: str,
    refusal: Callable[[int], Failure],
    renew: Callable[[], bool],
    attempts: int = ATTEMPTS,
) -> _T:
    """Return what `question` returns.

    Parameters
    ----------
    question
        Sends one request; raises `requests.HTTPError` for a status that is no success.
    title, form
        Name of the node, and of what it should answer in, for the errors.
    refusal
        Tells why a node answers with a status.
    renew
        Signs in anew; called once after a 401.

    Raises
    ------
    Failure
        The node does not answer, or refuses.
    """
    renewed, attempt = False, 0
    while True:
        attempt += 1
        try:
            return question()
        except requests.HTTPError as error:
            status = error.response.status_code
            if status == 401 and not renewed and renew():
                renewed, attempt = True, 0
                continue
            if attempt == attempts or status not in BUSY:
                raise refusal(status) from error
        except (requests.exceptions.JSONDecodeError, KeyError, TypeError) as error:
            raise Failure("other-form", title, form=form) from error
        except (NoData, requests.exceptions.SSLError) as error:
            raise explain(error, title) from error
        except requests.RequestException as error:
            if attempt == attempts:
                raise explain(error, title) from error
        time.sleep(_FIRST_WAIT * 2**attempt)


def refusal(title: str, status: int, own: Mapping[int, str], **told: object) -> Failure:
    """Tell why a node answers with an HTTP status; `own` are causes of one kind of service."""
    cause = own.get(status) or _CAUSES.get(status, "server-error" if status >= 500 else "refused")
    return Failure(cause, title, status=status, **told)
