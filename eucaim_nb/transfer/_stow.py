"""One STOW-RS request (PS3.18 section 10.5): raw bytes out, the server's word for each instance back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eucaim_nb.nodes import DicomWeb

from ._multipart import MultipartBody, Part

# PS3.18 table 10.5.3-1 and PS3.4 annex B.2.3: what a node may give as FailureReason (0008,1197).
_REASONS = {
    0x0110: "the node could not process it",
    0x0122: "the node does not accept this kind of object",
    0x0124: "the node's rules do not allow it",
    0xC122: "the node does not accept this transfer syntax",
}
_REASON_RANGES = (
    (0xA700, 0xA7FF, "the node is out of space"),
    (0xA900, 0xA9FF, "it does not match what the node expects"),
)
_NOT_UNDERSTOOD = (0xC000, 0xCFFF, "the node could not understand it")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. UIDs in neither group are unknown: only a query tells whether they were stored."""

    status: int
    stored: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None


def store(service: DicomWeb, parts: Sequence[Part], watch: Callable[[], None]) -> Answer:
    """Send some instances in one request; `watch` is called while bytes flow, and what it raises ends the
    request.

    Raises
    ------
    requests.RequestException
        The connection failed; whether anything was stored is unknown.
    FileChanged, OSError
        A file could not be read as it was indexed.
    """
    with MultipartBody(parts, watch) as body:
        # Content-Length is set from len(body): a chunked body is slow on some servers and cannot be
        # refused by size.
        response = service.session.post(
            f"{service.url}/studies",
            data=body,
            headers={"Content-Type": body.content_type, "Accept": "application/dicom+json", "Expect": ""},
            allow_redirects=False,
        )
    stored, refused = parse(response.content)
    return Answer(
        response.status_code, stored, refused, _retry_after(response.headers.get("Retry-After", ""))
    )


def parse(content: bytes) -> tuple[frozenset[str], dict[str, str]]:
    """Read a Store Instances Response in the DICOM JSON model; anything else says nothing.

    Servers send one object or a list of one, and a body with any status: an answer of 400 may list stored
    instances.

    Returns
    -------
    tuple
        SOP Instance UIDs reported as stored, and reasons by SOP Instance UID for those reported as failed.
    """
    try:
        answer = json.loads(content)
    except ValueError:
        return frozenset(), {}
    for item in answer if isinstance(answer, list) else [answer]:
        if isinstance(item, dict):
            stored = frozenset(
                uid for entry in _items(item, "00081199") for uid in _values(entry, "00081155")
            )
            refused = {
                str(uid): reason(next(iter(_values(entry, "00081197")), None))
                for entry in _items(item, "00081198")
                for uid in _values(entry, "00081155")
            }
            return stored, refused
    return frozenset(), {}


def reason(code: object) -> str:
    """Say a FailureReason in words."""
    if not isinstance(code, int):
        return "the node refused it without a reason"
    words = _REASONS.get(code)
    for low, high, text in (*_REASON_RANGES, _NOT_UNDERSTOOD):
        if words is None and low <= code <= high:
            words = text
    return f"{words or 'the node refused it'} (code {code:04X})"


def _items(item: Mapping[str, Any], tag: str) -> list[Mapping[str, Any]]:
    return [entry for entry in _values(item, tag) if isinstance(entry, dict)]


def _values(item: Mapping[str, Any], tag: str) -> list[Any]:
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


def _retry_after(text: str) -> float | None:
    # The form with a date is rare and clocks of hospitals are not to be trusted: back off as usual then.
    return float(text) if text.strip().isdigit() else None
