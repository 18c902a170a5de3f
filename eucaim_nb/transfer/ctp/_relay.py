"""Where CTP sends its images: a server on this computer, which hands them on to XNAT.

CTP keeps its password in a file and its log, and verifies no certificate. So it gets an address on the loopback
interface, with a path that nobody else knows, and no password; what it sends goes on over the session of this process.
"""

import contextlib
import hashlib
import hmac
import secrets
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import IO, NamedTuple

import requests
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from eucaim_nb.errors import NodeError
from eucaim_nb.nodes import BUSY, Xnat
from eucaim_nb.nodes.health_ri import Labels, labels_of

from .._body import FileChanged, Part
from .._zip import Member, ZipBody

_TAKEN, _LATER, _NEVER = 200, 404, 409
"""What CTP understands: the word OK, `try again` (which for CTP is 404), and anything else, which it quarantines."""
_STOPS = frozenset((401, 403, 404, 507))
_PIECE = 2**20
_WANTED = ["SOPInstanceUID", "StudyInstanceUID", "PatientID"]


class Sent(NamedTuple):
    """One image that XNAT took: what CTP made of it, and where it went."""

    sop_uid: str
    md5: str
    labels: Labels


class _Image(NamedTuple):
    name: str
    size: int
    md5: str
    crc32: int
    sop_uid: str
    study_uid: str
    patient_id: str


class Relay:
    """Takes images from CTP and hands them to an XNAT, one study per ZIP.

    Parameters
    ----------
    service
        The XNAT.
    folder
        For what is on its way.
    labels
        Subject and session by Study Instance UID; other studies get the labels of `labels_of`.
    taken
        Called with what XNAT took, before CTP is told so.
    watch
        Called while bytes flow; what it raises ends the request.

    Attributes
    ----------
    address
        Where CTP sends to.
    sop_uids
        What XNAT has taken so far.
    error
        Why nothing can be sent any more; None as long as it can.
    """

    def __init__(
        self,
        service: Xnat,
        folder: Path,
        labels: Mapping[str, Labels],
        taken: Callable[[Sequence[Sent]], None],
        watch: Callable[[], None],
    ) -> None:
        self._service, self._folder, self._taken, self._watch = service, folder, taken, watch
        self._labels = labels
        self._one_at_a_time = Lock()  # XNAT must not receive two parts of a session at once
        self._path = f"/{secrets.token_urlsafe(16)}"
        self.sop_uids: set[str] = set()
        self.refusals: list[str] = []
        self.error: NodeError | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}{self._path}"
        self._thread = Thread(target=self._server.serve_forever, name="relay", daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def is_ours(self, path: str) -> bool:
        """Tell whether a request came with the path that only CTP was told."""
        return hmac.compare_digest(path.encode(), self._path.encode())

    def take(self, pieces: Iterator[bytes]) -> int:
        """Hand on what CTP sent, and return the status that it is to be told."""
        with tempfile.TemporaryFile(dir=self._folder) as file:
            for piece in pieces:
                file.write(piece)
            file.seek(0)
            with self._one_at_a_time:
                return self._hand_on(file)

    def _hand_on(self, file: IO[bytes]) -> int:
        if self.error is not None:
            return _LATER
        try:
            with zipfile.ZipFile(file) as archive:
                studies: defaultdict[Labels, list[_Image]] = defaultdict(list)
                for one in _images(archive):
                    labels = self._labels.get(one.study_uid) or labels_of(one.patient_id, one.study_uid)
                    studies[labels].append(one)
                answers = [self._hand_on_study(archive, *study) for study in studies.items()]
        except (zipfile.BadZipFile, InvalidDicomError):
            self.refusals.append("CTP sent something that is no archive of images.")
            return _NEVER
        # A study that was taken is sent again with the others: XNAT keeps what it has.
        return next((one for one in (_LATER, _NEVER) if one in answers), _TAKEN)

    def _hand_on_study(self, archive: zipfile.ZipFile, labels: Labels, images: list[_Image]) -> int:
        members = [
            Member(f"{number:06}.dcm", Part(_opener(archive, one.name), one.size), one.crc32)
            for number, one in enumerate(images)
        ]
        try:
            with ZipBody(members, self._watch) as body:
                response = self._service.import_zip(body, labels)
            if response.status_code == 401 and self._service.renew():
                return _LATER
        except (requests.RequestException, FileChanged):
            return _LATER
        except NodeError as error:
            self.error = error
            return _LATER
        return self._judge(response, [Sent(one.sop_uid, one.md5, labels) for one in images])

    def _judge(self, response: requests.Response, sent: list[Sent]) -> int:
        status = response.status_code
        if status in _STOPS:
            self.error = NodeError(self._service.refusal(status))
            return _LATER
        if status in BUSY:
            return _LATER
        if status >= 300:
            self.refusals.append(self._service.refusal(status))
            return _NEVER
        self._taken(sent)
        self.sop_uids.update(one.sop_uid for one in sent)
        return _TAKEN


def _images(archive: zipfile.ZipFile) -> Iterator[_Image]:
    for member in archive.infolist():
        if member.is_dir():
            continue
        md5, crc32 = hashlib.md5(usedforsecurity=False), 0
        with archive.open(member) as file:
            while piece := file.read(_PIECE):
                md5.update(piece)
                crc32 = zlib.crc32(piece, crc32)
        with archive.open(member) as file:
            about = dcmread(file, stop_before_pixels=True, specific_tags=_WANTED)
        yield _Image(
            member.filename,
            member.file_size,
            md5.hexdigest(),
            crc32,
            *(str(about.get(name, "") or "") for name in _WANTED),
        )


def _opener(archive: zipfile.ZipFile, name: str) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(name)


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            if not relay.is_ours(self.path):
                self._answer(403)
                return
            status = _LATER
            with contextlib.suppress(OSError):  # the disk is full: CTP keeps the images and tries again
                status = relay.take(self._pieces())
            self._answer(status)

        def _pieces(self) -> Iterator[bytes]:
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    yield self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return
            left = int(self.headers.get("Content-Length") or 0)
            while left and (piece := self.rfile.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece

        def _answer(self, status: int) -> None:
            said = b"OK" if status == _TAKEN else b"no"
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(said)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing: paths hold the secret of the relay."""

    return Handler
