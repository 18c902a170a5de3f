"""Clinical data in an XNAT project: files of the project and of subjects, and custom variables of subjects."""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import requests

from ._labels import labels_of
from ._xnat import Xnat

RESOURCE = "CLINICAL"
_LONGEST_QUERY = 3000
"""Characters of one request; servers and proxies take 8 KiB."""
_EXISTS = 409


class ClinicalData:
    """Puts clinical data into a project, and reads them back."""

    def __init__(self, xnat: Xnat) -> None:
        self._xnat = xnat

    def file(self, name: str, subject: str = "") -> bytes | None:
        """Return a file of the project or of a subject; None if there is none.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        return self._xnat.fetch(self._file(name, subject))

    def put_file(self, name: str, data: bytes, subject: str = "") -> requests.Response:
        """Put a file in place of what is there, and return the answer whatever it is.

        Raises
        ------
        requests.RequestException
            The connection failed, or the subject cannot be made.
        """
        if subject:
            self._make(subject)
        return self._xnat.put(self._file(name, subject), query={"overwrite": "true", "inbody": "true"}, body=data)

    def variables(self, subject: str) -> Mapping[str, str]:
        """Return the custom variables of a subject; XNAT does not tell names apart by their case, so they are lower.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        shown = self._xnat.fetch(self._subject(subject), query={"format": "json"})
        if shown is None:
            return {}
        try:
            children = json.loads(shown)["items"][0]["children"]
            items = [item for child in children if child["field"] == "fields/field" for item in child["items"]]
            fields = [item["data_fields"] for item in items]
            return {str(one["name"]).lower(): str(one.get("field", "")) for one in fields}
        except (ValueError, KeyError, IndexError, TypeError):
            return {}  # a document of another form confirms nothing

    def put_variables(self, subject: str, variables: Mapping[str, str]) -> Iterator[requests.Response]:
        """Set custom variables of a subject, a few with each request, and yield the answers whatever they are.

        Raises
        ------
        requests.RequestException
            The connection failed, or the subject cannot be made.
        """
        self._make(subject)
        for query in _queries(variables):
            yield self._xnat.put(self._subject(subject), query=query)

    def _make(self, subject: str) -> None:
        address = self._subject(subject)
        if not self._xnat.has(address):
            response = self._xnat.put(address)
            if response.status_code != _EXISTS:  # made by somebody else in this moment
                response.raise_for_status()

    def _file(self, name: str, subject: str) -> str:
        above = self._subject(subject) if subject else self._project
        return f"{above}/resources/{RESOURCE}/files/{quote(name)}"

    def _subject(self, subject: str) -> str:
        return f"{self._project}/subjects/{quote(labels_of(subject, '').subject)}"

    @property
    def _project(self) -> str:
        return f"/data/projects/{quote(self._xnat.project)}"


def _queries(variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    query: dict[str, str] = {}
    length = 0
    for name, value in variables.items():
        key = f"xnat:subjectData/fields/field[name={name}]/field"
        more = len(quote(key)) + len(quote(value)) + 2
        if query and length + more > _LONGEST_QUERY:
            yield query
            query, length = {}, 0
        query[key] = value
        length += more
    if query:
        yield query
