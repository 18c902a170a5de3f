"""One request after the other: retried with care, cut in two where that helps, its answer noted for each instance."""

import time

import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import Mark, UploadItem, UploadState
from eucaim_nb.nodes import BUSY, explain

from . import _proof
from ._body import FileChanged
from ._carrier import Answer
from ._course import Course
from ._link import Link
from ._patience import asked_for, pause

_ATTEMPTS = 6
"""How often one request is tried before the node itself is asked how it is."""

_GIVE_UP = frozenset({401, 403, 404, 405, 406, 411, 415, 507})
_UNAUTHORISED, _TOO_LARGE, _SERVER_ERROR, _FULL = 401, 413, 500, 507
_TOO_LARGE_ALONE = "The instance is larger than the node accepts in one request."
_FAILED_EACH_TIME = "The node failed on this instance each time, though it answers otherwise."


class Dispatch:
    """Sends requests over one link."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._not_before = 0.0

    def send(self, course: Course, items: list[UploadItem]) -> None:
        """Send one request's worth, until the node has said something about it or it is cut in two.

        Raises
        ------
        NodeError
            The node cannot go on.
        """
        link = self._link
        renewed = False
        for attempt in range(_ATTEMPTS):
            link.rest(self._not_before - time.monotonic())
            if attempt:
                link.mark(items, UploadState.SENDING, attempt=True)
            items = self._unchanged(course, items)
            if not items:
                return
            try:
                answer = link.carrier.store(items, link.flow)
            except requests.exceptions.SSLError as error:
                raise explain(error, link.service.title) from error
            except requests.RequestException:
                answer = None
            except FileChanged:
                self._divide(course, items, _proof.CHANGED)
                return
            except NodeError as error:
                link.service.check()
                course.fail(items, str(error))
                return
            if answer is not None and answer.status == _UNAUTHORISED and not renewed:
                renewed = link.service.renew()  # a token may end while bytes flow
                if renewed:
                    continue
            if answer is not None and answer.status not in BUSY:
                self._take(course, answer, items)
                return
            self._heed(answer)
            if answer is None or answer.status >= _SERVER_ERROR:
                link.doubt()
            link.rest(pause(attempt))
            # The request may have been stored before the connection broke: ask before sending twice.
            items = self._still_missing(items)
            if not items:
                return
        link.service.check()
        self._divide(course, items, _FAILED_EACH_TIME)

    def _unchanged(self, course: Course, items: list[UploadItem]) -> list[UploadItem]:
        """Return the items whose files are still what was indexed; give up the others."""
        unchanged = {item.sop_uid for item in items if self._link.is_unchanged(item)}
        course.fail((item for item in items if item.sop_uid not in unchanged), _proof.CHANGED)
        return [item for item in items if item.sop_uid in unchanged]

    def _take(self, course: Course, answer: Answer, items: list[UploadItem]) -> None:
        """Note what the node said of each instance."""
        link = self._link
        if answer.status in _GIVE_UP:
            raise link.service.refusal(answer.status)
        if answer.status == _TOO_LARGE:
            self._divide(course, items, _TOO_LARGE_ALONE)
            return
        if answer.sent:
            link.count_sent(items)
        sent = {item.sop_uid: item for item in items}
        stored = set(answer.stored & sent.keys())
        if len(answer.stored - sent.keys()) == len(sent) - len(stored) - len(answer.refused):
            stored = set(sent) - set(answer.refused)  # it names instances by the UIDs that it gave them
        if answer.full or (answer.status < 300 and sent.keys() - stored - answer.refused.keys()):
            link.doubt()  # it is in trouble, even where it says that all went well
        course.acknowledged |= stored
        link.journal.note(Mark(uid, UploadState.SENDING, answer.status) for uid in sent.keys() - stored)
        # What the node had before is not believed for its word, now or after a kill: it is read back.
        link.journal.note(
            Mark(
                uid,
                UploadState.ACKNOWLEDGED,
                answer.status,
                known=(sent[uid].size, sent[uid].mtime_ns),
                warning=answer.warnings.get(uid, ""),
            )
            for uid in stored - course.replacing
        )
        with link.counting:
            link.counts.warned |= answer.warnings.keys() & stored
        for uid in answer.refused.keys() & sent.keys():
            course.failures[uid] = answer.refused[uid]
        if answer.full:
            raise link.service.refusal(_FULL)
        if answer.status >= 300 and not answer.stored and not answer.refused:
            # One bad part makes some nodes refuse the whole request without naming it.
            self._divide(course, items, str(link.service.refusal(answer.status)))

    def _divide(self, course: Course, items: list[UploadItem], why: str) -> None:
        """Send two halves instead, or note why a single instance cannot be sent."""
        if len(items) == 1:
            course.fail(items, why)
            return
        half = len(items) // 2
        self.send(course, items[:half])
        self.send(course, items[half:])

    def _still_missing(self, items: list[UploadItem]) -> list[UploadItem]:
        try:
            there = self._link.carrier.arrived(items)
        except NodeError:
            return items
        self._link.count_sent([i for i in items if i.sop_uid in there])
        return [i for i in items if i.sop_uid not in there]

    def _heed(self, answer: Answer | None) -> None:
        """Let all connections keep to the time that the node names, at once: what else there is to do comes after."""
        if answer is not None and answer.retry_after is not None:
            self._not_before = max(self._not_before, time.monotonic() + asked_for(answer.retry_after))
