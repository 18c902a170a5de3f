"""What differs between the ways to a node: what travels together, how it is sent, how the node shows it arrived."""

import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, runtime_checkable

from eucaim_nb.dicom import Place
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import DicomWeb, Images, Node, Xnat

from ._flow import Flow

Unit = tuple[tuple[str, str], ...]
"""Series, as `(study UID, series UID)`, that are asked for, sent and confirmed together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. UIDs in neither group are unknown: only its listing tells whether they were stored.

    `refused` has the reason in a sentence. `sent` tells whether the instances left this computer for it. `warnings` are
    in words, of some that were stored. `full` says that the server is out of space.
    """

    status: int
    stored: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    sent: bool = True
    warnings: Mapping[str, str] = field(default_factory=dict)
    full: bool = False


class Renamed(NamedTuple):
    """What a server made of instances: `found` has where it lists them, as study/series/instance UIDs, by our UID.

    `suspected` says that it lists instances under other UIDs in their place.
    """

    found: Mapping[str, str]
    suspected: bool


class Carrier(Protocol):
    """One way to one node.

    Attributes
    ----------
    kind
        What one unit is, in the plural: "series", "studies".
    side_by_side
        Whether several requests of one unit may be under way at once.
    """

    kind: str
    side_by_side: bool

    @property
    def service(self) -> Images:
        """The service of the node, for its name and limits."""

    def units(self, chosen: Sequence[tuple[str, str]]) -> list[Unit]:
        """Put the chosen series into units, in the order in which they were chosen."""

    def arrived(self, items: Sequence[UploadItem]) -> set[str]:
        """Return the SOP Instance UIDs, among the items of one unit, that the node itself shows to have.

        Raises
        ------
        NodeError
            The node does not answer.
        """

    def store(self, items: Sequence[UploadItem], flow: Flow, /) -> Answer:
        """Send items of one unit in one request; `flow` is told of the bytes, and what it raises ends it.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        FileChanged, OSError
            A file could not be read as it was indexed.
        """

    def same_bytes(self, item: UploadItem) -> bool:
        """Tell whether the node has the content of the file here; asked of items that have arrived.

        Raises
        ------
        NodeError, OSError
            One of the two cannot be read.
        """

    def digests(self) -> Mapping[str, str]:
        """Return the MD5 digests by SOP Instance UID that became known since the last call."""


@runtime_checkable
class ListsNames(Protocol):
    """A carrier to a node whose listing tells names only: that an instance arrived does not tell its content."""

    def count(self, items: Sequence[UploadItem]) -> int | None:
        """Return how many instances the node counts in the unit of some items, listed or not; None if it does not."""

    def renamed(
        self, items: Sequence[UploadItem], ours: frozenset[str], known: frozenset[tuple[str, str]]
    ) -> Renamed:
        """Look for what the server made of items of one unit that it answered for but does not list.

        Parameters
        ----------
        ours
            UIDs of all items of the unit.
        known
            `(study UID, series UID)` of everything in the journal.
        """


@contextmanager
def carrier_of(node: Node, folder: Path) -> Iterator[Carrier]:
    """Give the way to a node, and sign out at the end; `folder` is that of the workspace."""
    from ._stow import StowCarrier
    from ._wire import Wire
    from ._xnat import XnatCarrier

    service = node.images()
    assert isinstance(service, DicomWeb | Xnat)
    with closing(service):
        if isinstance(service, Xnat):
            yield XnatCarrier(service, folder)
        else:
            with closing(Wire(service.session, service.url, service.timeout)) as wire:
                yield StowCarrier(service, folder, wire)


def place(folder: Path, item: UploadItem) -> Place:
    """Return where the bytes of an item are."""
    return Place.of(folder, item.root, item.folder, item.name, item.member)


def opened(folder: Path, item: UploadItem) -> BinaryIO:
    """Open the bytes of an item, seekable.

    Raises
    ------
    OSError
        They cannot be read, or the archive they are in changed.
    """
    try:
        return place(folder, item).open()
    except (zipfile.BadZipFile, KeyError) as error:
        raise OSError from error


class _Answering(Protocol):
    @property
    def headers(self) -> Any:
        """The headers of an answer."""


def retry_after(answer: _Answering) -> float | None:
    """Return after how many seconds a node wants to be asked again (RFC 9110 section 10.2.3), if it says so."""
    text = str(answer.headers.get("Retry-After") or "").strip()
    if text.isdigit():
        return float(text)
    then = _moment(text)
    if then is None:
        return None
    # Clocks of hospitals are not to be trusted: the node's own tells how far away its date is.
    now = _moment(str(answer.headers.get("Date") or "")) or time.time()
    return max(0.0, then - now)


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None
