"""Answers in the forms of the node: result sets, status pages, and refusals that stop a request."""

import html
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .._http import Request, Response, json_response

_PAGE = "<html>\n<head><title>Status page</title></head>\n<body>\n<h3>{}</h3>\n</body>\n</html>\n"
_NOT_A_FILTER = frozenset({"columns", "format", "xsiType", "req_format", "sortBy", "locator", "file_stats"})


class Refused(Exception):
    """The request ends here, with an HTTP status and a sentence."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.says = says


def page(status: int, says: str) -> Response:
    """Answer with an HTML page that says one thing, as the node does for errors."""
    return Response(status, _PAGE.format(html.escape(says)).encode(), "text/html; charset=utf-8")


def text(status: int, says: str = "") -> Response:
    """Answer with plain text."""
    return Response(status, says.encode(), "text/plain; charset=utf-8")


def result_set(rows: Iterable[Mapping[str, Any]], request: Request | None = None) -> Response:
    """Answer with a listing: every value is text. Query parameters named like a column filter it."""
    listed = [{name: str(value) for name, value in row.items() if value is not None} for row in rows]
    for name, wanted in request.query if request is not None else ():
        if name not in _NOT_A_FILTER:
            listed = [row for row in listed if name not in row or fnmatchcase(row[name], wanted)]
    return json_response(200, {"ResultSet": {"Result": listed, "totalRecords": str(len(listed))}})


def flag(parameters: Mapping[str, str], name: str) -> bool:
    """Tell whether a parameter says yes."""
    return parameters.get(name, "").lower() in {"true", "1", "yes"}
