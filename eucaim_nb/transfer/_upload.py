"""The upload: ask what is there, send what is missing, believe the listing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eucaim_nb.jobs import Progress, silent
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workspace import Workspace

from ._carrier import Carrier, carrier_of
from ._plan import chosen_series
from ._receipt import write_receipt
from ._sender import Sender
from ._source import DEIDENTIFIED, check_allowed, source_ids
from ._xnat import XnatCarrier


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """What became of the instances chosen for an upload.

    `queued` were chosen, of which `already_there` were listed by the node before anything was sent.
    `sent` left this computer in
    this run, `bytes` in all. `verified` are listed by the node at the end, `failed` are not. `left_out`
    counts files that were not
    sent, by reason (see `Plan`). `conflicts` counts studies that an XNAT refused because it has their session
    with other content. `seconds` is wall-clock time.
    """

    queued: int
    sent: int
    verified: int
    failed: int
    already_there: int
    bytes: int
    left_out: dict[str, int]
    conflicts: int
    seconds: float


def upload(
    workspace: Workspace,
    *,
    source: str = DEIDENTIFIED,
    series: Sequence[Sequence[str]] | None = None,
    override: str | None = None,
    connections: int = 1,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> UploadSummary:
    """Send instances to the workspace's node and verify each against the node's own listing.

    Run again after any interruption, it sends only what the node does not list.

    Parameters
    ----------
    source
        `deidentified`, or a scanned folder.
    series
        `(study UID, series UID)` to send; None means all.
    override
        Reason why images may be sent that were not verified as de-identified; recorded.
    connections
        Series, or at an XNAT studies, on their way at once.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

    Raises
    ------
    Refused
        The images are not verified as de-identified and no reason was given.
    WorkspaceError, SettingsError
        The source was not scanned, or the node is not set up.
    NodeError
        The node is out of reach, refuses the account, or is full. What was verified until then stays so.
    """
    progress = progress or silent()
    began = time.monotonic()
    ids = source_ids(workspace, source)
    chosen = chosen_series(workspace, ids, series)
    node = connect(workspace, Credentials.from_job(credentials))
    name = node.settings.name
    with carrier_of(node, workspace.folder) as carrier:
        check_allowed(workspace, source, override, ids, chosen)
        carrier.service.check(patient=True)
        workspace.ledger.uploads.enqueue(name, ids, chosen)
        sender = Sender(workspace, name, carrier, progress)
        units = carrier.units(chosen)
        try:
            sender.ask(units)
            sender.send(units, connections)
            summary = _conclude(workspace, sender, carrier, ids, began)
        finally:
            write_receipt(workspace, carrier.service)
    return summary


def _conclude(
    workspace: Workspace, sender: Sender, carrier: Carrier, ids: Sequence[int], began: float
) -> UploadSummary:
    summary = UploadSummary(
        queued=sender.queued,
        sent=sender.sent,
        verified=sender.verified,
        failed=sender.queued - sender.verified,
        already_there=sender.already_there,
        bytes=sender.bytes,
        left_out=workspace.ledger.uploads.left_out(ids),
        conflicts=len(carrier.conflicts) if isinstance(carrier, XnatCarrier) else 0,
        seconds=round(time.monotonic() - began, 3),
    )
    workspace.ledger.events.record(
        "upload",
        node=workspace.settings.node,
        queued=summary.queued,
        verified=summary.verified,
        failed=summary.failed,
        bytes=summary.bytes,
    )
    return summary
