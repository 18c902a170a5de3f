"""Clinical data on their way: several tries, doubtful answers asked about, nothing verified but by reading it back."""

from collections.abc import Callable, Collection, Sequence

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import ClinicalUploads, UploadState
from eucaim_nb.nodes import BUSY

from .._carrier import Answer
from .._patience import asked_for, pause
from ._items import Item
from ._way import Way

_ROUNDS = 2
_ATTEMPTS = 5
_GIVE_UP = frozenset({403, 404, 507})
_TOO_LARGE, _UNAUTHORISED = 413, 401


class Sender:
    """Brings pieces to a node.

    Attributes
    ----------
    sent
        Pieces that left this computer in this run, however often.
    already_there, bytes
        Pieces that the node had before; bytes that left.
    """

    def __init__(self, journal: ClinicalUploads, node: str, way: Way, progress: Progress) -> None:
        self._journal, self._node, self._way, self._progress = journal, node, way, progress
        self._failures: dict[Item, str] = {}
        self.sent: set[Item] = set()
        self.already_there = self.bytes = 0

    def run(self, items: Sequence[Item]) -> None:
        """Send what the node does not have, and note of each piece what became of it.

        Raises
        ------
        NodeError
            The node cannot go on.
        """
        self._journal.enqueue(self._node, ((*one.piece, one.digest, len(one.content)) for one in items))
        try:
            self._send(items)
        finally:
            self._journal.release(self._node)

    def _send(self, items: Sequence[Item]) -> None:
        self._progress.begin("Asking the node what it has", total=len(items), unit="pieces")
        there = self._confirm(items, self._progress.advance)
        self.already_there = len(there)
        missing = [item for item in items if item not in there]
        # The node may have given it back once, and not any more.
        self._mark(missing, UploadState.QUEUED)
        self._progress.begin("Sending", total=len(items), unit="pieces", done=len(there))
        for round_number in range(_ROUNDS):
            tried = [item for item in missing if item not in self._failures]
            for batch in self._way.batches(tried):
                self._send_batch(batch)
                if round_number == 0:
                    self._progress.advance(len(batch))
            arrived = self._confirm(missing) if tried else set()
            missing = [item for item in missing if item not in arrived]
        for item in missing:
            why = self._failures.get(item, "The node answered, but does not give it back as it was sent.")
            self._mark([item], UploadState.FAILED, message=why)

    def _send_batch(self, items: list[Item]) -> None:
        """Send one request's worth, until the node has said something about it or it is cut in two."""
        renewed = False
        for attempt in range(_ATTEMPTS):
            self._progress.check()
            self._mark(items, UploadState.SENDING, attempt=True)
            answer = self._ask(items)
            if answer is not None and answer.status == _UNAUTHORISED and not renewed:
                renewed = self._way.service.renew()
                if renewed:
                    continue
            if answer is not None and answer.status not in BUSY:
                self._take(answer, items)
                return
            self._wait(attempt, answer)
            # It may have been stored before the connection broke: ask before sending twice.
            items = self._still_missing(items)
            if not items:
                return
        self._way.service.check()
        self._divide(items, "The node failed on it each time, though it answers otherwise.")

    def _ask(self, items: Sequence[Item]) -> Answer | None:
        try:
            return self._way.send(items)
        except requests.RequestException:
            return None

    def _take(self, answer: Answer, items: list[Item]) -> None:
        """Note what the node said of each piece."""
        service = self._way.service
        if answer.status in _GIVE_UP or answer.status == _UNAUTHORISED:
            self._mark(items, UploadState.QUEUED, status=answer.status)
            raise service.refusal(answer.status)
        if answer.status == _TOO_LARGE:
            self._divide(items, "It is larger than the node accepts in one request.")
        elif answer.status >= 300:
            # One bad piece makes a node refuse the whole request without naming it.
            self._divide(items, str(service.refusal(answer.status)))
        else:
            self._count(items)
            self._mark(items, UploadState.ACKNOWLEDGED, status=answer.status)
            for item in items:
                if item.name in answer.refused:
                    self._failures[item] = answer.refused[item.name]

    def _divide(self, items: list[Item], why: str) -> None:
        """Send two halves instead, or note why a single piece cannot be sent."""
        if len(items) == 1:
            self._failures[items[0]] = why
            return
        half = len(items) // 2
        self._send_batch(items[:half])
        self._send_batch(items[half:])

    def _still_missing(self, items: list[Item]) -> list[Item]:
        try:
            there = self._confirm(items)
        except NodeError:
            return items
        self._count(there)
        return [item for item in items if item not in there]

    def _confirm(self, items: Collection[Item], watch: Callable[[], None] | None = None) -> set[Item]:
        """Mark as verified what the node gives back the same, and return it."""
        there = self._way.held(items, watch or self._progress.check)
        self._mark(there, UploadState.VERIFIED)
        return there

    def _count(self, items: Collection[Item]) -> None:
        self.sent.update(items)
        self.bytes += sum(len(item.content) for item in items)

    def _wait(self, attempt: int, answer: Answer | None) -> None:
        asked = asked_for(None if answer is None else answer.retry_after)
        self._progress.stop.wait(max(pause(attempt), asked))
        self._progress.check()

    def _mark(
        self,
        items: Collection[Item],
        state: UploadState,
        *,
        status: int | None = None,
        message: str = "",
        attempt: bool = False,
    ) -> None:
        if items:
            pieces = [item.piece for item in items]
            self._journal.mark(self._node, pieces, state, status=status, message=message, attempt=attempt)
