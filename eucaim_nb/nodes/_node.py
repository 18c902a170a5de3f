"""One node of a workspace, as settings and as something to speak to."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from dicomweb_client.api import DICOMwebClient

from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from ._multipart import single_part
from ._session import CONNECT_SECONDS, explain, make_session

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may succeed."""

_T = TypeVar("_T")
_ATTEMPTS = 5
_FIRST_WAIT = 0.1
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Node:
    """A node as the settings describe it: defaults of `reference/nodes.toml`, overridden by the workspace."""

    name: str
    title: str
    family: str
    practice: bool
    project: str
    options: Mapping[str, Any]
    ready_file: str = ""

    def dicomweb(self) -> "DicomWeb":
        """Return the node's DICOMweb service.

        Raises
        ------
        SettingsError
            Its address is not known, or the node takes images another way.
        NodeError
            The practice nodes are not running.
        """
        if self.family != "upv":
            raise SettingsError(
                f"{self.title} takes images through XNAT, which this version cannot do yet. "
                "Use the Clinical Trial Processor, or a workspace for the UPV node."
            )
        url, credentials = str(self.options.get("dicomweb") or ""), None
        if self.practice and not url:
            ready = _ready(self.ready_file)["upv"]
            url, credentials = ready["dicomweb"], (ready["username"], ready["password"])
        if not url:
            raise SettingsError(
                f"The DICOMweb address of {self.title} is not set. Ask the node for it (it is not public) "
                "and write it as "
                'dicomweb = "https://…" under [node] in eucaim.toml.'
            )
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if not parts.hostname:
            raise SettingsError(f"The DICOMweb address of {self.title} is no address. It looks like https://node/path.")
        timeout = self._number("timeout_s", 60)
        ca_file = str(self.options.get("ca_file", ""))
        if ca_file and not Path(ca_file).is_file():
            raise SettingsError(f"There is no file {ca_file}. Correct ca_file under [node] in eucaim.toml.")
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise SettingsError(
                f"The DICOMweb address of {self.title} must begin with https: images do not travel "
                "unencrypted."
            )
        if parts.username or parts.password:
            raise SettingsError("An address must not contain a password. Remove it from eucaim.toml.")
        return DicomWeb(
            title=self.title,
            url=url.rstrip("/"),
            session=make_session(
                credentials=credentials,
                timeout=timeout,
                ca_file=ca_file,
                proxy=str(self.options.get("proxy", "")),
                local=parts.hostname in _LOOPBACK,
            ),
            timeout=timeout,
            max_batch_bytes=int(self._number("max_batch_mb", 100) * 1e6),
            max_batch_instances=int(self._number("max_batch_instances", 200)),
        )

    def _number(self, name: str, default: float) -> float:
        value = self.options.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise SettingsError(f"{name} under [node] in eucaim.toml must be a number above zero.")
        return float(value)


@dataclass(frozen=True)
class DicomWeb:
    """A DICOMweb service: STOW-RS for our own sender, QIDO-RS through dicomweb-client."""

    title: str
    url: str
    session: requests.Session
    timeout: float
    max_batch_bytes: int
    max_batch_instances: int

    def check(self, *, patient: bool = False) -> None:
        """Ask for one study, to learn whether the service can be used; a patient check asks a busy node again.

        Raises
        ------
        NodeError
            It cannot; the text says why and what to do.
        """
        question = partial(DICOMwebClient.search_for_studies, limit=1, fields=["StudyInstanceUID"])
        self._ask(question, _ATTEMPTS if patient else 1)

    def instance_uids(self, study_uid: str, series_uid: str) -> set[str]:
        """Return the SOP Instance UIDs that the server lists for a series.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        uids: set[str] = set()
        asked = 0
        while True:
            question = partial(
                DICOMwebClient.search_for_instances,
                study_instance_uid=study_uid,
                series_instance_uid=series_uid,
                fields=["SOPInstanceUID"],
                offset=asked,
            )
            page = self._ask(question)
            new = {uid for item in page for uid in _values(item, "00080018")} - uids
            # Servers cap what they give at once, each at another number, and some ignore the offset.
            if not new:
                return uids
            uids |= new
            asked += len(page)

    def instance_bytes(self, study_uid: str, series_uid: str, sop_uid: str) -> bytes:
        """Return an instance as the server has it, byte for byte (WADO-RS).

        Raises
        ------
        NodeError
            The server cannot be reached, or does not give the instance.
        """

        def question(_: DICOMwebClient) -> bytes:
            response = self.session.get(
                f"{self.url}/studies/{study_uid}/series/{series_uid}/instances/{sop_uid}",
                headers={"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'},
            )
            response.raise_for_status()
            return single_part(response.content, response.headers.get("Content-Type", ""))

        return self._ask(question)

    def _ask(self, question: Callable[[DICOMwebClient], _T], attempts: int = _ATTEMPTS) -> _T:
        client = DICOMwebClient(self.url, session=self.session, timeout=(CONNECT_SECONDS, self.timeout))
        client.set_http_retry_params(retry=False)
        for attempt in range(1, attempts + 1):
            try:
                return question(client)
            except requests.HTTPError as error:
                status = error.response.status_code
                if attempt == attempts or status not in BUSY:
                    raise NodeError(refusal(self.title, status)) from error
            except (requests.exceptions.JSONDecodeError, KeyError, TypeError) as error:
                raise NodeError(
                    f"{self.title} answered a query in a form that is not DICOM JSON. Is the address right?"
                ) from error
            except requests.RequestException as error:
                if attempt == attempts:
                    raise explain(error, self.title) from error
            time.sleep(_FIRST_WAIT * 2**attempt)
        raise AssertionError("unreachable")


def refusal(title: str, status: int) -> str:
    """Say in words what an HTTP status of a node means."""
    reasons = {
        401: "it does not know you, or your sign-in has expired. Sign in again.",
        403: "your account may not do this. Ask the node for the role you need.",
        404: "there is no DICOMweb service at this address. Check the address.",
        413: "the request was larger than it accepts.",
        429: "it is busy and asked to slow down.",
        507: "its disk is full. Tell the node's administrators.",
    }
    reason = reasons.get(
        status,
        "try again later, or tell the node's administrators." if status >= 500 else "it refused the request.",
    )
    return f"{title} answered {status}: {reason}"


def connect(workspace: Workspace) -> Node:
    """Return the node that a workspace is meant for."""
    settings = workspace.settings
    defaults = node_defaults()[settings.node]
    return Node(
        name=settings.node,
        title=str(defaults["title"]),
        family=str(defaults["family"]),
        practice=bool(defaults["practice"]),
        project=settings.project,
        options={**defaults, **settings.node_options},
        ready_file=settings.practice,
    )


def _ready(path: str) -> dict[str, Any]:
    not_running = (
        "The practice nodes are not running. Start them with `eucaim-nb app` or `eucaim-nb practice`"
    )
    if not path:
        raise NodeError(
            f"{not_running}, and name their ready file in the workspace (eucaim-nb init --practice)."
        )
    try:
        ready: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        if not all(isinstance(ready["upv"][key], str) for key in ("dicomweb", "username", "password")):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise NodeError(f"{not_running}: their ready file {path} cannot be read.") from None
    return ready


def _values(item: Mapping[str, Any], tag: str) -> Iterator[Any]:
    yield from item.get(tag, {}).get("Value", [])
