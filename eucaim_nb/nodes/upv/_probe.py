"""Ask a DICOMweb service the questions that show whether the settings fit, and keep what it answered as it is."""

from dataclasses import dataclass

import requests

from .._failure import NoData, explain
from ._dicomweb import DicomWeb

_SHOWN = 200
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Probe:
    """One question and its answer. `words` are the beginning of what the server said when it refused; an answer that
    succeeds may be about patients, and is not kept. `status` is 0 where nothing answered."""

    question: str
    request: str
    status: int
    content_type: str
    words: str


def probe(service: DicomWeb) -> tuple[Probe, ...]:
    """Ask for one study (QIDO-RS), and what may be posted where instances go (STOW-RS). Nothing is sent."""
    return (
        _ask(service, "Is it a DICOMweb service?", "GET", f"{service.url}/studies", {"limit": "1"}),
        _ask(service, "Does it take instances here?", "OPTIONS", service.stow_url, {}),
    )


def _ask(service: DicomWeb, question: str, method: str, url: str, query: dict[str, str]) -> Probe:
    shown = f"{method} {url}"
    try:
        response = service.session.request(
            method, url, params=query, headers={"Accept": "application/dicom+json"}, allow_redirects=False, stream=True
        )
        with response:
            beginning = b""
            if response.status_code not in _SUCCESS:
                beginning = next(response.iter_content(4 * _SHOWN), b"")
    except requests.RequestException as error:
        came = error.response if isinstance(error, NoData) else None
        status, kind = (0, "") if came is None else (came.status_code, came.headers.get("Content-Type", ""))
        return Probe(question, shown, status, kind[:_SHOWN], str(explain(error, service.title)))
    words = " ".join(beginning.decode("utf-8", "replace").split())[:_SHOWN]
    if not words and (allowed := response.headers.get("Allow", "")):
        words = f"Allow: {allowed[:_SHOWN]}"
    return Probe(question, shown, response.status_code, response.headers.get("Content-Type", "")[:_SHOWN], words)
