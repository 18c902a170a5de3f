"""Where CTP sends its images: a server on this computer, which keeps them until their session is complete.

CTP keeps its password in a file and its log, verifies no certificate, and gives up a request after 20 seconds. So it
gets an address on the loopback interface, with a path that nobody else knows, and no password. What it sends is
written to disk; `deliver` brings it to XNAT, a whole session at a time.
"""

import contextlib
import hashlib
import hmac
import itertools
import secrets
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from eucaim_nb.nodes.health_ri import Labels

_TAKEN, _LATER, _NEVER = 200, 404, 409
"""What CTP understands: the word OK, `try again` (which for CTP is 404), and anything else, which it quarantines."""
_PIECE = 2**20


class Image(NamedTuple):
    """One image as CTP made it, on disk."""

    path: Path
    size: int
    md5: str
    crc32: int
    sop_uid: str


class Relay:
    """Takes images from CTP.

    Parameters
    ----------
    folder
        For what it keeps.
    expected
        The session of each SOP Instance UID that is to be sent. What CTP sends besides is not kept.

    Attributes
    ----------
    address
        Where CTP sends to.
    """

    def __init__(self, folder: Path, expected: Mapping[str, Labels]) -> None:
        self._folder, self._expected = folder, expected
        self._names = itertools.count()
        self._lock = Lock()
        self._sessions: defaultdict[Labels, dict[str, Image]] = defaultdict(dict)
        self._uids: set[str] = set()
        self._path = f"/{secrets.token_urlsafe(16)}"
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}{self._path}"
        self._thread = Thread(target=self._server.serve_forever, name="relay", daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def received(self) -> int:
        """How many images CTP has sent, each counted once."""
        return len(self._uids)

    def session(self, labels: Labels) -> list[Image]:
        """Return what has been received of a session so far."""
        with self._lock:
            return list(self._sessions[labels].values())

    def is_ours(self, path: str) -> bool:
        """Tell whether a request came with the path that only CTP was told."""
        return hmac.compare_digest(path.encode(), self._path.encode())

    def take(self, pieces: Iterator[bytes]) -> int:
        """Keep the images of an archive, and return the status that CTP is to be told."""
        with tempfile.TemporaryFile(dir=self._folder) as file:
            for piece in pieces:
                file.write(piece)
            file.seek(0)
            try:
                with zipfile.ZipFile(file) as archive:
                    images = [self._keep(archive, one) for one in archive.infolist() if not one.is_dir()]
            except (zipfile.BadZipFile, InvalidDicomError):
                return _NEVER
        with self._lock:
            for image in images:
                labels = self._expected.get(image.sop_uid)
                if labels is None:
                    image.path.unlink()
                    continue
                self._sessions[labels][image.sop_uid] = image
                self._uids.add(image.sop_uid)
        return _TAKEN

    def _keep(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Image:
        path = self._folder / f"{next(self._names):09}.dcm"  # never a name of the archive's choosing
        md5, crc32 = hashlib.md5(usedforsecurity=False), 0
        with archive.open(member) as source, path.open("wb") as target:
            while piece := source.read(_PIECE):
                target.write(piece)
                md5.update(piece)
                crc32 = zlib.crc32(piece, crc32)
        header = dcmread(path, stop_before_pixels=True, specific_tags=["SOPInstanceUID"])
        sop_uid = str(header.get("SOPInstanceUID", "") or "")
        return Image(path, member.file_size, md5.hexdigest(), crc32, sop_uid)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: CTP was stopped in the middle of a request, which it will repeat."""


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
