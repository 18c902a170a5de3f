"""The upload: ask what is there, send what is missing, believe the listing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workspace import Workspace

from ._carrier import Carrier, carrier_of
from ._flow import Flow
from ._gate import check_allowed
from ._link import Link
from ._plan import chosen_series, connections_of
from ._receipt import write_receipt
from ._sender import Sender
from ._source import DEIDENTIFIED, source_ids
from ._xnat import XnatCarrier


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """What became of the instances chosen for an upload.

    `queued` were chosen, of which the node showed `already_there` before anything was sent. `sent` left this computer
    in this run, `bytes` in all. The node shows `verified` at the end, not `failed`; of those it has `different` content
    under the same UID. `changed` are queued because their file is another one than the node took, `warnings` were
    stored with a warning, `read_back` were compared with the node's copy. `left_out` counts files that were not sent,
    by reason (see `Plan`), `conflicts` studies that an XNAT refused because it has their session with other content.
    `seconds` is wall-clock time.
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
    warnings: int
    different: int
    changed: int
    read_back: int


def upload(
    workspace: Workspace,
    *,
    source: str = DEIDENTIFIED,
    series: Sequence[Sequence[str]] | None = None,
    override: str | None = None,
    connections: int | None = None,
    max_mbit_per_s: float | None = None,
    failed_only: bool = False,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> UploadSummary:
    """Send instances to the workspace's node and verify each against what the node itself shows.

    Run again after any interruption, it sends only what the node does not show to have.

    Parameters
    ----------
    source
        `deidentified`, or a scanned folder.
    series
        `(study UID, series UID)` to send; None means all.
    override
        Reason why images may be sent that were not verified as de-identified; recorded.
    connections
        Requests, or at an XNAT studies, on their way at once; None for what the settings of the node say.
    max_mbit_per_s
        How fast all of them together may be; None for what the settings say, else as fast as the network is.
    failed_only
        Leave out series of which nothing failed in an earlier upload.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

    Raises
    ------
    Refused
        The images are not verified as de-identified and no reason was given.
    WorkspaceError, SettingsError
        The source was not scanned, there is nothing to send, or the node is not set up.
    NodeError
        The node is out of reach, refuses the account, or is full. What was verified until then stays so.
    """
    progress = progress or silent()
    began = time.monotonic()
    ids = source_ids(workspace, source)
    chosen = chosen_series(workspace, ids, series)
    node = connect(workspace, Credentials.from_job(credentials))
    name = node.settings.name
    journal = workspace.ledger.uploads
    failed = journal.failed_series(name)
    if failed_only:
        chosen = [pair for pair in chosen if pair in failed]
        if not chosen:
            raise WorkspaceError("Nothing failed in an earlier upload, so there is nothing to send again.")
    # What failed comes last: it may be what the node cannot even list.
    chosen.sort(key=failed.__contains__)
    connections = connections or connections_of(node)
    rate = max_mbit_per_s or node.settings.number("max_mbit_per_s", float("inf"))
    flow = Flow(progress, rate * 1e6 / 8)
    with carrier_of(node, workspace.folder) as carrier:
        check_allowed(workspace, source, override, ids, chosen)
        carrier.service.check(patient=True)
        journal.enqueue(name, ids, chosen)
        changed = journal.changed(name, ids)
        sender = Sender(Link(workspace, name, carrier, progress, flow, connections))
        units = carrier.units(chosen)
        try:
            sender.ask(units)
            sender.send(units)
            sender.confirm(units)
            summary = _conclude(workspace, sender, carrier, ids, changed, began)
        finally:
            write_receipt(workspace, carrier.service)
    return summary


def _conclude(
    workspace: Workspace, sender: Sender, carrier: Carrier, ids: Sequence[int], changed: int, began: float
) -> UploadSummary:
    counts = sender.counts
    summary = UploadSummary(
        queued=counts.queued,
        sent=len(counts.sent),
        verified=counts.verified,
        failed=counts.queued - counts.verified,
        already_there=counts.already_there,
        bytes=counts.bytes,
        left_out=workspace.ledger.uploads.left_out(ids),
        conflicts=len(carrier.conflicts) if isinstance(carrier, XnatCarrier) else 0,
        seconds=round(time.monotonic() - began, 3),
        warnings=len(counts.warned),
        different=counts.different,
        changed=changed,
        read_back=counts.read_back,
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
