"""Step 4 of the dataset page: what speaks against a release, the release, and taking a dataset out of use."""

from eucaim_nb.ui import components as c
from eucaim_nb.workflow import DatasetState

from ._dataset_view import View

_ASK_FIRST = "Ask the node first."
_UPV = (
    "The release cannot be taken back. After it, the members of the project see the dataset, and only contact, licence "
    "and invalidation can be changed. Publishing it is done by the node's people."
)
_XNAT = (
    "Everybody will see title, description and investigators of the project (protected), or all of its data (public), "
    "and Health-RI's catalogue takes it up. It can be made private again, but who has seen it has seen it."
)
_REASON = "Reason why it may be released all the same"
_OUT = {
    False: "Nobody can use the dataset any more, until that is taken back. The node shows your reason.",
    True: "The project becomes private: only its members see it. The reason is kept in this workspace.",
}
_SUGGESTED = (
    "It is a discarded/useless draft",
    "It contains some rejected subject or study",
    "It contains corrupted data",
)
"""What the node's own pages suggest as reasons (dataset-explorer)."""
_RELEASABLE = (DatasetState.DRAFT, DatasetState.PRIVATE, DatasetState.PROTECTED)


class Release:
    """The panel."""

    def __init__(self, view: View) -> None:
        self._view = view
        notice, consequence = view.notice, _XNAT if view.at_xnat else _UPV
        self._said = c.show()
        levels = [("Protected: title and description", "protected"), ("Public: all data", "public")]
        self.level = c.choice("Who sees the project", levels)
        self.plain = c.Confirm("Release the dataset", consequence, self._release, notice)
        self.against = c.Confirm("Release the dataset", consequence, self._release, notice, reason=_REASON)
        self.out = c.Confirm(
            "Make the project private" if view.at_xnat else "Invalidate the dataset",
            _OUT[view.at_xnat],
            self._invalidate,
            notice,
            reason="Reason",
        )
        suggested = c.show(c.paragraph(f"Usual reasons: {'; '.join(_SUGGESTED)}.", quiet=True))
        self._out = c.Drawer("Take it out of use", c.stack(suggested, self.out.root), notice)
        self.back = c.slow_button("Take the invalidation back", self._revalidate, notice)
        self._back = c.row(self.back)
        doing = c.stack(self.level, self.plain.root, self.against.root)
        # What was released already shall not look as if it were not; at an XNAT, who sees it can be changed.
        self._doing = c.Drawer("Change who sees it", doing, notice)
        self._released = False
        self._doing.turn(True)
        self.root = c.stack(self._said, self._doing.root, self._out.root, self._back)
        self.show()

    def show(self) -> None:
        """Show what is known."""
        from eucaim_nb.dataset.node import objections

        kept, found = self._view.kept, self._view.found
        state = kept.state if kept is not None else None
        open_to_it = found is not None and state in _RELEASABLE
        against = objections(self._view.workspace, found.lacking) if found is not None and open_to_it else ()
        released = state is not None and state.released
        if released is not self._released:
            self._released = released
            self._doing.turn(not released)
        c.visible(self._doing.root, open_to_it)
        c.visible(self._doing.line, released)
        c.visible(self.level, open_to_it and self._view.at_xnat)
        c.visible(self.plain.root, open_to_it and not against)
        c.visible(self.against.root, open_to_it and bool(against))
        c.visible(self._out.root, found is not None and state not in (DatasetState.INVALIDATED, DatasetState.PRIVATE))
        c.visible(self._back, found is not None and state is DatasetState.INVALIDATED)
        if kept is not None and released:
            c.put(
                self._said,
                c.paragraph(
                    c.badge(kept.state, c.Tone.GOOD), "The node shows the dataset as released. Its identifier:"
                ),
                c.copyable(kept.id, "Copy the identifier"),
            )
        elif kept is None or found is None:
            c.put(self._said, c.paragraph(_ASK_FIRST, quiet=True))
        elif against:
            c.put(
                self._said,
                c.paragraph(c.badge("not yet", c.Tone.WARN), "This speaks against releasing it:"),
                c.bullets(against),
                c.paragraph(
                    "Mend it first, here or in",
                    c.notebook_link("01_legal_and_dta", "Legal documents and DTA"),
                    "- or type a reason, which is recorded.",
                ),
            )
        elif open_to_it:
            c.put(self._said, c.paragraph(c.badge("ready", c.Tone.GOOD), "Nothing speaks against releasing it."))
        else:
            c.put(self._said, c.paragraph(f"The dataset is {kept.state}: it cannot be released now."))

    def _release(self, reason: str) -> None:
        def work() -> None:
            from eucaim_nb.dataset.node import release

            self._view.notice.say("Asking the node to release it.")
            done = release(
                self._view.workspace,
                level=str(self.level.value),
                override=reason,
                credentials=self._view.credentials,
            )
            self.against.reason.value = ""
            self._view.look()
            who = "is released" if done.by_us else "was released already"
            self._view.notice.say(f"The dataset {who}: the node shows it as {done.state}.")

        c.in_background(self._view.notice)(work)()

    def _invalidate(self, reason: str) -> None:
        def work() -> None:
            from eucaim_nb.dataset.node import invalidate

            self._view.notice.say("Asking the node.")
            self._view.take(invalidate(self._view.workspace, reason, credentials=self._view.credentials))
            self.out.reason.value = ""
            self._view.notice.say("The node shows the dataset as taken out of use.")

        c.in_background(self._view.notice)(work)()

    def _revalidate(self) -> None:
        from eucaim_nb.dataset.node import revalidate

        self._view.notice.say("Asking the node.")
        self._view.take(revalidate(self._view.workspace, credentials=self._view.credentials))
        self._view.notice.clear()
