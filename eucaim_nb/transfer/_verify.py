"""Compare what the journal says was sent with what the server lists, and on request with the bytes it gives back."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from eucaim_nb.errors import NodeError, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadState
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workspace import Workspace

from ._carrier import carrier_of
from ._receipt import write_receipt

_ONCE_THERE = (UploadState.VERIFIED, UploadState.ACKNOWLEDGED)


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


def verify(
    workspace: Workspace,
    *,
    readback: float = 0.0,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> VerifySummary:
    """Ask the server again for everything that was ever queued for it, and correct the journal.

    Parameters
    ----------
    readback
        Share of the instances to compare byte for byte, in percent (0 to 100). A DICOMweb node is asked for each of
        them; an XNAT for its digest.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

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
    node = connect(workspace, Credentials.from_job(credentials))
    journal, name = workspace.ledger.uploads, node.settings.name
    series = journal.series(name)
    if not series:
        raise WorkspaceError("Nothing was uploaded from this workspace to its node yet. Upload first.")
    expected = present = fetched = different = unreadable = 0
    with carrier_of(node, workspace.folder) as carrier:
        units = carrier.units(series)
        progress.begin("Comparing with the node", total=len(units), unit=carrier.kind)
        for unit in units:
            items = [item for study, one in unit for item in journal.sent(name, study, one)]
            there = carrier.arrived(items)
            journal.note_digests(name, carrier.digests())
            journal.mark(name, there, UploadState.VERIFIED)
            journal.mark(
                name,
                [i.sop_uid for i in items if i.state in _ONCE_THERE and i.sop_uid not in there],
                UploadState.FAILED,
                message="The node does not list this instance any more. Upload again.",
            )
            expected += len(items)
            present += len(there)
            for item in items:
                if item.sop_uid not in there or random.uniform(0, 100) >= readback:
                    continue
                try:
                    different += not carrier.same_bytes(item)
                    fetched += 1
                except (OSError, NodeError):
                    unreadable += 1
                progress.check()
            progress.advance()
        write_receipt(workspace, carrier.service)
    return VerifySummary(
        expected=expected,
        present=present,
        missing=expected - present,
        read_back=fetched,
        different=different,
        unreadable=unreadable,
        seconds=round(time.monotonic() - began, 3),
    )
