"""The way to an XNAT: one study per ZIP to its import service, believed when its file lists show the same digests."""

import hashlib
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import requests

from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import Xnat
from eucaim_nb.nodes.health_ri import Labels, labels_of

from ._body import FileChanged, Part, Watch, nobody
from ._carrier import Answer, Unit, place, retry_after
from ._zip import Member, ZipBody

_PIECE = 2**20
_LOOK_SECONDS, _LONGEST_WAIT = 5.0, 300.0
_WAITS = (
    "The node keeps the session in its prearchive until somebody archives it there. "
    "Archive it in XNAT, then upload again: nothing is sent twice."
)
_SAME_LABEL = "Another study of this patient has the same label. Send this one to XNAT by hand, under another label."
_FOR_ALL = frozenset({409, 417, 422, 423})
"""Statuses that speak of the session as a whole: sending fewer of its files changes nothing."""


class _Content(NamedTuple):
    md5: str
    crc32: int


class XnatCarrier:
    """Sends studies to an XNAT project.

    XNAT lists files by names of its own, so what tells that an instance arrived is the MD5 digest of its file in the
    session of its study. A node that changes files on arrival shows other digests; such files are never called
    verified.

    Attributes
    ----------
    conflicts
        Study Instance UIDs that the node refused because their session exists there with other content.
    """

    kind = "studies"
    side_by_side = False

    def __init__(self, service: Xnat, folder: Path) -> None:
        self.service = service
        self._folder = folder
        self._contents: dict[str, _Content] = {}
        self._new: dict[str, str] = {}
        self._patients: dict[str, str] = {}
        self._taken: dict[Labels, str] = {}
        self._there: dict[str, set[str]] = {}
        self.conflicts: set[str] = set()

    def units(self, chosen: Sequence[tuple[str, str]]) -> list[Unit]:
        """Return the series of each study together: XNAT must not receive two parts of a session at once."""
        studies: dict[str, list[tuple[str, str]]] = {}
        for pair in chosen:
            studies.setdefault(pair[0], []).append(pair)
        return [tuple(series) for series in studies.values()]

    def arrived(self, items: Sequence[UploadItem]) -> set[str]:
        """Return the items whose digest the session of their study lists."""
        if not items:
            return set()
        listed = self.service.digests(self._labels(items))
        found = {item.sop_uid for item in items if listed and self._digest(item) in listed}
        self._there.setdefault(items[0].study_uid, set()).update(found)
        return found

    def store(self, items: Sequence[UploadItem], watch: Watch) -> Answer:
        """Send some instances of one study as a ZIP."""
        study, labels = items[0].study_uid, self._labels(items)
        if self._taken.setdefault(labels, study) != study:
            return _refused(items, 409, _SAME_LABEL, sent=False)
        if self.service.destination != "archive" and self._waits(labels, items):
            return _refused(items, 200, _WAITS, sent=False)
        response = self._post(items, labels, watch)
        if response.status_code == 409:
            self.conflicts.add(study)
            if self.service.on_conflict == "replace" and not self._there.get(study):
                # Nothing of this study was ever confirmed there: what goes is not ours.
                response = self._post(items, labels, watch, overwrite="delete")
                self._there.setdefault(study, set()).update(item.sop_uid for item in items)
        if response.status_code < 300:
            self.conflicts.discard(study)
            if self.service.destination == "direct":
                self._await(items, watch)
        return self._answer(response, items)

    def same_bytes(self, item: UploadItem) -> bool:
        """Compare the file as it is now with the digest that `arrived` found in the session's list."""
        md5 = hashlib.md5(usedforsecurity=False)
        try:
            for piece in self._read(item):
                md5.update(piece)
        except FileChanged as error:
            raise OSError from error
        return md5.hexdigest() == self._digest(item)

    def digests(self) -> Mapping[str, str]:
        """Return what was computed since the last call."""
        new, self._new = self._new, {}
        return new

    def _post(
        self, items: Sequence[UploadItem], labels: Labels, watch: Watch, overwrite: str = ""
    ) -> requests.Response:
        members = []
        for number, item in enumerate(items):
            content = self._content(item, watch)
            part = Part(place(self._folder, item).open, item.size)
            members.append(Member(f"{number:06}.dcm", part, content.crc32))
        with ZipBody(members, watch) as body:
            return self.service.import_zip(body, labels, overwrite=overwrite)

    def _waits(self, labels: Labels, items: Sequence[UploadItem]) -> bool:
        """Tell whether all that is to be sent lies in the prearchive already."""
        waiting = self.service.waiting(labels)
        return all(self._digest(item) in waiting for item in items)

    def _await(self, items: Sequence[UploadItem], watch: Watch) -> None:
        """Wait until the node has archived what it took: it does so when the session has been still for a while."""
        until = time.monotonic() + _LONGEST_WAIT
        while len(self.arrived(items)) < len(items) and time.monotonic() < until:
            watch()
            time.sleep(_LOOK_SECONDS)

    def _answer(self, response: requests.Response, items: Sequence[UploadItem]) -> Answer:
        status, why = response.status_code, ""
        if status == 409 and self.service.on_conflict == "keep":
            why = "The node has this session with other content, and it was decided to keep that."
        elif status in _FOR_ALL:
            why = str(self.service.refusal(status))
        elif status == 200 and "/prearchive/" in response.text:
            why = _WAITS
        return _refused(items, status, why) if why else Answer(status, retry_after=retry_after(response))

    def _labels(self, items: Sequence[UploadItem]) -> Labels:
        """Return the labels of the study: a study that names two patients goes to the one seen first."""
        study = items[0].study_uid
        return labels_of(self._patients.setdefault(study, min(item.patient_id for item in items)), study)

    def _digest(self, item: UploadItem) -> str:
        if item.digest:
            return item.digest
        try:
            return self._content(item, nobody).md5
        except FileChanged:
            return ""

    def _content(self, item: UploadItem, watch: Watch) -> _Content:
        """Read a file through for its digests; what was read once is remembered."""
        known = self._contents.get(item.sop_uid)
        if known is None:
            md5, crc32, size = hashlib.md5(usedforsecurity=False), 0, 0
            for piece in self._read(item):
                watch()
                md5.update(piece)
                crc32, size = zlib.crc32(piece, crc32), size + len(piece)
            if size != item.size:
                raise FileChanged
            known = self._contents[item.sop_uid] = _Content(md5.hexdigest(), crc32)
            self._new[item.sop_uid] = known.md5
        return known

    def _read(self, item: UploadItem) -> Iterator[bytes]:
        try:
            with place(self._folder, item).open() as file:
                while piece := file.read(_PIECE):
                    yield piece
        except Exception as error:
            raise FileChanged from error


def _refused(items: Sequence[UploadItem], status: int, why: str, *, sent: bool = True) -> Answer:
    return Answer(status, refused={item.sop_uid: why for item in items}, sent=sent)
