"""What a node lists, unit by unit; and whether it is one unit that it cannot list, or the node that cannot be used."""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import UploadItem

from ._carrier import Carrier

_ENOUGH = 10
"""Units that cannot be listed after which the fault is the node's, if it listed none."""


class Unlisted(Exception):
    """A node fails to list one unit, though it answers otherwise; the text says how and what to do."""


class Listing:
    """Asks one node which instances it has. Safe for many threads."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._answered: deque[Sequence[UploadItem]] = deque(maxlen=2)  # of different studies
        self._failed = 0
        self._lock = Lock()

    def arrived(self, items: Sequence[UploadItem]) -> set[str]:
        """Return the SOP Instance UIDs, among the items of one unit, that the node shows to have.

        Raises
        ------
        Unlisted
            It does not answer for this unit.
        NodeError
            It does not answer for others either.
        """
        if not items:
            return set()
        try:
            found = self._carrier.arrived(items)
        except NodeError as error:
            self._ask_for_others(items, error)
            raise Unlisted(
                f"{error} It answers for others, so what it has of this series or study may be damaged. Ask its "
                "administrators to look at that, then upload again."
            ) from error
        with self._lock:
            if not self._answered or self._answered[-1][0].study_uid != items[0].study_uid:
                self._answered.append(items)
        return found

    def _ask_for_others(self, items: Sequence[UploadItem], error: NodeError) -> None:
        """Raise what is wrong with the node, if it fails on more than these."""
        self._carrier.service.check()
        with self._lock:
            others = [one for one in self._answered if one[0].study_uid != items[0].study_uid]
            self._failed += not self._answered
        if others:
            self._carrier.arrived(others[-1])
        elif self._failed >= _ENOUGH:
            raise error
