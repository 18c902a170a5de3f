"""Before anything is sent: what the node has, and whether that is what it should be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from eucaim_nb.ledger import Mark, UploadItem, UploadState

from . import _proof
from ._carrier import Unit
from ._crew import Errand
from ._link import Link
from ._listing import Unlisted
from ._proof import Likeness, verified

_LOST = "The node listed this instance before, but does not any more."
_SHOWN = (UploadState.VERIFIED, UploadState.ACKNOWLEDGED)


class Inquiry:
    """Asks the node for each unit.

    Attributes
    ----------
    replacing
        UIDs of which the node has an older content from here, which it may replace.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self.replacing: set[str] = set()

    def ask(self, units: Sequence[Unit]) -> None:
        """Mark verified what the node shows already; queue again what it once showed but does not any more."""
        link = self._link
        link.progress.begin("Asking the node what it has", total=len(units), unit=link.carrier.kind)
        link.do(partial(self._ask_unit, unit) for unit in units)

    def why_not_same(self, item: UploadItem, like: Likeness) -> str:
        """Say why an instance that the node lists does not count; count it if it is different."""
        if not self._link.is_unchanged(item):
            return _proof.CHANGED
        if like is Likeness.BROKEN:
            return _proof.DAMAGED
        if like is Likeness.UNKNOWN:
            return _proof.NOT_COMPARED
        with self._link.counting:
            self._link.counts.different += 1
        return _proof.DIFFERENT

    def _ask_unit(self, unit: Unit) -> Iterable[Errand]:
        link = self._link
        items = link.items(unit)
        try:
            listed = link.listed(items)
            steps = [step for item in items if (step := self._step(item, item.sop_uid in listed)) is not None]
        except Unlisted as why:
            steps = [Mark(item.sop_uid, UploadState.FAILED, message=str(why)) for item in items]
        link.journal.note(steps)
        states = Counter(step.state for step in steps)
        with link.counting:
            link.counts.queued += len(items)
            link.counts.already_there += states[UploadState.VERIFIED]
            link.counts.set_aside += states[UploadState.FAILED]
            link.progress.advance()
        return ()

    def _step(self, item: UploadItem, listed: bool) -> Mark | None:
        if not listed:
            return Mark(item.sop_uid, UploadState.QUEUED, message=_LOST) if item.state in _SHOWN else None
        if self._link.names_only is None:
            return verified(item, "digest")
        if item.state is UploadState.VERIFIED:
            return Mark(item.sop_uid, UploadState.VERIFIED)
        if item.state is UploadState.ACKNOWLEDGED:
            return verified(item, "acknowledged")
        return self._of_unknown_origin(item)

    def _of_unknown_origin(self, item: UploadItem) -> Mark:
        """Judge an instance that the node lists although it never acknowledged this content from here."""
        like = self._link.compare(item)
        if like is Likeness.SAME:
            return verified(item, "read back")
        if like is Likeness.OTHER and item.taken:
            self.replacing.add(item.sop_uid)
            return Mark(item.sop_uid, UploadState.QUEUED)
        if like is Likeness.UNKNOWN and item.attempts:
            # The node did not list it before the first attempt, so it came from there: send until it is acknowledged.
            return Mark(item.sop_uid, UploadState.QUEUED)
        return Mark(item.sop_uid, UploadState.FAILED, message=self.why_not_same(item, like))
