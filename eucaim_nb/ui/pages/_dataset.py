"""Create and publish the dataset: see it made, compare it with what was sent, describe it, release it."""

from typing import Any

from eucaim_nb.ui import components as c
from eucaim_nb.workflow import DatasetState
from eucaim_nb.workspace import Workspace

from ._dataset_compare import Comparing
from ._dataset_create import Creation
from ._dataset_describe import Description
from ._dataset_more import More
from ._dataset_release import Release
from ._dataset_view import View, state_line
from ._guide import folded_guides

_NONE = {
    False: "No dataset is known yet. If you exported one in QP-Insights, look for it; the only draft is taken at once.",
    True: "The project at the node is the dataset. Look how it stands there.",
}


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("dataset", None).root
    return DatasetPage(workspace).page.root


class DatasetPage:
    """What the node says on top, and the steps as drawers; the one whose turn it is stands open."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("dataset", workspace)
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self.said = notice = c.Notice(self.page.notice.log)
        self.view = View(workspace, notice, self._changed)
        self._standing = c.show()
        self.look = c.slow_button("Look at the node", self.view.look, notice)
        self.look.add_class("eucaim-main")
        self.creation = None if self.view.at_xnat else Creation(self.view)
        self.comparing = Comparing(self.view)
        self.description = Description(self.view)
        self.release = Release(self.view)
        panels: list[tuple[str, Any]] = [
            *([("Make the dataset", self.creation)] if self.creation else []),
            ("Compare with what was sent", self.comparing),
            ("Describe", self.description),
            ("Release", self.release),
            ("Who used it" if self.view.at_xnat else "Files beside it, and who used it", More(self.view)),
        ]
        self._badges = [c.show() for _ in panels]
        self.steps = [
            c.Drawer(f"{number}. {title}", panel.root, notice, beside=badge)
            for number, ((title, panel), badge) in enumerate(zip(panels, self._badges, strict=True), 1)
        ]
        for step in self.steps:
            step.line.add_class("eucaim-title")
        sign_in = c.Drawer("Sign-in at the node", self.view.sign_in.root, notice)
        self.page.action.children = [
            self._standing,
            c.row(self.look),
            notice.root,
            sign_in.root,
            *(step.root for step in self.steps),
        ]
        self._show()
        self._turn: int | None = None
        self._open()

    def _changed(self) -> None:
        for panel in (self.creation, self.comparing, self.description, self.release):
            if panel is not None:
                panel.show()
        self.page.refresh()
        self._show()
        self._open()

    def _show(self) -> None:
        kept = self.view.kept
        if kept is None:
            c.put(self._standing, c.paragraph(_NONE[self.view.at_xnat]))
        else:
            c.put(self._standing, c.headline(kept.title), state_line(kept))
        for badge, parts in zip(self._badges, self._badged(), strict=True):
            c.put(badge, *([c.line(*parts)] if parts else []))
        if kept is not None and kept.state.released:
            self.page.suggest(c.notebook_link("12_dataset_metadata", "Go on: describe it for the catalogue"))

    def _open(self) -> None:
        """Open the step whose turn it is when that becomes another one; what stands open stays so, to be read."""
        turn = self._next()
        if turn == self._turn:
            return
        if self.creation is not None and self._turn == 0:
            self.steps[0].turn(False)  # what has been made needs no second making
        self.steps[turn].turn(True)
        self._turn = turn

    def _next(self) -> int:
        kept, first = self.view.kept, 0 if self.creation is None else 1
        if kept is None or kept.state in (DatasetState.CREATING, DatasetState.FAILED):
            return 0
        if kept.compared is None or kept.compared.missing:
            return first
        found = self.view.found
        described = found is not None and not found.lacking
        return first + 2 if described or kept.state.released else first + 1

    def _badged(self) -> list[list[object]]:
        kept, found = self.view.kept, self.view.found
        made: list[object] = []
        compared: list[object] = []
        described: list[object] = []
        released: list[object] = []
        if kept is not None:
            complete = kept.state not in (DatasetState.CREATING, DatasetState.FAILED)
            made = [c.badge("complete", c.Tone.GOOD)] if complete else []
            released = [c.badge(kept.state, c.Tone.GOOD)] if kept.state.released else []
            if kept.compared is not None:
                lost = kept.compared.missing
                compared = [
                    c.badge(f"{lost:,} missing", c.Tone.BAD) if lost else c.badge("nothing missing", c.Tone.GOOD)
                ]
        if found is not None:
            number = len(found.lacking)
            described = [c.badge(f"{number:,} to fill in", c.Tone.WARN) if number else c.badge("complete", c.Tone.GOOD)]
        return [*([] if self.creation is None else [made]), compared, described, released, []]
