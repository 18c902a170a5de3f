"""What every part of an upload works with: the way to the node, the journal, and the counts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from eucaim_nb.errors import NodeError
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import Mark, UploadItem, UploadState
from eucaim_nb.workspace import Workspace

from ._carrier import Carrier, ListsNames, Unit, place
from ._crew import Errand, do_all
from ._flow import Flow
from ._journal import Journal
from ._listing import Listing
from ._proof import Likeness, likeness


@dataclass
class Counts:
    """What happened in one upload.

    Attributes
    ----------
    queued, already_there, verified
        Instances asked for, shown by the node before sending, shown by the node now.
    set_aside
        Instances that are not sent because of what the node has; of them, it has other content of `different`.
    sent, bytes
        UIDs of instances that left this computer, however often, and their bytes.
    read_back
        Instances that were compared with what the node has.
    warned
        UIDs of instances that the node stored with a warning.
    """

    queued: int = 0
    already_there: int = 0
    set_aside: int = 0
    different: int = 0
    verified: int = 0
    read_back: int = 0
    bytes: int = 0
    sent: set[str] = field(default_factory=set)
    warned: set[str] = field(default_factory=set)


class Link:
    """One upload's link to one node. Safe for many threads.

    Attributes
    ----------
    names_only
        The carrier, if its listing tells names only; else None.
    counting
        Held while `counts` or the progress change.
    breakdowns
        How often something was seen to go wrong at the node.
    """

    def __init__(
        self, workspace: Workspace, node: str, carrier: Carrier, progress: Progress, flow: Flow, connections: int
    ) -> None:
        self._folder = workspace.folder
        self._uploads = workspace.ledger.uploads
        self._node = node
        self.journal = Journal(self._uploads, node)
        self.carrier = carrier
        self._listing = Listing(carrier)
        self.names_only = carrier if isinstance(carrier, ListsNames) else None
        self.service = carrier.service
        self.progress = progress
        self.flow = flow
        self.connections = connections
        self.counting = Lock()
        self.counts = Counts()
        self.breakdowns = 0

    def do(self, errands: Iterator[Errand]) -> None:
        """Do errands on all connections, and leave the journal true however they end."""
        try:
            do_all(errands, self.connections, self.progress)
        except BaseException as error:
            if isinstance(error, NodeError):
                self.doubt()
            self.journal.write()
            self._uploads.release(self._node)
            raise
        self.journal.write()

    def items(self, unit: Unit) -> list[UploadItem]:
        """Return the rows of a unit, as the journal was last written."""
        return [item for study, series in unit for item in self._uploads.items(self._node, study, series)]

    def known_series(self) -> frozenset[tuple[str, str]]:
        """Return `(study UID, series UID)` of everything that is in the journal."""
        return frozenset(self._uploads.series(self._node))

    def listed(self, items: Sequence[UploadItem]) -> set[str]:
        """Ask the node which of the items of one unit it has.

        Raises
        ------
        Unlisted
            It fails on this unit.
        NodeError
            It cannot be used.
        """
        listed = self._listing.arrived(items)
        self._uploads.note_digests(self._node, self.carrier.digests())
        return listed

    def compare(self, item: UploadItem) -> Likeness:
        """Compare an instance that the node lists with the file here."""
        self.progress.check()
        like = likeness(self.carrier, item)
        if like in (Likeness.BROKEN, Likeness.UNKNOWN):
            self.service.check()
        with self.counting:
            self.counts.read_back += like in (Likeness.SAME, Likeness.OTHER)
        return like

    def doubt(self) -> None:
        """Note that something goes wrong at the node: what it took lately must be read back."""
        if self.names_only is not None:
            with self.counting:
                self.breakdowns += 1
            self.journal.doubt()

    def is_unchanged(self, item: UploadItem) -> bool:
        """Tell whether a file is still what was indexed."""
        return place(self._folder, item).unchanged_since(item.mtime_ns, item.size)

    def mark(
        self, items: Iterable[UploadItem], state: UploadState, *, message: str = "", attempt: bool = False
    ) -> None:
        """Note the same step of several items."""
        self.journal.note([Mark(i.sop_uid, state, message=message, attempt=attempt) for i in items])

    def count_sent(self, items: Collection[UploadItem]) -> None:
        """Count what left this computer."""
        with self.counting:
            self.counts.sent.update(i.sop_uid for i in items)
            self.counts.bytes += sum(i.size for i in items)

    def rest(self, seconds: float) -> None:
        """Do nothing for a while, unless someone wants to stop."""
        if seconds > 0:
            self.progress.stop.wait(seconds)
        self.progress.check()
