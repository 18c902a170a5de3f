"""What an upload would do, without doing it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import Credentials, Images, Node, Xnat, connect
from eucaim_nb.workspace import Workspace

from ._carrier import carrier_of
from ._labelling import Collision, Label, labelling
from ._listing import Listing, Unlisted
from ._source import DEIDENTIFIED, source_ids

_WORTH_A_REQUEST, _INSTANCES_WORTH_A_REQUEST = 4 * 10**6, 10
"""Bytes and instances below which a request is not divided to keep all connections busy."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts of a dry run: instances chosen, there already, to be sent; bytes and requests to send them. `not_listed`
    will not be sent because the node fails to list their series.

    `left_out` counts files that are not sent: `held_back` because they are not as they should be,
    `duplicates` because another
    file has the same SOP Instance UID. At an XNAT, `labels` are those of each study, and `collisions` what would be
    one there without them.
    """

    queued: int
    already_there: int
    not_listed: int
    to_send: int
    bytes: int
    requests: int
    left_out: dict[str, int]
    node: str
    address: str
    labels: list[Label]
    collisions: list[Collision]


def plan(
    workspace: Workspace,
    *,
    source: str = DEIDENTIFIED,
    series: Sequence[tuple[str, str]] | None = None,
    credentials: Credentials | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Say what `upload` would send where. Only asks the node; nothing leaves this computer.

    Raises
    ------
    WorkspaceError, SettingsError, NodeError
        The source was not scanned, the node is not set up, or it cannot be reached.
    """
    progress = progress or silent()
    ids = source_ids(workspace, source)
    uploads = workspace.ledger.uploads
    chosen = chosen_series(workspace, ids, series)
    queued = there = not_listed = size = requests = 0
    studies: list[list[UploadItem]] = []
    node = connect(workspace, credentials)
    with carrier_of(node, workspace.folder) as carrier:
        service = carrier.service
        at_once = connections_of(node) if carrier.side_by_side else 1
        listing, units = Listing(carrier), carrier.units(chosen)
        progress.begin("Asking the node what it has", total=len(units), unit=carrier.kind)
        for unit in units:
            items = [item for study, one in unit for item in uploads.candidates(ids, study, one)]
            queued += len(items)
            progress.advance()
            try:
                arrived = listing.arrived(items)
            except Unlisted:
                not_listed += len(items)
                continue
            if items and isinstance(service, Xnat):
                studies.append(items)
            missing = [item for item in items if item.sop_uid not in arrived]
            there += len(items) - len(missing)
            size += sum(item.size for item in missing)
            requests += sum(1 for _ in batches(missing, service, at_once))
    named = labelling(studies)
    return Plan(
        queued=queued,
        already_there=there,
        not_listed=not_listed,
        to_send=queued - there - not_listed,
        bytes=size,
        requests=requests,
        left_out=uploads.left_out(ids),
        node=service.title,
        address=service.url,
        labels=named.labels,
        collisions=named.collisions,
    )


def connections_of(node: Node) -> int:
    """Return how many requests may be under way at once, by the settings of a node.

    Raises
    ------
    SettingsError
        It is no number above zero.
    """
    return max(1, int(node.settings.number("connections", 1)))


def chosen_series(
    workspace: Workspace, ids: Sequence[int], series: Sequence[Sequence[str]] | None
) -> list[tuple[str, str]]:
    """Return the `(study UID, series UID)` to send: all that may be sent, or those of them that were
    asked for.

    Raises
    ------
    WorkspaceError
        There is nothing to send.
    """
    found = workspace.ledger.uploads.candidate_series(ids)
    if series is not None:
        wanted = {(study, one) for study, one in series}
        found = [pair for pair in found if pair in wanted]
    if not found:
        raise WorkspaceError(
            "There is nothing to upload: no usable instance was found among what was chosen. Scan, or "
            "choose series."
        )
    return found


class _Sized(Protocol):
    @property
    def size(self) -> int: ...


_Instance = TypeVar("_Instance", bound=_Sized)


def batches(items: Sequence[_Instance], service: Images, at_once: int = 1) -> Iterator[list[_Instance]]:
    """Cut a list of instances into requests that the node takes: bounded in bytes and in number.

    Parameters
    ----------
    at_once
        Requests that may travel side by side: a list worth dividing is cut into a few for each.
    """
    enough_bytes = enough_instances = float("inf")
    if at_once > 1:
        shares = 2 * at_once  # so that the last ones end together
        enough_bytes = max(sum(item.size for item in items) / shares, _WORTH_A_REQUEST)
        enough_instances = max(len(items) / shares, _INSTANCES_WORTH_A_REQUEST)
    batch: list[_Instance] = []
    size = 0
    for item in items:
        full = size + item.size > service.max_batch_bytes or len(batch) >= service.max_batch_instances
        if batch and (full or size >= enough_bytes or len(batch) >= enough_instances):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch
