"""Ask a node a question that changes nothing: again while it is busy, and say in words why it does not answer."""

import time
from collections.abc import Callable
from typing import TypeVar

import requests

from eucaim_nb.errors import NodeError

from ._session import explain

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may succeed."""

ATTEMPTS = 5
_FIRST_WAIT = 0.1
_T = TypeVar("_T")

_REASONS = {
    401: "it does not know you, or your sign-in has expired. Sign in again.",
    403: "your account may not do this. Ask the node for the role you need.",
    413: "the request was larger than it accepts.",
    429: "it is busy and asked to slow down.",
    507: "its disk is full. Tell the node's administrators.",
}


def ask(
    question: Callable[[], _T],
    *,
    title: str,
    form: str,
    refusal: Callable[[int], str],
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
        Says a status in words.
    renew
        Signs in anew; called once after a 401.

    Raises
    ------
    NodeError
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
                raise NodeError(refusal(status)) from error
        except (requests.exceptions.JSONDecodeError, KeyError, TypeError) as error:
            raise NodeError(
                f"{title} answered a query in a form that is not {form}. Is the address right?"
            ) from error
        except requests.RequestException as error:
            if attempt == attempts:
                raise explain(error, title) from error
        time.sleep(_FIRST_WAIT * 2**attempt)


def refusal(title: str, status: int, own: dict[int, str]) -> str:
    """Say in words what an HTTP status of a node means; `own` are reasons of one kind of service."""
    reason = own.get(status) or _REASONS.get(
        status,
        "try again later, or tell the node's administrators." if status >= 500 else "it refused the request.",
    )
    return f"{title} answered {status}: {reason}"
