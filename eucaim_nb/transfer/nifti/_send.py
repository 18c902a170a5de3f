"""NIfTI files and their headers to the scans of an XNAT, believed when its listing shows their digests."""

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import requests

from eucaim_nb.errors import Refused, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.nodes import Credentials, Xnat, connect
from eucaim_nb.nodes.health_ri import Labels, Scans, labels_of
from eucaim_nb.workspace import Workspace

from .._body import Body, Part
from .._flow import Flow
from .._insist import insist
from ._find import Pair, find

_RESOURCE = "NIFTI"
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class NiftiSummary:
    """What became of the NIfTI files of a folder.

    `queued` files and headers could be sent, of which `already_there` were listed by the node before. `sent` left this
    computer, `bytes` in all; `verified` are listed with their digests, `failed` are not. `problems` are the files that
    cannot be sent, or were not taken, with the reason. `seconds` is wall-clock time.
    """

    queued: int
    already_there: int
    sent: int
    verified: int
    failed: int
    bytes: int
    problems: list[dict[str, str]]
    seconds: float


class _File(NamedTuple):
    path: Path
    name: str
    md5: str


def send(
    workspace: Workspace,
    *,
    source: str,
    override: str | None = None,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> NiftiSummary:
    """Send each NIfTI file of a folder with its header, and verify both by the node's own listing.

    A file is named by its digest, so that its name tells nothing, nothing is ever replaced, and a second run sends only
    what is missing.

    Parameters
    ----------
    source
        Folder with `name.nii.gz` or `name.nii`, each with `name.json` (DICOM JSON model), or a header made here.
    override
        Reason why these files may be sent: this program cannot verify that they are de-identified. It is recorded.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

    Raises
    ------
    Refused
        No reason was given.
    WorkspaceError, SettingsError, NodeError
        The folder holds no NIfTI file, the node is not Health-RI, or it cannot be used.
    """
    progress, began = progress or silent(), time.monotonic()
    folder = Path(source).expanduser().resolve()
    found = find(workspace, folder)
    if not found.pairs and not found.wrong:
        raise WorkspaceError(f"There is no NIfTI file in {folder}. They end in .nii or .nii.gz.")
    node = connect(workspace, Credentials.from_job(credentials))
    service = node.images()
    if not isinstance(service, Xnat):
        raise SettingsError("NIfTI files go to Health-RI, and this workspace is for another node.")
    reason = (override or "").strip()
    if not reason:
        raise Refused(
            "This program cannot verify that NIfTI files are de-identified. Look at them and their headers, then give "
            "the reason why they may be sent; it is recorded."
        )
    problems = [{"file": str(one.file.relative_to(folder)), "message": one.message} for one in found.wrong]
    counts = dict.fromkeys(("queued", "already_there", "sent", "verified", "bytes"), 0)
    with contextlib.closing(service):
        service.check(patient=True)
        workspace.ledger.events.record("NIfTI sent, unverified", reason=reason, files=len(found.pairs))
        progress.begin("Sending", total=len(found.pairs), unit="files")
        for pair in found.pairs:
            why = _Sending(Scans(service), service, pair, progress, counts).run()
            if why:
                problems.append({"file": str(pair.image.relative_to(folder)), "message": why})
            progress.advance()
    done = NiftiSummary(
        **counts,
        failed=counts["queued"] - counts["verified"],
        problems=problems,
        seconds=round(time.monotonic() - began, 3),
    )
    workspace.ledger.events.record(
        "NIfTI upload", node=node.settings.name, queued=done.queued, verified=done.verified, failed=done.failed
    )
    return done


class _Sending:
    """One NIfTI file and its header on their way."""

    def __init__(self, scans: Scans, service: Xnat, pair: Pair, progress: Progress, counts: dict[str, int]) -> None:
        self._scans, self._service, self._pair = scans, service, pair
        self._progress, self._counts = progress, counts
        self._labels: Labels = labels_of(pair.patient, pair.study)

    def run(self) -> str:
        """Send what is missing, and return why not all of it is verified; empty if it is."""
        try:
            files = self._files()
        except OSError:
            return "The file or its header can no longer be read."
        self._counts["queued"] += len(files)
        there = self._there(files)
        self._counts["already_there"] += len(there)
        why = ""
        for file in files:
            if file not in there:
                why = why or self._send(file)
        there = self._there(files)
        self._counts["verified"] += len(there)
        if len(there) == len(files):
            return ""
        return why or "The node answered, but does not list the file with its digest."

    def _files(self) -> list[_File]:
        md5 = _md5(self._pair.image)
        stem = f"{self._pair.series_number or 'nifti'}_{md5[:12]}"
        self._scan = self._pair.series_number or f"nifti_{md5[:12]}"
        return [
            _File(self._pair.image, f"{stem}{self._pair.ending}", md5),
            _File(self._pair.header, f"{stem}.json", _md5(self._pair.header)),
        ]

    def _there(self, files: list[_File]) -> set[_File]:
        listed = self._scans.digests(self._labels, self._scan, _RESOURCE)
        return {file for file in files if listed.get(file.name) == file.md5}

    def _send(self, file: _File) -> str:
        why = insist(self._service, partial(self._post, file), self._progress)
        if not why:
            self._counts["sent"] += 1
            self._counts["bytes"] += file.path.stat().st_size
        return why

    def _post(self, file: _File) -> requests.Response:
        pair = self._pair
        self._scans.make(self._labels, self._scan, _RESOURCE, pair.modality, pair.description)
        part = Part(lambda: file.path.open("rb"), file.path.stat().st_size)
        with Body([part], Flow(self._progress)) as body:
            return self._scans.put(self._labels, self._scan, _RESOURCE, file.name, body)


def _md5(path: Path) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for piece in _pieces(path):
        md5.update(piece)
    return md5.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
