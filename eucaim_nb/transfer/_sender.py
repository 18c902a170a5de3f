"""The sender: unit after unit to the node, several requests at once, retried with care, the journal kept true."""

import random
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from threading import Lock

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import Mark, UploadItem, UploadState
from eucaim_nb.nodes import BUSY, explain
from eucaim_nb.workspace import Workspace

from . import _proof
from ._body import FileChanged
from ._carrier import Answer, Carrier, ListsNames, Unit, place
from ._course import Course, Lane
from ._crew import Errand, do_all
from ._flow import Flow
from ._journal import Journal
from ._plan import batches
from ._proof import Likeness, likeness, verified

_ATTEMPTS = 6
"""How often one request is tried before the node itself is asked how it is."""
_ROUNDS = 3
"""How often an instance is sent that the node answered for but does not list."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0

_GIVE_UP = frozenset({401, 403, 404, 405, 406, 411, 415, 507})
_UNAUTHORISED, _TOO_LARGE, _FULL = 401, 413, 507
_HOPELESS = (requests.exceptions.SSLError, requests.exceptions.ProxyError)
_SHOWN = (UploadState.VERIFIED, UploadState.ACKNOWLEDGED)


class Sender:
    """Sends to one node and counts what happens.

    Attributes
    ----------
    queued, already_there, verified
        Instances asked for, shown by the node before sending, shown by the node now.
    different
        Instances of which the node has other content, and keeps it.
    sent, bytes
        Instances that left this computer in this run, and their bytes.
    read_back
        Instances that were compared with what the node has.
    warned
        UIDs of instances that the node stored with a warning.
    """

    def __init__(
        self,
        workspace: Workspace,
        node: str,
        carrier: Carrier,
        progress: Progress,
        flow: Flow,
        connections: int,
    ) -> None:
        self._folder = workspace.folder
        self._uploads = workspace.ledger.uploads
        self._journal = Journal(self._uploads, node)
        self._node = node
        self._carrier = carrier
        self._names_only = carrier if isinstance(carrier, ListsNames) else None
        self._service = carrier.service
        self._progress = progress
        self._flow = flow
        self._connections = connections
        self._counting = Lock()
        self._sent: set[str] = set()
        self._replacing: set[str] = set()
        self._not_before = 0.0
        self._set_aside = 0
        self.warned: set[str] = set()
        self.queued = self.already_there = self.verified = self.different = self.read_back = self.bytes = 0

    @property
    def sent(self) -> int:
        """Instances that left this computer in this run, however often."""
        return len(self._sent)

    def ask(self, units: Sequence[Unit]) -> None:
        """Mark verified what the node shows already; queue again what it once showed but does not any more."""
        self._progress.begin("Asking the node what it has", total=len(units), unit=self._carrier.kind)
        self._do(partial(self._ask_unit, unit) for unit in units)

    def send(self, units: Sequence[Unit]) -> None:
        """Send what the node does not have. Ends with a `NodeError` as soon as the node cannot go on."""
        self._progress.begin("Sending", total=self.queued, unit="instances", done=self.already_there + self._set_aside)
        self.verified = self.already_there
        self._do(errand for unit in units for errand in self._first_errands(unit))

    def confirm(self, units: Sequence[Unit]) -> None:
        """Let the node show what it only acknowledged so far, and send again what it does not show.

        Where a listing tells names only it costs a server as much as storing did, so it is asked once all is sent.
        """
        if self._names_only is not None:
            self._progress.begin("Checking against the node's listing", total=len(units), unit=self._carrier.kind)
            self._do(partial(self._confirm_unit, unit) for unit in units)

    def _do(self, errands: Iterator[Errand]) -> None:
        try:
            do_all(errands, self._connections, self._progress)
        except BaseException:
            self._journal.write()
            self._uploads.release(self._node)
            raise
        self._journal.write()

    def _items(self, unit: Unit) -> list[UploadItem]:
        return [item for study, series in unit for item in self._uploads.items(self._node, study, series)]

    # Before sending

    def _ask_unit(self, unit: Unit) -> Iterable[Errand]:
        items = self._items(unit)
        listed = self._listed(items)
        steps = [self._first_step(item, item.sop_uid in listed) for item in items]
        self._journal.note(step for step in steps if step is not None)
        with self._counting:
            self.queued += len(items)
            states = Counter(step.state for step in steps if step is not None)
            self.already_there += states[UploadState.VERIFIED]
            self._set_aside += states[UploadState.FAILED]
            self._progress.advance()
        return ()

    def _first_step(self, item: UploadItem, listed: bool) -> Mark | None:
        if not listed:
            lost = "The node listed this instance before, but does not any more."
            known = item.state in _SHOWN
            return Mark(item.sop_uid, UploadState.QUEUED, message=lost) if known else None
        if self._names_only is None:
            return verified(item, "digest")
        if item.state is UploadState.VERIFIED:
            return Mark(item.sop_uid, UploadState.VERIFIED)
        if item.state is UploadState.ACKNOWLEDGED:
            return verified(item, "acknowledged")
        return self._of_unknown_origin(item)

    def _of_unknown_origin(self, item: UploadItem) -> Mark:
        """Judge an instance that the node lists although it never acknowledged this content from here."""
        like = self._compare(item)
        if like is Likeness.SAME:
            return verified(item, "read back")
        if like is Likeness.OTHER and item.taken:  # it has an older one of ours, which it may replace
            self._replacing.add(item.sop_uid)
            return Mark(item.sop_uid, UploadState.QUEUED)
        if like is Likeness.UNKNOWN and item.attempts:
            # The node did not list it before the first attempt, so it came from there: send until it is acknowledged.
            return Mark(item.sop_uid, UploadState.QUEUED)
        return Mark(item.sop_uid, UploadState.FAILED, message=self._why_not_same(item, like))

    def _why_not_same(self, item: UploadItem, like: Likeness) -> str:
        if not self._is_unchanged(item):
            return _proof.CHANGED
        if like is Likeness.UNKNOWN:
            return _proof.NOT_COMPARED
        with self._counting:
            self.different += 1
        return _proof.DIFFERENT

    def _compare(self, item: UploadItem) -> Likeness:
        self._progress.check()
        like = likeness(self._carrier, item)
        with self._counting:
            self.read_back += like is not Likeness.UNKNOWN
        return like

    # One unit

    def _first_errands(self, unit: Unit) -> Iterator[Errand]:
        known = self._items(unit)
        items = [item for item in known if item.state not in (UploadState.VERIFIED, UploadState.FAILED)]
        if items:
            course = Course(items, len(known), frozenset(self._replacing & {item.sop_uid for item in items}))
            errands = self._round(course)
            # Written before a byte leaves: what a killed upload has sent is known to be from here.
            self._journal.write()
            yield from errands

    def _round(self, course: Course) -> list[Errand]:
        """Return what sends all that is missing."""
        self._mark(course.to_send, UploadState.SENDING, attempt=True)
        if self._carrier.side_by_side:
            lanes = [[batch] for batch in batches(course.to_send, self._service, self._connections)]
        else:
            lanes = [list(batches(course.to_send, self._service))]
        course.begin(len(lanes))
        return [partial(self._send_lane, course, lane) for lane in lanes]

    def _send_lane(self, course: Course, lane: Lane) -> Iterable[Errand]:
        for batch in lane:
            self._send_batch(course, batch)
            if course.round_number == 0:
                with self._counting:
                    self._progress.advance(len(batch))
        if not course.last_lane_ended() or (course.round_number == 0 and self._looks_complete(course)):
            return ()
        return self._end_round(course)

    def _looks_complete(self, course: Course) -> bool:
        """Tell whether all was acknowledged and the node counts as many: then its listing can wait."""
        if self._names_only is None or course.replacing or course.failures:
            return False
        if course.missing.keys() - course.acknowledged:
            return False
        return (self._names_only.count(course.items) or 0) >= course.expected

    def _confirm_unit(self, unit: Unit) -> Iterable[Errand]:
        items = [item for item in self._items(unit) if item.state is UploadState.ACKNOWLEDGED]
        with self._counting:
            self._progress.advance()
        if not items:
            return ()
        course = Course(items, len(items))
        course.acknowledged.update(course.missing)
        return self._end_round(course)

    def _end_round(self, course: Course) -> Iterable[Errand]:
        """Let the node show what it has; return what sends the rest again."""
        self._confirm(course)
        if course.to_send and course.acknowledged & course.missing.keys():
            self._rest(_FIRST_WAIT * 2**course.round_number)  # some list only a while after they stored
            self._confirm(course)
            self._confirm_renamed(course)
        course.round_number += 1
        if course.to_send and course.round_number < _ROUNDS:
            return self._round(course)
        course.fail(course.to_send, _proof.NOT_LISTED)
        for uid, item in course.missing.items():
            self._mark([item], UploadState.FAILED, message=course.failures[uid])
        return ()

    def _confirm(self, course: Course) -> None:
        """Call verified what the node shows to have, as far as that is known to be what was sent."""
        steps = []
        listed = self._listed(list(course.missing.values()))
        for item in [item for uid, item in course.missing.items() if uid in listed]:
            believed = item.sop_uid in course.acknowledged and item.sop_uid not in course.replacing
            if self._names_only is None:
                steps.append(verified(item, "digest"))
            elif believed:
                steps.append(verified(item, "acknowledged"))
            elif (like := self._compare(item)) is Likeness.SAME:
                steps.append(verified(item, "read back"))
            elif item.sop_uid in course.acknowledged:
                course.failures[item.sop_uid] = _proof.KEPT_OLD if like is Likeness.OTHER else _proof.NOT_COMPARED
            elif like is Likeness.OTHER:
                course.failures[item.sop_uid] = self._why_not_same(item, like)
        self._settle(course, steps)

    def _confirm_renamed(self, course: Course) -> None:
        """Look for what a node gave other UIDs, before it is sent once more."""
        waiting = [course.missing[uid] for uid in course.missing.keys() & course.acknowledged]
        if self._names_only is None or not waiting:
            return
        renamed = self._names_only.renamed(waiting, frozenset(item.sop_uid for item in course.items))
        found = [item for item in waiting if item.sop_uid in renamed.found]
        self._settle(course, [verified(item, "renamed", renamed.found[item.sop_uid]) for item in found])
        if renamed.suspected:
            course.fail((item for item in waiting if item.sop_uid in course.missing), _proof.RENAMED)

    def _settle(self, course: Course, steps: list[Mark]) -> None:
        self._journal.note(steps)
        for step in steps:
            del course.missing[step.sop_uid]
        with self._counting:
            self.verified += len(steps)

    # One request

    def _send_batch(self, course: Course, items: list[UploadItem]) -> None:
        """Send one request's worth, until the node has said something about it or it is cut in two."""
        renewed = False
        for attempt in range(_ATTEMPTS):
            self._rest(self._not_before - time.monotonic())
            if attempt:
                self._mark(items, UploadState.SENDING, attempt=True)
            items = self._unchanged(course, items)
            if not items:
                return
            try:
                answer = self._carrier.store(items, self._flow)
            except _HOPELESS as error:
                raise explain(error, self._service.title) from error
            except requests.RequestException:
                answer = None
            except FileChanged:
                self._divide(course, items, _proof.CHANGED)
                return
            if answer is not None and answer.status == _UNAUTHORISED and not renewed:
                renewed = self._service.renew()  # a token may end while bytes flow
                if renewed:
                    continue
            if answer is not None and answer.status not in BUSY:
                self._take(course, answer, items)
                return
            self._wait(attempt, answer)
            # The request may have been stored before the connection broke: ask before sending twice.
            items = self._still_missing(items)
            if not items:
                return
        self._service.check()
        self._divide(course, items, "The node failed on this instance each time, though it answers otherwise.")

    def _unchanged(self, course: Course, items: list[UploadItem]) -> list[UploadItem]:
        """Return the items whose files are still what was indexed; give up the others."""
        kept = [item for item in items if self._is_unchanged(item)]
        if len(kept) < len(items):
            course.fail((item for item in items if item not in kept), _proof.CHANGED)
        return kept

    def _is_unchanged(self, item: UploadItem) -> bool:
        return place(self._folder, item).unchanged_since(item.mtime_ns, item.size)

    def _take(self, course: Course, answer: Answer, items: list[UploadItem]) -> None:
        """Note what the node said of each instance."""
        if answer.status in _GIVE_UP:
            raise NodeError(self._service.refusal(answer.status))
        if answer.status == _TOO_LARGE:
            self._divide(course, items, "The instance is larger than the node accepts in one request.")
            return
        self._count(items)
        sent = {item.sop_uid: item for item in items}
        stored = set(answer.stored & sent.keys())
        if len(answer.stored - sent.keys()) == len(sent) - len(stored) - len(answer.refused):
            stored = set(sent) - set(answer.refused)  # it names instances by the UIDs that it gave them
        course.acknowledged |= stored
        # What the node had before is not believed for its word, now or after a kill: it is read back.
        self._journal.note(
            Mark(
                uid,
                UploadState.ACKNOWLEDGED,
                answer.status,
                known=(sent[uid].size, sent[uid].mtime_ns),
                warning=answer.warnings.get(uid, ""),
            )
            for uid in stored - course.replacing
        )
        with self._counting:
            self.warned |= answer.warnings.keys() & stored
        for uid in answer.refused.keys() & sent.keys():
            course.failures[uid] = f"{self._service.title} did not store it: {answer.refused[uid]}."
        if answer.full:
            raise NodeError(self._service.refusal(_FULL))
        if answer.status >= 300 and not answer.stored and not answer.refused:
            # One bad part makes some nodes refuse the whole request without naming it.
            self._divide(course, items, self._service.refusal(answer.status))

    def _divide(self, course: Course, items: list[UploadItem], why: str) -> None:
        """Send two halves instead, or note why a single instance cannot be sent."""
        if len(items) == 1:
            course.fail(items, why)
            return
        half = len(items) // 2
        self._send_batch(course, items[:half])
        self._send_batch(course, items[half:])

    def _still_missing(self, items: list[UploadItem]) -> list[UploadItem]:
        try:
            there = self._carrier.arrived(items)
        except NodeError:
            return items
        self._count([i for i in items if i.sop_uid in there])
        return [i for i in items if i.sop_uid not in there]

    # What all of that needs

    def _listed(self, items: Sequence[UploadItem]) -> set[str]:
        """Ask the node which of the items of one unit it has."""
        listed = self._carrier.arrived(items)
        self._uploads.note_digests(self._node, self._carrier.digests())
        return listed

    def _count(self, items: Collection[UploadItem]) -> None:
        with self._counting:
            self._sent.update(i.sop_uid for i in items)
            self.bytes += sum(i.size for i in items)

    def _wait(self, attempt: int, answer: Answer | None) -> None:
        """Wait before the next attempt; when the node names a time, all connections keep to it."""
        seconds = random.uniform(0.5, 1.0) * min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
        if answer is not None and answer.retry_after is not None:
            asked = min(answer.retry_after, 10 * _LONGEST_WAIT)
            self._not_before = max(self._not_before, time.monotonic() + asked)
        self._rest(seconds)

    def _rest(self, seconds: float) -> None:
        if seconds > 0:
            self._progress.stop.wait(seconds)
        self._progress.check()

    def _mark(
        self, items: Iterable[UploadItem], state: UploadState, *, message: str = "", attempt: bool = False
    ) -> None:
        self._journal.note([Mark(i.sop_uid, state, message=message, attempt=attempt) for i in items])
