"""The verb: ask what is there, send what is missing, believe what is read back."""

import contextlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadState
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workspace import Workspace

from ._gate import Against, check_allowed, concerns_of, not_pseudonyms, ready, without_row
from ._receipt import write_receipt
from ._sender import Sender
from ._way import way_to


@dataclass(frozen=True, slots=True)
class ClinicalPlan:
    """What `send` would do: pieces chosen, there already, to send; subjects among them, and those of them that are not
    known to be pseudonyms; patients with images and without a row.
    """

    queued: int
    already_there: int
    to_send: int
    subjects: int
    not_pseudonyms: int
    without_row: int
    node: str
    address: str


@dataclass(frozen=True, slots=True)
class ClinicalSummary:
    """What became of the prepared clinical data.

    A piece is the form of a subject, its rows or its variables, or a file of the project. Of `queued` pieces,
    `already_there` were given back the same before anything was sent. `sent` left this computer in this run, `bytes` in
    all. `verified` are given back the same at the end, `failed` are not. `problems` counts pieces by why they failed,
    and names nobody. `seconds` is wall-clock time.
    """

    queued: int
    sent: int
    verified: int
    failed: int
    already_there: int
    subjects: int
    bytes: int
    problems: dict[str, int]
    seconds: float


def plan(workspace: Workspace, *, credentials: Credentials | None = None) -> ClinicalPlan:
    """Say what `send` would send where. Only asks the node; nothing leaves this computer.

    Raises
    ------
    WorkspaceError, SettingsError, NodeError
        Nothing is ready to be sent, the node is not set up, or it cannot be reached.
    """
    made = ready(workspace)
    way = way_to(connect(workspace, credentials))
    with contextlib.closing(way.service):
        items = way.items(made)
        there = way.held(items, lambda: None)
    return ClinicalPlan(
        len(items),
        len(there),
        len(items) - len(there),
        len(made.subjects),
        len(not_pseudonyms(workspace, made)),
        len(without_row(workspace, made)),
        way.service.title,
        way.service.url,
    )


def send(
    workspace: Workspace,
    *,
    override: str | None = None,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ClinicalSummary:
    """Send the prepared clinical data to the workspace's node, and verify each piece by what the node gives back.

    Run again after any interruption, it sends only what the node does not give back the same.

    Parameters
    ----------
    override
        Reason why the data may be sent in spite of what `concerns` tells; recorded.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

    Raises
    ------
    Refused
        Subjects are not known to be pseudonyms, or patients with images have no row where the node wants one, and no
        reason was given.
    WorkspaceError, SettingsError
        Nothing is ready to be sent, or the node is not set up.
    NodeError
        The node is out of reach, refuses the account, or is full. What was verified until then stays so.
    """
    progress, began = progress or silent(), time.monotonic()
    made = ready(workspace)
    against = concerns_of(workspace, made)
    identifying = any(one.against is Against.NO_PSEUDONYMS for one in against)
    node = connect(workspace, Credentials.from_job(credentials))
    way = way_to(node)
    with contextlib.closing(way.service):
        items = way.items(made)
        check_allowed(workspace, against, override)
        way.service.check(patient=True)
        sender = Sender(workspace.ledger.clinical_uploads, node.settings.name, way, progress)
        try:
            sender.run(items)
        finally:
            write_receipt(workspace, way.service, identifying=identifying)
    records = workspace.ledger.clinical_uploads.records(node.settings.name)
    # What a node says of a piece, after the colon, may quote from it.
    reasons = Counter(one.message.partition(":")[0] for one in records if one.state is UploadState.FAILED)
    verified = sum(one.state is UploadState.VERIFIED for one in records)
    done = ClinicalSummary(
        queued=len(items),
        sent=len(sender.sent),
        verified=verified,
        failed=len(items) - verified,
        already_there=sender.already_there,
        subjects=len(made.subjects),
        bytes=sender.bytes,
        problems=dict(reasons),
        seconds=round(time.monotonic() - began, 3),
    )
    workspace.ledger.events.record(
        "clinical upload", node=node.settings.name, queued=done.queued, verified=done.verified, failed=done.failed
    )
    return done
