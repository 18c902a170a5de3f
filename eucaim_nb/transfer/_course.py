"""One unit on its way to a node: what is still missing there, and what is known of each instance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from eucaim_nb.ledger import UploadItem

Lane = list[list[UploadItem]]
"""Requests that are sent one after the other."""


@dataclass
class Course:
    """The items of one unit that the node has not shown to have.

    Attributes
    ----------
    items
        All of them, at the beginning.
    expected
        How many instances of the unit the node has when all of these are there.
    missing
        Those that are not verified yet, by SOP Instance UID.
    failures
        Why some of those will not be sent again in this run, by UID.
    acknowledged
        UIDs that the node said to have stored.
    replacing
        UIDs that the node listed, with other content, before they were sent.
    breakdowns
        How often something had gone wrong at the node before this began.
    round_number
        How often all that was missing has been sent.
    """

    items: Sequence[UploadItem]
    expected: int
    replacing: frozenset[str] = frozenset()
    breakdowns: int = 0
    missing: dict[str, UploadItem] = field(init=False)
    failures: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    round_number: int = 0
    _lanes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.missing = {item.sop_uid: item for item in self.items}

    @property
    def to_send(self) -> list[UploadItem]:
        """What is missing and may still be sent."""
        return [item for uid, item in self.missing.items() if uid not in self.failures]

    def begin(self, lanes: int) -> None:
        """Expect so many lanes to end."""
        self._lanes = lanes

    def last_lane_ended(self) -> bool:
        """Note that a lane ended; True if it was the last of its round."""
        with self._lock:
            self._lanes -= 1
            return self._lanes == 0

    def fail(self, items: Iterable[UploadItem], why: str) -> None:
        """Give up some items, unless there is another reason already."""
        for item in items:
            self.failures.setdefault(item.sop_uid, why)
