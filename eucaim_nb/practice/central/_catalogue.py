"""The public catalogue: RDF, GraphQL, CSV and JSON of the table Collections, and a page that lists it.

The addresses and forms are those of MOLGENIS EMX2, with which the public catalogue is run. Nobody signs in, and
nothing is changed here.
"""

import csv
import io
from html import escape
from urllib.parse import quote

from .._http import BodyTooLarge, Request, Response, json_response, read_json
from ._answer import answer
from ._columns import COLUMNS, Record, text
from ._entries import Entries
from ._query import WrongQuery
from ._turtle import turtle

CATALOGUE = "/catalogue"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Practice catalogue</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em }}
:target {{ outline: 3px solid }} dt {{ font-weight: bold }}</style></head>
<body><h1>Practice catalogue</h1>
<p>This stands in for the public catalogue of EUCAIM. Nothing leaves this computer.</p>
{entries}</body></html>
"""


class Catalogue:
    """Answers for the entries.

    Parameters
    ----------
    entries : Entries
        What is registered.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return "catalogue"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.segments:
            case "GET", [] | ["Eucaim", "eucaim-ui"]:
                return self._page()
            case "GET", ["Eucaim", "api", "rdf", "Collections"]:
                wanted = [value for name, value in request.query if name == "id"]
                found = [one for one in self._entries.all() if not wanted or one["id"] in wanted]
                return Response(200, turtle(found).encode(), "text/turtle; charset=utf-8")
            case "POST", ["Eucaim", "api", "graphql"]:
                return self._graphql(request)
            case "GET", ["Eucaim", "api", "csv", "Collections"]:
                return Response(200, _table(self._entries.all()).encode(), "text/csv; charset=utf-8")
            case "GET", ["Eucaim", "api", "json", "Collections"]:
                return json_response(200, self._entries.all())
        return _errors(404, "this catalogue has no such address")

    def _graphql(self, request: Request) -> Response:
        try:
            sent = read_json(request.body.all())
            query, variables = sent["query"], sent.get("variables") or {}
            if not isinstance(query, str) or not isinstance(variables, dict):
                raise TypeError("query is a text, variables an object")
        except BodyTooLarge:
            return _errors(413, "the query is too long")
        except (AttributeError, KeyError, TypeError, ValueError):
            return _errors(400, 'send {"query": "…", "variables": {…}}')
        try:
            return json_response(200, {"data": answer(query, variables, self._entries.all())})
        except WrongQuery as wrong:
            return _errors(400, str(wrong))

    def _page(self) -> Response:
        shown = "".join(_section(one) for one in self._entries.all())
        body = _PAGE.format(entries=shown or "<p>There is no entry yet.</p>").encode()
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(200, body, "text/html; charset=utf-8", headers)


def _section(record: Record) -> str:
    """Show a record where the links to its entry, the newer one and the older, lead: both are fragments."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text(value))}</dd>" for name, value in record.items())
    ident = escape(quote(str(record["id"]), safe="-._~:/"))
    title = escape(text(record.get("name", record["id"])))
    places = f'<section id="/dataset/{ident}"><div id="/collection/{ident}">'
    return f"{places}<h2>{title}</h2><dl>{rows}</dl></div></section>\n"


def _table(records: list[Record]) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows([text(one.get(name)) for name in COLUMNS] for one in records)
    return target.getvalue()


def _errors(status: int, message: str) -> Response:
    return json_response(status, {"errors": [{"message": message}]})
