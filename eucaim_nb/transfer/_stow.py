"""The way by STOW-RS (PS3.18 section 10.5): raw bytes out, the server's word for each instance back."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import DicomWeb

from ._body import Part
from ._carrier import Answer, Unit, place, retry_after
from ._multipart import MultipartBody

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


class StowCarrier:
    """Sends series by STOW-RS, and asks for them by QIDO-RS."""

    kind = "series"

    def __init__(self, service: DicomWeb, folder: Path) -> None:
        self.service = service
        self._folder = folder

    def units(self, chosen: Sequence[tuple[str, str]]) -> list[Unit]:
        """Return each series as a unit of its own."""
        return [(one,) for one in chosen]

    def arrived(self, items: Sequence[UploadItem]) -> set[str]:
        """Return which of the items the server lists in their series."""
        listed: set[str] = set()
        for study, series in {(item.study_uid, item.series_uid) for item in items}:
            listed |= self.service.instance_uids(study, series)
        return {item.sop_uid for item in items} & listed

    def store(self, items: Sequence[UploadItem], watch: Callable[[], None]) -> Answer:
        """Send some instances in one request."""
        parts = [Part(place(self._folder, item).open, item.size) for item in items]
        with MultipartBody(parts, watch) as body:
            # Content-Length is set from len(body): a chunked body is slow on some servers and cannot be
            # refused by size.
            response = self.service.session.post(
                self.service.stow_url,
                data=body,
                headers={"Content-Type": body.content_type, "Accept": "application/dicom+json", "Expect": ""},
                allow_redirects=False,
            )
        stored, refused = parse(response.content)
        return Answer(
            response.status_code, stored, refused, retry_after(response)
        )

    def same_bytes(self, item: UploadItem) -> bool:
        """Fetch the instance, and compare digests."""
        with place(self._folder, item).open() as file:
            here = hashlib.sha256(file.read()).digest()
        there = self.service.instance_bytes(item.study_uid, item.series_uid, item.sop_uid)
        return here == hashlib.sha256(there).digest()

    def digests(self) -> Mapping[str, str]:
        """Return nothing: DICOMweb lists no digests, so none is needed."""
        return {}


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
