"""Compare what the journal says was sent with what the server lists, and on request with the bytes it gives back."""

import hashlib
import random
import time
from dataclasses import dataclass

from eucaim_nb.dicom import Place
from eucaim_nb.errors import NodeError, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadItem, UploadState
from eucaim_nb.nodes import DicomWeb, connect
from eucaim_nb.workspace import Workspace

_ALL = tuple(UploadState)


@dataclass(frozen=True, slots=True)
class VerifySummary:
    """`expected` instances of the journal, of which the server lists `present` and not `missing`.

    `read_back` were fetched, of which `different` do not have the bytes of the file here; `unreadable` could not
    be compared, because the file here or the instance there cannot be read. `seconds` is wall-clock time.
    """

    expected: int
    present: int
    missing: int
    read_back: int
    different: int
    unreadable: int
    seconds: float


def verify(workspace: Workspace, *, readback: float = 0.0, progress: Progress | None = None) -> VerifySummary:
    """Ask the server again for everything that was ever queued for it, and correct the journal.

    Parameters
    ----------
    readback
        Share of the instances to fetch and compare byte for byte, in percent (0 to 100).

    Raises
    ------
    WorkspaceError
        Nothing was uploaded from this workspace yet.
    SettingsError, NodeError
        The node is not set up or cannot be reached.
    """
    if not 0 <= readback <= 100:
        raise SettingsError("The share to read back is in percent: a number from 0 to 100.")
    progress = progress or silent()
    began = time.monotonic()
    node = connect(workspace)
    service = node.dicomweb()
    journal = workspace.ledger.uploads
    series = journal.series(node.name)
    if not series:
        raise WorkspaceError("Nothing was uploaded from this workspace to its node yet. Upload first.")
    expected = present = fetched = different = unreadable = 0
    progress.begin("Comparing with the node", total=len(series), unit="series")
    for study, one in series:
        uids = journal.uids(node.name, study, one, _ALL)
        listed = service.instance_uids(study, one)
        lost = journal.uids(node.name, study, one, (UploadState.VERIFIED, UploadState.ACKNOWLEDGED)) - listed
        journal.mark(node.name, uids & listed, UploadState.VERIFIED)
        journal.mark(
            node.name,
            lost,
            UploadState.FAILED,
            message="The node does not list this instance any more. Upload again.",
        )
        expected += len(uids)
        present += len(uids & listed)
        sample = [
            i
            for i in journal.items(node.name, study, one)
            if i.sop_uid in listed and random.uniform(0, 100) < readback
        ]
        for item in sample:
            try:
                different += not _same_bytes(workspace, service, item)
                fetched += 1
            except (OSError, NodeError):
                unreadable += 1
            progress.check()
        if readback == 100:
            unreadable += len(uids & listed) - len(sample)
        progress.advance()
    return VerifySummary(
        expected=expected,
        present=present,
        missing=expected - present,
        read_back=fetched,
        different=different,
        unreadable=unreadable,
        seconds=round(time.monotonic() - began, 3),
    )


def _same_bytes(workspace: Workspace, service: DicomWeb, item: UploadItem) -> bool:
    with Place.of(workspace.folder, item.root, item.folder, item.name, item.member).open() as file:
        here = hashlib.sha256(file.read()).digest()
    there = hashlib.sha256(service.instance_bytes(item.study_uid, item.series_uid, item.sop_uid)).digest()
    return here == there
