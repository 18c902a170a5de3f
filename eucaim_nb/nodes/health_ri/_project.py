"""An XNAT project as a dataset: what is said about it, who may see it, what is in it.

Accessibility and custom forms are not in XNAT's data model, so the `xnat` client has no fields for them; its session
asks for them by address (wiki.xnat.org/xnat-api/project-attributes-api).
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from eucaim_nb.errors import NodeError

from .._asking import ask, refusal
from .._failure import Failure
from ._labels import Labels
from ._xnat import Xnat

LEVELS = ("private", "protected", "public")
"""Who sees a project: its members; everybody its title and description; everybody all of it."""

_LONGEST_QUERY = 6000  # characters; servers and proxies take 8 KiB
_OWN_CAUSES = {400: "value-refused", 403: "owner-only"}


class Project:
    """What there is to know and to change about the project of an `Xnat`."""

    def __init__(self, xnat: Xnat) -> None:
        self._xnat = xnat

    def attributes(self) -> Mapping[str, str]:
        """Return the attributes of the project by their place, such as `xnat:projectData/description`.

        Raises
        ------
        NodeError
            The server cannot be reached, shows no such project, or answers in another form.
        """
        shown = self._xnat.fetch(self._address, query={"format": "json"})
        if shown is None:
            raise self._xnat.refusal(404)
        try:
            item = json.loads(shown)["items"][0]
            found = {f"xnat:projectData/{name}": str(value) for name, value in item["data_fields"].items()}
            for child in item["children"]:
                for one in child["items"] if child["field"] == "PI" else ():
                    place = "xnat:projectData/PI[@xsi:type=xnat:investigatorData]"
                    found |= {f"{place}/{name}": str(value) for name, value in one["data_fields"].items()}
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise Failure("other-form", self._xnat.title, form="XNAT's JSON") from error
        return found

    def change(self, place: str, value: str) -> None:
        """Set an attribute of the project.

        Raises
        ------
        NodeError
            The server cannot be reached, refuses, or the text is too long for a request.
        """
        if len(quote(value)) > _LONGEST_QUERY:
            raise NodeError(f"The text is too long for {self._xnat.title}: shorten it to about 5,000 characters.")
        # XNAT takes an empty value for none at all; NULL removes one.
        self._put(self._address, {"xsiType": "xnat:projectData", place: value or "NULL"})

    def accessibility(self) -> str:
        """Return the level: one of `LEVELS`.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        told = self._xnat.fetch(f"{self._address}/accessibility")
        level = (told or b"").decode("utf-8", "replace").strip().casefold()
        if level not in LEVELS:
            raise Failure("other-form", self._xnat.title, form="XNAT's levels of access")
        return level

    def open_to(self, level: str) -> None:
        """Set the level.

        Raises
        ------
        NodeError
            The server cannot be reached or refuses.
        """
        self._put(f"{self._address}/accessibility/{quote(level)}", {})

    def form(self, ident: str) -> Mapping[str, Any]:
        """Return what is filled in of a custom form.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        told = self._xnat.fetch(self._forms)
        try:
            values = json.loads(told or b"{}").get(ident, {})
        except (ValueError, AttributeError) as error:
            raise Failure("other-form", self._xnat.title, form="XNAT's JSON") from error
        return values if isinstance(values, dict) else {}

    def fill_in(self, ident: str, values: Mapping[str, Any]) -> None:
        """Fill in fields of a custom form; the others stay as they are.

        Raises
        ------
        NodeError
            The server cannot be reached or refuses.
        """
        whole = {**self.form(ident), **values}
        self._put(self._forms, {}, json.dumps({ident: whole}).encode())

    def sessions(self) -> set[Labels]:
        """Return the labels of every session with those of its subject.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        columns = "ID,label,subject_label,xsiType"
        rows = self._xnat.rows(f"{self._address}/experiments", columns=columns)
        return {Labels(str(row["subject_label"]), str(row["label"])) for row in rows}

    def scans(self, labels: Labels) -> int:
        """Count the scans of a session; a series is one scan.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        session = f"subjects/{quote(labels.subject)}/experiments/{quote(labels.session)}"
        return len(self._xnat.rows(f"{self._address}/{session}/scans", columns="ID,type"))

    def _put(self, address: str, query: Mapping[str, str], body: bytes | None = None) -> None:
        def question() -> requests.Response:
            response = self._xnat.put(address, query=query, body=body, content_type="application/json")
            response.raise_for_status()
            return response

        ask(
            question,
            title=self._xnat.title,
            form="XNAT's",
            refusal=lambda status: refusal(self._xnat.title, status, _OWN_CAUSES),
            renew=self._xnat.renew,
        )

    @property
    def _address(self) -> str:
        return f"/data/projects/{quote(self._xnat.project)}"

    @property
    def _forms(self) -> str:
        return f"/xapi/custom-fields/projects/{quote(self._xnat.project)}/fields"
