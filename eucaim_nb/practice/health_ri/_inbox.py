"""The inbox: a folder on the server's own disk, from which sessions are imported on request, one after another."""

import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._http import CHUNK, Request, Response, json_response
from ._answers import Refused, text
from ._archive import Archive
from ._import import addresses, check, destined, labels_of
from ._people import People
from ._studies import Received

logger = logging.getLogger("eucaim_nb.practice")

FOLDER = "inbox"
_QUEUED, _IMPORTING, _COMPLETED, _FAILED = "Queued", "Importing", "Completed", "Failed"
_HANDLER = "inbox"
_NOT_FOUND = "No session folder was found at the specified path"


class Inbox:
    """Takes requests to import a folder, and tells how far they are.

    As on the real node a request names the folder by its `path`; here it must be below the inbox, whatever links
    there are. Files in it that are no DICOM instances are passed over. A request that a stop cut short has failed.

    Parameters
    ----------
    archive : Archive
        Remembers the requests, and gets the sessions.
    people : People
        Say who may import.
    folder : Path
        The folder of the node; the inbox is made in it.
    """

    def __init__(self, archive: Archive, people: People, folder: Path) -> None:
        self._archive = archive
        self._people = people
        self._folder = folder / FOLDER
        self._folder.mkdir(exist_ok=True)
        self._jobs = ThreadPoolExecutor(1, "inbox")
        for one in archive.requests():
            if one["status"] in (_QUEUED, _IMPORTING):
                self._end(one, _FAILED, "The node was stopped before the import was complete")

    def close(self) -> None:
        """Wait for the import that goes on, and begin no other."""
        self._jobs.shutdown(wait=True, cancel_futures=True)

    def wipe(self) -> None:
        """Wait until nothing is imported, and empty the folder."""
        self._jobs.submit(lambda: None).result()
        for one in self._folder.iterdir():
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()

    def submit(self, login: str, request: Request) -> Response:
        """Answer `POST /data/services/import?import-handler=inbox`: the address that tells of the request.

        Raises
        ------
        Refused
            400 without a path; 403 or 404 for the project; 404 for a folder that is not in the inbox.
        """
        given = dict(request.query)
        if not given.get("path"):
            raise Refused(400, "Name the folder to import: path=…")
        folder = self._below(given["path"])
        destined(self._archive, self._people, login, labels_of(given))
        now = int(time.time() * 1000)
        kept = self._archive.keep_request(
            {
                "username": login,
                "sessionPath": str(folder),
                "parameters": given,
                "cleanupAfterImport": given.get("cleanupAfterImport", "true") != "false",
                "status": _QUEUED,
                "resolution": None,
                "enabled": True,
                "created": now,
                "timestamp": now,
            }
        )
        lost = request.plan.take("lost")
        partial = None if lost else request.plan.take("partial")
        losses: list[int | None] = [None] if lost else [int(partial.value or 1)] if partial else []
        self._jobs.submit(self._run, kept, losses)
        return text(200, f"/xapi/dicom/{kept['id']}\r\n")

    def show(self, login: str, number: str) -> Response:
        """Tell how far a request is, to who made it and to administrators."""
        found = self._archive.request(int(number)) if number.isascii() and number.isdigit() else None
        if found is None or login not in (found["username"], self._people.admin):
            raise Refused(404, "Unable to find this import request")
        return json_response(200, found)

    def _below(self, path: str) -> Path:
        root = self._folder.resolve()
        try:
            folder = (root / path).resolve(strict=True)
        except (OSError, ValueError, RuntimeError) as error:  # missing, a zero byte in it, a loop of links
            raise Refused(404, _NOT_FOUND) from error
        if not folder.is_relative_to(root) or not folder.is_dir():
            raise Refused(404, _NOT_FOUND)
        return folder

    def _run(self, job: dict[str, Any], losses: list[int | None]) -> None:
        job = self._archive.keep_request(job | {"status": _IMPORTING})
        received = Received(self._archive, skip=True)
        try:
            folder = Path(job["sessionPath"])
            parameters: Mapping[str, str] = labels_of(job["parameters"])
            project = destined(self._archive, self._people, job["username"], parameters)
            for path in _files(folder):
                _take(received, path)
            check(received, _HANDLER)
            for count in losses:
                received.lose(count)
            addresses(self._archive, self._people, job["username"], received, project, parameters, _HANDLER)
        except Refused as refused:
            self._end(job, _FAILED, refused.says)
        except Exception as error:  # its text could hold an identifier
            logger.error("import from the inbox failed: %s", type(error).__name__)
            self._end(job, _FAILED, "The practice node failed; its log names the kind of error")
        else:
            if job["cleanupAfterImport"]:
                _empty(folder, keep=folder == self._folder.resolve())
            self._end(job, _COMPLETED, None)

    def _end(self, job: dict[str, Any], status: str, resolution: str | None) -> None:
        ended = {"status": status, "resolution": resolution, "timestamp": int(time.time() * 1000)}
        self._archive.keep_request(job | ended)


def _take(received: Received, path: Path) -> None:
    try:
        with path.open("rb") as file:
            received.take(iter(lambda: file.read(CHUNK), b""))
    except OSError as error:
        raise Refused(400, "A file of the folder cannot be read") from error


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, in order, hidden ones and links left out."""
    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(above, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _empty(folder: Path, *, keep: bool) -> None:
    """Remove what was imported; a file that cannot be removed stays."""
    for path in _files(folder):
        with suppress(OSError):
            path.unlink()
    for above, _, _ in os.walk(folder, topdown=False):
        if not (keep and Path(above) == folder):
            with suppress(OSError):  # something else is in it
                os.rmdir(above)
