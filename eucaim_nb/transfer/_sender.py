"""The sender: unit after unit to the node, retried with care, and the journal kept true at every step."""

import random
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import UploadItem, UploadState
from eucaim_nb.nodes import BUSY
from eucaim_nb.workspace import Workspace

from ._body import FileChanged
from ._carrier import Answer, Carrier, Unit, place
from ._plan import batches

_ATTEMPTS = 6
"""How often one request is tried before the node itself is asked how it is."""
_ROUNDS = 3
"""How often an instance is sent that the node answered for but does not list."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0

_GIVE_UP = frozenset({401, 403, 404, 507})
_UNAUTHORISED = 401
_TOO_LARGE = 413
_CHANGED = "The file changed or can no longer be read. Scan again."


class Sender:
    """Sends to one node and counts what happens.

    Attributes
    ----------
    queued, already_there, verified
        Instances asked for, listed by the node before sending, listed by the node now.
    sent, bytes
        Instances that left this computer in this run, and their bytes.
    """

    def __init__(self, workspace: Workspace, node: str, carrier: Carrier, progress: Progress) -> None:
        self._folder = workspace.folder
        self._journal = workspace.ledger.uploads
        self._node = node
        self._carrier = carrier
        self._service = carrier.service
        self._progress = progress
        self._counting = Lock()
        self._sent: set[str] = set()
        self.queued = self.already_there = self.verified = self.bytes = 0

    @property
    def sent(self) -> int:
        """Instances that left this computer in this run, however often."""
        return len(self._sent)

    def ask(self, units: Sequence[Unit]) -> None:
        """Mark verified what the node shows already; queue again what it once showed but does not any more."""
        self._progress.begin("Asking the node what it has", total=len(units), unit=self._carrier.kind)
        for unit in units:
            items = self._items(unit)
            there = self._confirm(items)
            lost = [i for i in items if i.state is UploadState.VERIFIED and i.sop_uid not in there]
            self._mark(
                lost,
                UploadState.QUEUED,
                message="The node listed this instance before, but does not any more.",
            )
            self.queued += len(items)
            self.already_there += len(there)
            self._progress.advance()

    def send(self, units: Sequence[Unit], connections: int = 1) -> None:
        """Send what the node does not have. Ends with a `NodeError` as soon as the node cannot go on."""
        self._progress.begin("Sending", total=self.queued, unit="instances", done=self.already_there)
        self.verified = self.already_there
        with ThreadPoolExecutor(max(1, connections), thread_name_prefix="send") as threads:
            under_way = [threads.submit(self._send_unit, unit) for unit in units]
            try:
                for future in as_completed(under_way):
                    future.result()
            except BaseException:
                self._progress.stop.set()  # the other threads end at their next safe point too
                threads.shutdown(wait=True, cancel_futures=True)
                self._journal.release(self._node)
                raise

    def _items(self, unit: Unit) -> list[UploadItem]:
        return [item for study, series in unit for item in self._journal.items(self._node, study, series)]

    def _send_unit(self, unit: Unit) -> None:
        missing = [i for i in self._items(unit) if i.state is not UploadState.VERIFIED]
        failures: dict[str, str] = {}
        for round_number in range(_ROUNDS):
            tried = [i for i in missing if i.sop_uid not in failures]
            if not tried:
                break
            for batch in batches(tried, self._service):
                self._send_batch(batch, failures)
                if round_number == 0:
                    with self._counting:
                        self._progress.advance(len(batch))
            arrived = self._confirm(missing)
            with self._counting:
                self.verified += len(arrived)
            missing = [i for i in missing if i.sop_uid not in arrived]
        for item in missing:
            why = failures.get(item.sop_uid, "The node answered for this instance but does not list it.")
            self._mark([item], UploadState.FAILED, message=why)

    def _send_batch(self, items: list[UploadItem], failures: dict[str, str]) -> None:
        """Send one request's worth, until the node has said something about it or it is cut in two."""
        renewed = False
        for attempt in range(_ATTEMPTS):
            self._progress.check()
            self._mark(items, UploadState.SENDING, attempt=True)
            items = self._unchanged(items, failures)
            if not items:
                return
            try:
                answer = self._carrier.store(items, self._progress.check)
            except requests.RequestException:
                answer = None
            except FileChanged:
                self._divide(items, failures, _CHANGED)
                return
            if answer is not None and answer.status == _UNAUTHORISED and not renewed:
                renewed = self._service.renew()  # a token may end while bytes flow
                if renewed:
                    continue
            if answer is not None and answer.status not in BUSY:
                self._take(answer, items, failures)
                return
            self._wait(attempt, answer)
            # The request may have been stored before the connection broke: ask before sending twice.
            items = self._still_missing(items)
            if not items:
                return
        self._service.check()
        self._divide(
            items, failures, "The node failed on this instance each time, though it answers otherwise."
        )

    def _unchanged(self, items: list[UploadItem], failures: dict[str, str]) -> list[UploadItem]:
        """Return the items whose files are still what was indexed; note the others."""
        kept = []
        for item in items:
            if place(self._folder, item).unchanged_since(item.mtime_ns, item.size):
                kept.append(item)
            else:
                failures[item.sop_uid] = _CHANGED
        return kept

    def _take(self, answer: Answer, items: list[UploadItem], failures: dict[str, str]) -> None:
        """Note what the node said of each instance."""
        if answer.status in _GIVE_UP:
            self._mark(items, UploadState.QUEUED, status=answer.status)
            raise NodeError(self._service.refusal(answer.status))
        if answer.status == _TOO_LARGE:
            self._divide(items, failures, "The instance is larger than the node accepts in one request.")
            return
        if answer.sent:
            self._count(items)
        stored = [i for i in items if i.sop_uid in answer.stored]
        self._mark(stored, UploadState.ACKNOWLEDGED, status=answer.status)
        for item in items:
            if item.sop_uid in answer.refused:
                why = answer.refused[item.sop_uid]
                failures[item.sop_uid] = f"{self._service.title} did not store it: {why}."
        if any("(code A7" in why for why in answer.refused.values()):
            raise NodeError(self._service.refusal(507))
        if answer.status >= 300 and not answer.stored and not answer.refused and len(items) > 1:
            # One bad part makes some nodes refuse the whole request without naming it.
            self._divide(items, failures, "")
        elif answer.status >= 300 and len(items) == 1:
            failures.setdefault(items[0].sop_uid, self._service.refusal(answer.status))

    def _divide(self, items: list[UploadItem], failures: dict[str, str], why: str) -> None:
        """Send two halves instead, or note why a single instance cannot be sent."""
        if len(items) == 1:
            failures[items[0].sop_uid] = why
            return
        half = len(items) // 2
        self._send_batch(items[:half], failures)
        self._send_batch(items[half:], failures)

    def _still_missing(self, items: list[UploadItem]) -> list[UploadItem]:
        try:
            there = self._carrier.arrived(items)
        except NodeError:
            return items
        self._count([i for i in items if i.sop_uid in there])
        return [i for i in items if i.sop_uid not in there]

    def _count(self, items: Collection[UploadItem]) -> None:
        with self._counting:
            self._sent.update(i.sop_uid for i in items)
            self.bytes += sum(i.size for i in items)

    def _confirm(self, items: Collection[UploadItem]) -> set[str]:
        """Mark as verified what the node shows to have of one unit, and return those UIDs."""
        arrived = self._carrier.arrived(list(items))
        self._journal.note_digests(self._node, self._carrier.digests())
        self._mark([i for i in items if i.sop_uid in arrived], UploadState.VERIFIED)
        return arrived

    def _wait(self, attempt: int, answer: Answer | None) -> None:
        seconds = random.uniform(0.5, 1.0) * min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
        if answer is not None and answer.retry_after is not None:
            seconds = max(seconds, min(answer.retry_after, 10 * _LONGEST_WAIT))
        self._progress.stop.wait(seconds)
        self._progress.check()

    def _mark(
        self,
        items: Sequence[UploadItem],
        state: UploadState,
        *,
        status: int | None = None,
        message: str = "",
        attempt: bool = False,
    ) -> None:
        if items:
            self._journal.mark(
                self._node, [i.sop_uid for i in items], state, status=status, message=message, attempt=attempt
            )
