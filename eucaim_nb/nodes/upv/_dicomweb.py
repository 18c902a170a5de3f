"""A DICOMweb service: QIDO-RS and WADO-RS, through dicomweb-client where it serves; STOW-RS is up to the sender."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import requests
from dicomweb_client.api import DICOMwebClient

from .._asking import ATTEMPTS, ask, refusal
from .._session import CONNECT_SECONDS
from ._multipart import single_part
from ._tokens import Tokens

_T = TypeVar("_T")
_OWN_REASONS = {404: "there is no DICOMweb service at this address. Check the address."}


@dataclass
class DicomWeb:
    """A DICOMweb service that a session may speak to; `tokens` sign its requests, if it wants them.

    Attributes
    ----------
    stow_path
        Where instances are posted to, below `url`.
    """

    title: str
    url: str
    session: requests.Session
    timeout: float
    max_batch_bytes: int
    max_batch_instances: int
    tokens: Tokens | None = None
    stow_path: str = "/studies"

    @property
    def stow_url(self) -> str:
        """Where instances are posted to (STOW-RS)."""
        return f"{self.url}{self.stow_path}"

    def check(self, *, patient: bool = False) -> None:
        """Ask for one study, to learn whether the service can be used; a patient check asks a busy node again."""
        question = partial(DICOMwebClient.search_for_studies, limit=1, fields=["StudyInstanceUID"])
        self._ask(question, ATTEMPTS if patient else 1)

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

    def refusal(self, status: int) -> str:
        """Say in words what an HTTP status of this service means."""
        return refusal(self.title, status, _OWN_REASONS)

    def renew(self) -> bool:
        """Get a new access token after a 401."""
        return self.tokens is not None and self.tokens.renew()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _ask(self, question: Callable[[DICOMwebClient], _T], attempts: int = ATTEMPTS) -> _T:
        client = DICOMwebClient(self.url, session=self.session, timeout=(CONNECT_SECONDS, self.timeout))
        client.set_http_retry_params(retry=False)
        # The client's retry library logs each failure with the address, which names studies.
        logging.getLogger("retrying").disabled = True
        return ask(
            lambda: question(client),
            title=self.title,
            form="DICOM JSON",
            refusal=self.refusal,
            renew=self.renew,
            attempts=attempts,
        )


def _values(item: Mapping[str, Any], tag: str) -> Iterator[Any]:
    yield from item.get(tag, {}).get("Value", [])
