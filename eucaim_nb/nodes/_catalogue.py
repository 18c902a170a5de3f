"""The public catalogue of EUCAIM. It is no node: everybody may ask it, and nothing is changed there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from eucaim_nb import reference
from eucaim_nb.errors import NodeError
from eucaim_nb.reference import CatalogueWay, node_defaults
from eucaim_nb.workspace import Workspace

from ._failure import explain
from ._session import make_session
from ._settings import NodeSettings, is_local

_PIECE = 1 << 16


class Catalogue:
    """The catalogue, ready to be asked; a context manager that lets go of the connection.

    Attributes
    ----------
    title, url
        Its name, and the address that its paths begin with.
    """

    def __init__(self, settings: NodeSettings) -> None:
        facts = reference.catalogue()
        self.title = facts.title
        self.url = settings.address(
            str(settings.ready.get("catalogue") or settings.text("catalogue") or facts.url), "address"
        )
        self._most = int(facts.most_mb * 1e6)
        self._session = make_session(
            timeout=facts.timeout_s, ca_file=settings.ca_file, proxy=settings.proxy, local=is_local(self.url)
        )

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def ask(self, way: CatalogueWay, ident: str) -> bytes:
        """Return what it answers to one way of asking for an entry.

        Raises
        ------
        NodeError
            It is out of reach, refuses, or answers with more than an answer can be.
        """
        address = self.url + way.path.replace("{id}", quote(ident, safe=""))
        query = way.query.replace("COLUMNS", " ".join(way.columns))
        question = {"query": query, "variables": {"id": ident}} if query else None
        try:
            with self._session.request(
                "POST" if question else "GET",
                address,
                data=json.dumps(question) if question else None,
                headers={"Accept": way.accept} | ({"Content-Type": "application/json"} if question else {}),
                stream=True,
            ) as answer:
                if not answer.ok:
                    raise NodeError(f"{self.title} answered {answer.status_code}.")
                return b"".join(self._pieces(answer))
        except requests.RequestException as error:
            raise explain(error, self.title) from error

    def _pieces(self, answer: requests.Response) -> Iterator[bytes]:
        size = 0
        for piece in answer.iter_content(_PIECE):
            size += len(piece)
            if size > self._most:
                raise NodeError(f"{self.title} answered with more than {self._most // 1_000_000} MB.")
            yield piece


def catalogue(workspace: Workspace) -> Catalogue:
    """Return the catalogue that a workspace's dataset is registered in: the public one, or that of the practice nodes.

    Raises
    ------
    SettingsError
        The address in the settings cannot be used.
    NodeError
        The workspace is for a practice node, and the practice nodes are not running.
    """
    chosen, defaults = workspace.settings, node_defaults()[workspace.settings.node]
    return Catalogue(
        NodeSettings(
            name="catalogue",
            title=reference.catalogue().title,
            family=str(defaults["family"]),
            practice=bool(defaults["practice"]),
            project=chosen.project,
            options=chosen.node_options,
            ready=_ready(chosen.practice) if defaults["practice"] else {},
        )
    )


def _ready(path: str) -> dict[str, Any]:
    try:
        ready = json.loads(Path(path).read_text(encoding="utf-8"))
        return {"catalogue": str(ready["catalogue"])}
    except (OSError, ValueError, KeyError, TypeError):
        raise NodeError(
            "The practice catalogue is not running. Start it with `eucaim-nb app` or `eucaim-nb practice`."
        ) from None
