"""The dataset service of a UPV node: datasets are made there of what was uploaded, described and released.

Its interface is that of https://github.com/chaimeleon-eu/dataset-service. 401 means “not allowed” there as well as
“not signed in”, and the text tells which.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.reference import dataset_message

from .._asking import ATTEMPTS, ask, refusal
from .._failure import Failure
from ._tokens import Tokens

_SPEAKS_FOR_ITSELF = frozenset({400, 403, 404})
_EXPIRED = "invalid access token"
_ONCE = 1
_PAGE = 200
_IDENT = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass
class DatasetService:
    """Answers about datasets as the service gives them: dictionaries with its own names.

    Attributes
    ----------
    creatable
        Whether programs may make datasets there; else people do with the node's own pages.
    index
        Address of the list of what was uploaded, as a dataset can be made of it; empty where the node has none.
    tracer
        Address of the service that tells what was done with datasets; empty if there is none.
    """

    title: str
    url: str
    session: requests.Session
    tokens: Tokens | None = None
    creatable: bool = False
    index: str = ""
    tracer: str = ""

    def check(self, *, patient: bool = False) -> None:
        """Ask for one dataset of the list, to learn whether the service can be used."""
        self._json("/datasets", {"limit": 1}, ATTEMPTS if patient else _ONCE)

    def datasets(self, project: str = "") -> Iterator[Mapping[str, Any]]:
        """Yield what the list says of each dataset that this account sees, the newest first.

        Raises
        ------
        NodeError
            The service cannot be reached or does not answer the query; so with every other question here.
        """
        yield from self._pages("/datasets", {"project": project} if project else {})

    def dataset(self, ident: str) -> Mapping[str, Any]:
        """Return the details of a dataset."""
        return self._object(_of(ident))

    def creation(self, ident: str) -> tuple[str, str]:
        """Return how far the creation of a dataset is: pending, running, finished or error; and its last message."""
        told = self._object(f"{_of(ident)}/creationStatus")
        return str(told["status"]), str(told["lastMessage"])

    def studies(self, ident: str) -> Iterator[Mapping[str, Any]]:
        """Yield the studies of a dataset with the folders of their series."""
        yield from self._pages(f"{_of(ident)}/studies", {})

    def change(self, ident: str, name: str, value: object) -> None:
        """Change one property."""
        self._send("PATCH", _of(ident), {"property": name, "value": value}, ATTEMPTS)

    def create(self, fields: Mapping[str, Any]) -> str:
        """Have a dataset made, and return its id; asked once, as each request makes another one."""
        told = self._send("POST", "/datasets", fields, _ONCE).json()
        return str(told["apiUrl"]).rpartition("/")[2]

    def uploaded(self) -> list[Mapping[str, Any]]:
        """Return the studies that a dataset can be made of, as `create` takes them; nothing where no list is known."""
        if not self.index:
            return []
        return list(self._ask(lambda: self._judged(self.session.get(self.index)).json()))

    def delete(self, ident: str) -> None:
        """Remove a dataset that is not complete."""
        self._send("DELETE", _of(ident), None, ATTEMPTS)

    def licences(self) -> list[Mapping[str, Any]]:
        """Return the licences that the node offers, each with title and url."""
        return self._list("/licenses", {})

    def upgradable(self, project: str = "") -> list[Mapping[str, Any]]:
        """Return the datasets that can have a new version."""
        return self._list("/upgradableDatasets", {"project": project} if project else {})

    def accesses(self, ident: str) -> list[Mapping[str, Any]]:
        """Return who used a dataset; most accounts may not ask."""
        return list(self._pages(f"{_of(ident)}/accessHistory", {}))

    def traces(self, ident: str) -> list[Mapping[str, Any]]:
        """Return what the tracer noted of a dataset; nothing where there is no tracer."""
        if not self.tracer:
            return []
        query: dict[str, str | int] = {"datasetId": ident, "skipTraces": 0, "limitTraces": _PAGE}
        told = self._ask(lambda: self._judged(self.session.get(f"{self.tracer}/traces", params=query)).json())
        rows = told if isinstance(told, list) else next((v for v in told.values() if isinstance(v, list)), [])
        return [row for row in rows if isinstance(row, Mapping)]

    def refusal(self, status: int) -> Failure:
        """Tell why the service answers with an HTTP status."""
        why = self.tokens.why(status) if self.tokens else None
        return why or refusal(self.title, status, {404: "no-dataset-service"})

    def renew(self) -> bool:
        """Get a new access token after a 401."""
        return self.tokens is not None and self.tokens.renew()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        seen = 0
        while True:
            page = self._object(path, {**query, "skip": seen, "limit": _PAGE})
            rows = page["list"]
            yield from rows
            seen += len(rows)
            if not rows or seen >= int(page["total"]):
                return

    def _object(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return dict(self._json(path, query or {}))

    def _list(self, path: str, query: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return list(self._json(path, query))

    def _json(self, path: str, query: Mapping[str, Any], attempts: int = ATTEMPTS) -> Any:
        return self._ask(lambda: self._judged(self.session.get(self.url + path, params=dict(query))).json(), attempts)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, attempts: int) -> requests.Response:
        def question() -> requests.Response:
            return self._judged(self.session.request(method, self.url + path, json=body))

        answer: requests.Response = self._ask(question, attempts)
        return answer

    def _judged(self, response: requests.Response) -> requests.Response:
        """Return a success, or raise what the service says of a refusal."""
        text = "" if response.ok else _text_of(response)
        refused = response.status_code in _SPEAKS_FOR_ITSELF and bool(text)
        if refused or (response.status_code == 401 and text and not text.startswith(_EXPIRED)):
            known = dataset_message(text)
            # A text that is not known may quote from the data.
            said = (
                f"{known.means} {known.mend}" if known else "it refused the request and its reason is not known here."
            )
            raise NodeError(f"{self.title} answered {response.status_code}: {said}")
        response.raise_for_status()
        return response

    def _ask(self, question: Callable[[], Any], attempts: int = ATTEMPTS) -> Any:
        return ask(
            question,
            title=self.title,
            form="the dataset service's JSON",
            refusal=self.refusal,
            renew=self.renew,
            attempts=attempts,
        )


def _of(ident: str) -> str:
    if not _IDENT.fullmatch(ident):
        raise NodeError("That is no identifier of a dataset. Copy it from the list: it is a UUID.")
    return f"/datasets/{quote(ident)}"


def _text_of(response: requests.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""
