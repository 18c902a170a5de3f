"""The way by STOW-RS (PS3.18 section 10.5): raw bytes out, the server's word for each instance back."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import DicomWeb

from ._body import Part
from ._carrier import Answer, Renamed, Unit, opened, place, retry_after
from ._flow import Flow
from ._likeness import pixel_digest, same_content
from ._multipart import MultipartBody
from ._renamed import find_renamed
from ._response import read_response
from ._wire import Wire

_IN_MEMORY = 16 * 2**20


class StowCarrier:
    """Sends series by STOW-RS, and asks for them by QIDO-RS, which tells UIDs and nothing of the content."""

    kind = "series"
    side_by_side = True

    def __init__(self, service: DicomWeb, folder: Path, wire: Wire) -> None:
        self.service = service
        self._folder = folder
        self._wire = wire
        self._addresses: dict[str, tuple[str, str, str]] = {}

    def units(self, chosen: Sequence[tuple[str, str]]) -> list[Unit]:
        """Return each series as a unit of its own."""
        return [(one,) for one in chosen]

    def arrived(self, items: Sequence[UploadItem]) -> set[str]:
        """Return which of the items the server lists in their series."""
        where = {item.sop_uid: where_of(item) for item in items}
        wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for study, series, sop in where.values():
            wanted[study, series].add(sop)
        listed = {series: self.service.instance_uids(*series, enough=sops) for series, sops in wanted.items()}
        return {uid for uid, (study, series, sop) in where.items() if sop in listed[study, series]}

    def store(self, items: Sequence[UploadItem], flow: Flow) -> Answer:
        """Send some instances in one request."""
        parts = [Part(place(self._folder, item).open, item.size, item.mtime_ns) for item in items]
        body = MultipartBody(parts)
        headers = {"Content-Type": body.content_type, "Accept": "application/dicom+json"}
        reply = self._wire.post(self.service.stow_url, body, headers, flow)
        said = read_response(reply.content)
        sent = {item.sop_uid: where_of(item) for item in items}
        self._addresses |= {uid: where for uid, where in said.addresses.items() if sent.get(uid) != where}
        return Answer(
            reply.status,
            frozenset(said.stored),
            {uid: f"{self.service.title} did not store it: {why}." for uid, why in said.refused.items()},
            retry_after(reply),
            warnings={uid: warning for uid, warning in said.stored.items() if warning},
            full=said.full,
        )

    def same_bytes(self, item: UploadItem) -> bool:
        """Fetch the instance, and compare it with the file: its bytes, its data set if the server wrote it anew, or its
        pixel data if the server gave it another UID."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as there, opened(self._folder, item) as here:
            self.service.save_instance(*where_of(item), there)
            if item.listed_as:
                digest = pixel_digest(here)
                return digest is not None and digest == pixel_digest(there)
            return same_content(here, there)

    def digests(self) -> Mapping[str, str]:
        """Return nothing: DICOMweb lists no digests, so none is needed."""
        return {}

    def count(self, items: Sequence[UploadItem]) -> int | None:
        """Return how many instances the server counts in the series of the items."""
        return self.service.count(items[0].study_uid, items[0].series_uid)

    def renamed(
        self, items: Sequence[UploadItem], ours: frozenset[str], known: frozenset[tuple[str, str]]
    ) -> Renamed:
        """Look for instances under other UIDs that the server made of some it answered for but does not list."""
        return find_renamed(self.service, self._folder, items, ours, known, self._addresses)


def where_of(item: UploadItem) -> tuple[str, str, str]:
    """Return the study, series and instance UIDs under which the server lists an item."""
    if item.listed_as:
        study, series, sop = item.listed_as.split("/")
        return study, series, sop
    return item.study_uid, item.series_uid, item.sop_uid
