"""The sender: unit after unit to the node, several requests at once, and the node's word for each instance."""

from collections.abc import Iterable, Sequence
from functools import partial

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import Mark, UploadState

from . import _proof
from ._carrier import Unit
from ._course import Course, Lane
from ._crew import Errand
from ._dispatch import Dispatch
from ._inquiry import Inquiry
from ._link import Counts, Link
from ._listing import Unlisted
from ._patience import pause
from ._plan import batches
from ._proof import Likeness, verified

_ROUNDS = 3
"""How often an instance is sent that the node answered for but does not list."""
_PREPARED = 8
"""Units that are made ready to be sent together, for one step of the journal."""
_NOT_SHOWN = (UploadState.ACKNOWLEDGED, UploadState.SENDING)
"""Once all is sent: what the node acknowledged, whether or not that is still believed."""

_KEPT = {
    Likeness.OTHER: _proof.KEPT_OLD,
    Likeness.BROKEN: _proof.DAMAGED,
    Likeness.UNKNOWN: _proof.NOT_COMPARED,
}
"""Why a file that was to replace an older one is not taken for stored."""


class Sender:
    """Sends units over one link: `ask`, then `send`, then `confirm`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._inquiry = Inquiry(link)
        self._dispatch = Dispatch(link)

    @property
    def counts(self) -> Counts:
        """What happened so far."""
        return self._link.counts

    def ask(self, units: Sequence[Unit]) -> None:
        """Mark verified what the node shows already; queue again what it once showed but does not any more."""
        self._inquiry.ask(units)

    def send(self, units: Sequence[Unit]) -> None:
        """Send what the node does not have. Ends with a `NodeError` as soon as the node cannot go on."""
        counts = self.counts
        done = counts.already_there + counts.set_aside
        self._link.progress.begin("Sending", total=counts.queued, unit="instances", done=done)
        counts.verified = counts.already_there
        some = (units[start : start + _PREPARED] for start in range(0, len(units), _PREPARED))
        self._link.do(errand for prepared in some for errand in self._first_errands(prepared))

    def confirm(self, units: Sequence[Unit]) -> None:
        """Let the node show what it only acknowledged so far, and send again what it does not show.

        Where a listing tells names only it costs a server as much as storing did, so it is asked once all is sent.
        """
        link = self._link
        if link.names_only is not None:
            link.progress.begin("Checking against the node's listing", total=len(units), unit=link.carrier.kind)
            link.do(partial(self._confirm_unit, unit) for unit in units)

    def _first_errands(self, units: Sequence[Unit]) -> list[Errand]:
        errands = []
        for unit in units:
            known = self._link.items(unit)
            items = [item for item in known if item.state not in (UploadState.VERIFIED, UploadState.FAILED)]
            if items:
                replacing = self._inquiry.replacing & {item.sop_uid for item in items}
                errands += self._round(Course(items, len(known), frozenset(replacing), self._link.breakdowns))
        # Written before a byte leaves: what a killed upload has sent is known to be from here.
        self._link.journal.write()
        return errands

    def _round(self, course: Course) -> list[Errand]:
        """Return what sends all that is missing."""
        link = self._link
        link.mark(course.to_send, UploadState.SENDING, attempt=True)
        if link.carrier.side_by_side:
            lanes = [[batch] for batch in batches(course.to_send, link.service, link.connections)]
        else:
            lanes = [list(batches(course.to_send, link.service))]
        course.begin(len(lanes))
        return [partial(self._send_lane, course, lane) for lane in lanes]

    def _send_lane(self, course: Course, lane: Lane) -> Iterable[Errand]:
        link = self._link
        for batch in lane:
            self._dispatch.send(course, batch)
            if course.round_number == 0:
                with link.counting:
                    link.progress.advance(len(batch))
        if not course.last_lane_ended() or (course.round_number == 0 and self._looks_complete(course)):
            return ()
        return self._end_round(course)

    def _looks_complete(self, course: Course) -> bool:
        """Tell whether all was acknowledged and the node counts as many: then its listing can wait."""
        names_only = self._link.names_only
        if names_only is None or course.replacing or course.failures:
            return False
        if self._link.breakdowns > course.breakdowns:
            return False
        if course.missing.keys() - course.acknowledged:
            return False
        try:
            return (names_only.count(course.items) or 0) >= course.expected
        except NodeError:
            return False  # some nodes answer other queries only

    def _confirm_unit(self, unit: Unit) -> Iterable[Errand]:
        breakdowns = self._link.breakdowns
        items = [item for item in self._link.items(unit) if item.state in _NOT_SHOWN]
        with self._link.counting:
            self._link.progress.advance()
        if not items:
            return ()
        course = Course(items, len(items), breakdowns=breakdowns)
        course.acknowledged.update(item.sop_uid for item in items if item.state is UploadState.ACKNOWLEDGED)
        return self._end_round(course)

    def _end_round(self, course: Course) -> Iterable[Errand]:
        """Let the node show what it has; return what sends the rest again."""
        try:
            self._confirm(course)
            if course.to_send and course.acknowledged & course.missing.keys():
                # Some list only a while after they stored.
                self._link.rest(pause(course.round_number + 1))
                self._confirm(course)
                self._confirm_renamed(course)
        except Unlisted as why:
            course.fail(course.to_send, str(why))
        course.round_number += 1
        if course.to_send and course.round_number < _ROUNDS:
            return self._round(course)
        course.fail(course.to_send, _proof.NOT_LISTED)
        for uid, item in course.missing.items():
            self._link.mark([item], UploadState.FAILED, message=course.failures[uid])
        return ()

    def _confirm(self, course: Course) -> None:
        """Call verified what the node shows to have, as far as that is known to be what was sent."""
        link = self._link
        steps = []
        if link.breakdowns > course.breakdowns:
            # What was taken before something went wrong is not believed to be there still: it is read back.
            course.acknowledged.clear()
            course.breakdowns = link.breakdowns
        listed = link.listed(list(course.missing.values()))
        for item in [item for uid, item in course.missing.items() if uid in listed]:
            acknowledged = item.sop_uid in course.acknowledged
            if link.names_only is None:
                steps.append(verified(item, "digest"))
            elif acknowledged and item.sop_uid not in course.replacing:
                steps.append(verified(item, "acknowledged"))
            elif (like := link.compare(item)) is Likeness.SAME:
                steps.append(verified(item, "read back"))
            elif acknowledged:
                course.failures[item.sop_uid] = _KEPT[like]
            elif like is not Likeness.UNKNOWN:
                course.failures[item.sop_uid] = self._inquiry.why_not_same(item, like)
        self._settle(course, steps)

    def _confirm_renamed(self, course: Course) -> None:
        """Look for what a node gave other UIDs, before it is sent once more."""
        names_only = self._link.names_only
        waiting = [course.missing[uid] for uid in course.missing.keys() & course.acknowledged]
        if names_only is None or not waiting:
            return
        ours = frozenset(item.sop_uid for item in course.items)
        renamed = names_only.renamed(waiting, ours, self._link.known_series())
        found = [item for item in waiting if item.sop_uid in renamed.found]
        self._settle(course, [verified(item, "renamed", renamed.found[item.sop_uid]) for item in found])
        if renamed.suspected:
            course.fail((item for item in waiting if item.sop_uid in course.missing), _proof.RENAMED)

    def _settle(self, course: Course, steps: list[Mark]) -> None:
        self._link.journal.note(steps)
        for step in steps:
            del course.missing[step.sop_uid]
        with self._link.counting:
            self.counts.verified += len(steps)
