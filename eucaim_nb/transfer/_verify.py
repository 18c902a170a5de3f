"""Compare what the journal says was sent with what the server lists, and on request with the bytes it gives back."""

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import Mark, UploadItem, UploadState
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workspace import Workspace

from ._carrier import ListsNames, carrier_of
from ._listing import Listing, Unlisted
from ._proof import DAMAGED, DIFFERENT, Likeness, likeness, verified
from ._receipt import write_receipt

_BAD = {Likeness.OTHER: DIFFERENT, Likeness.BROKEN: DAMAGED}
_ONCE_THERE = (UploadState.VERIFIED, UploadState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class VerifySummary:
    """`expected` instances of the journal, of which the server lists `present` and not `missing`, which may be because
    it fails to list their series.

    `read_back` were fetched, of which `different` do not have the bytes of the file here; `unreadable` could not
    be compared, because the file here or the instance there cannot be read. Content is the same when the bytes are, or
    where the server writes files anew the data set. `seconds` is wall-clock time.
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
        Share of the instances whose content to compare, in percent (0 to 100). A DICOMweb node is asked for each of
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
    expected = present = 0
    found: Counter[Likeness] = Counter()
    with carrier_of(node, workspace.folder) as carrier:
        shows_content = not isinstance(carrier, ListsNames)
        listing, units = Listing(carrier), carrier.units(series)
        progress.begin("Comparing with the node", total=len(units), unit=carrier.kind)
        for unit in units:
            items = [item for study, one in unit for item in journal.sent(name, study, one)]
            expected += len(items)
            try:
                there = listing.arrived(items)
            except Unlisted as why:
                once = [item.sop_uid for item in items if item.state in _ONCE_THERE]
                journal.mark(name, once, UploadState.FAILED, message=str(why))
                progress.advance()
                continue
            journal.note_digests(name, carrier.digests())
            steps = [_step(item, item.sop_uid in there, shows_content) for item in items]
            present += len(there)
            for item in items:
                if item.sop_uid not in there or random.uniform(0, 100) >= readback:
                    continue
                like = likeness(carrier, item)
                found[like] += 1
                if like is Likeness.SAME and item.mtime_ns >= 0:
                    steps.append(verified(item, "read back"))
                elif like in _BAD:
                    steps.append(Mark(item.sop_uid, UploadState.FAILED, message=_BAD[like]))
                progress.check()
            journal.note(name, [step for step in steps if step is not None])
            progress.advance()
        write_receipt(workspace, carrier.service)
    return VerifySummary(
        expected=expected,
        present=present,
        missing=expected - present,
        read_back=found[Likeness.SAME] + found[Likeness.OTHER],
        different=found[Likeness.OTHER],
        unreadable=found[Likeness.BROKEN] + found[Likeness.UNKNOWN],
        seconds=round(time.monotonic() - began, 3),
    )


def _step(item: UploadItem, there: bool, shows_content: bool) -> Mark | None:
    """Return what a listing says of an instance; None if that changes nothing."""
    if there and (shows_content or item.state in _ONCE_THERE):
        return Mark(item.sop_uid, UploadState.VERIFIED)
    if not there and item.state in _ONCE_THERE:
        gone = "The node does not list this instance any more. Upload again."
        return Mark(item.sop_uid, UploadState.FAILED, message=gone)
    return None
