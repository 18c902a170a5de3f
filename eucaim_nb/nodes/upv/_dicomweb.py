"""A DICOMweb service: QIDO-RS and WADO-RS, through dicomweb-client where it serves; STOW-RS is up to the sender."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, TypeVar

import requests
from dicomweb_client.api import DICOMwebClient

from .._asking import ATTEMPTS, ask, refusal
from .._failure import Failure
from .._session import CONNECT_SECONDS
from ._multipart import save_single_part
from ._tokens import Tokens

_T = TypeVar("_T")
_OF_NOTHING = "2.25.0"
"""The UID that is made of the nil UUID."""
_OWN_CAUSES = {404: "no-dicomweb"}


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
        """Ask for a study that nobody has, to learn whether the service can be used; a patient check asks a busy node
        again. A study that it has might be damaged there.
        """
        question = partial(
            DICOMwebClient.search_for_studies, limit=1, search_filters={"StudyInstanceUID": _OF_NOTHING}
        )
        self._ask(question, ATTEMPTS if patient else 1)

    def instance_uids(self, study_uid: str, series_uid: str, enough: Collection[str] = ()) -> set[str]:
        """Return the SOP Instance UIDs that the server lists for a series.

        Parameters
        ----------
        enough
            Once all of these are listed, no further page is asked for.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        question = partial(
            DICOMwebClient.search_for_instances,
            study_instance_uid=study_uid,
            series_instance_uid=series_uid,
            fields=["SOPInstanceUID"],
        )
        return set(self._all(question, "00080018", enough))

    def count(self, study_uid: str, series_uid: str) -> int | None:
        """Return how many instances the server counts in a series; None if it does not tell.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        question = partial(
            DICOMwebClient.search_for_series,
            study_instance_uid=study_uid,
            search_filters={"SeriesInstanceUID": series_uid},
            fields=["NumberOfSeriesRelatedInstances"],
        )
        counts = [str(value) for item in self._ask(question) for value in _values(item, "00201209")]
        return int(counts[0]) if len(counts) == 1 and counts[0].isdigit() else None

    def series_of(self, patient_id: str) -> Iterator[tuple[str, str]]:
        """Yield the `(study UID, series UID)` that the server lists for a patient.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        studies = partial(DICOMwebClient.search_for_studies, search_filters={"PatientID": patient_id})
        for study in self._all(studies, "0020000D"):
            series = partial(DICOMwebClient.search_for_series, study_instance_uid=study)
            yield from ((study, one) for one in self._all(series, "0020000E"))

    def save_instance(self, study_uid: str, series_uid: str, sop_uid: str, file: IO[bytes]) -> None:
        """Write an instance as the server has it, byte for byte, to an empty file (WADO-RS).

        Raises
        ------
        NodeError
            The server cannot be reached, or does not give the instance.
        """

        def question(_: DICOMwebClient) -> None:
            file.seek(0)
            file.truncate()
            with self.session.get(
                f"{self.url}/studies/{study_uid}/series/{series_uid}/instances/{sop_uid}",
                headers={"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'},
                stream=True,
            ) as response:
                response.raise_for_status()
                save_single_part(response.iter_content(2**20), response.headers.get("Content-Type", ""), file)

        self._ask(question)

    def refusal(self, status: int) -> Failure:
        """Tell why the service answers with an HTTP status."""
        why = self.tokens.why(status) if self.tokens else None
        return why or refusal(self.title, status, _OWN_CAUSES)

    def renew(self) -> bool:
        """Get a new access token after a 401."""
        return self.tokens is not None and self.tokens.renew()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _all(
        self, question: Callable[..., list[dict[str, Any]]], tag: str, enough: Collection[str] = ()
    ) -> list[str]:
        """Return every value of one attribute, page by page, or as many pages as hold all of `enough`."""
        found: dict[str, None] = {}
        asked = 0
        while True:
            page = self._ask(partial(question, offset=asked))
            new = [value for item in page for value in _values(item, tag) if value not in found]
            # Servers cap what they give at once, each at another number, and some ignore the offset.
            if not new:
                return list(found)
            found |= dict.fromkeys(new)
            asked += len(page)
            if enough and found.keys() >= set(enough):
                return list(found)

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
