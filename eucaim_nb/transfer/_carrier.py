"""What differs between the ways to a node: what travels together, how it is sent, how the node shows it arrived."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import requests

from eucaim_nb.dicom import Place
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import DicomWeb, Images, Node, Xnat

Unit = tuple[tuple[str, str], ...]
"""Series, as `(study UID, series UID)`, that are asked for, sent and confirmed together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said. UIDs in neither group are unknown: only its listing tells whether they were stored.

    `sent` tells whether the instances left this computer for it.
    """

    status: int
    stored: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    sent: bool = True


class Carrier(Protocol):
    """One way to one node.

    Attributes
    ----------
    kind
        What one unit is, in the plural: "series", "studies".
    """

    kind: str

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

    def store(self, items: Sequence[UploadItem], watch: Callable[[], None]) -> Answer:
        """Send items of one unit in one request; `watch` is called while bytes flow, and what it raises ends it.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        FileChanged, OSError
            A file could not be read as it was indexed.
        """

    def same_bytes(self, item: UploadItem) -> bool:
        """Tell whether the node has exactly the bytes of the file here; asked of items that have arrived.

        Raises
        ------
        NodeError, OSError
            One of the two cannot be read.
        """

    def digests(self) -> Mapping[str, str]:
        """Return the MD5 digests by SOP Instance UID that became known since the last call."""


@contextmanager
def carrier_of(node: Node, folder: Path) -> Iterator[Carrier]:
    """Give the way to a node, and sign out at the end; `folder` is that of the workspace."""
    from ._stow import StowCarrier
    from ._xnat import XnatCarrier

    service = node.images()
    assert isinstance(service, DicomWeb | Xnat)
    try:
        yield StowCarrier(service, folder) if isinstance(service, DicomWeb) else XnatCarrier(service, folder)
    finally:
        service.close()


def place(folder: Path, item: UploadItem) -> Place:
    """Return where the bytes of an item are."""
    return Place.of(folder, item.root, item.folder, item.name, item.member)


def retry_after(response: requests.Response) -> float | None:
    """Return after how many seconds a node wants to be asked again; None if it does not say."""
    text = response.headers.get("Retry-After", "").strip()
    # The form with a date is rare and clocks of hospitals are not to be trusted: back off as usual then.
    return float(text) if text.isdigit() else None
