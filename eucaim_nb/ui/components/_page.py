"""The frame of every page, from the chips at its top to what could be done next."""

import os
from collections.abc import Sequence
from importlib.resources import files

import ipywidgets as w

from eucaim_nb import workflow
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from ._code import code_fold
from ._controls import stack
from ._html import Tone, badge, banner, bullets, chip, columns, line, paragraph, put, show, status
from ._notice import Notice
from ._state import state_line


class Page:
    """The parts of a page, in the order in which they are read.

    Attributes
    ----------
    root
        The widget to display.
    notice
        Where callbacks of the page say what happened.
    action, progress, result, rest
        Boxes for the page to fill.

    Parameters
    ----------
    phase
        Id of the phase in the reference.
    workspace
        The open workspace, or None.
    needs, gives
        What one needs for this step, and what one gets from it.
    """

    def __init__(
        self, phase: str, workspace: Workspace | None, *, needs: Sequence[object], gives: Sequence[object]
    ) -> None:
        self.phase, self.workspace = phase, workspace
        self.notice = Notice(None if workspace is None else workspace.logs / "ui.log")
        self.action, self.progress, self.result, self.rest = stack(), stack(), stack(), stack()
        self._state = show()
        self._next = show()
        self.root = w.VBox(
            [
                show(*_crumbs(workspace)),
                show(columns(("What you need", needs), ("What you get", gives))),
                self._state,
                self.action,
                self.notice.root,
                self.progress,
                self.result,
                self._next,
                self.rest,
                *_same_in_code(phase),
            ]
        )
        self.root.add_class("eucaim-page")
        self.refresh()

    def refresh(self) -> None:
        """Read from the ledger where the phase stands."""
        put(self._state, status(state_line(workflow.step(self.phase, self.workspace))))

    def suggest(self, *steps: object) -> None:
        """Say what to do next, and what could still be better."""
        put(self._next, *([bullets(steps)] if steps else []))


def _same_in_code(phase: str) -> list[w.Widget]:
    """Return the phase's example; only for Voila, because the notebook itself has it in a cell of its own."""
    if not os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
        return []
    example = files("eucaim_nb.reference").joinpath("pages", f"{phase}.py")
    return [code_fold(example.read_text(encoding="utf-8"))]


def _crumbs(workspace: Workspace | None) -> list[object]:
    if workspace is None:
        return []
    node = node_defaults()[workspace.settings.node]
    crumbs: list[object] = [line(chip(f"Workspace {workspace.folder.name}"), chip(node["title"]))]
    if node["practice"]:
        said = "This workspace sends to a practice node on this computer. Nothing leaves it."
        crumbs.append(banner(paragraph(badge("practice", Tone.BUSY), said), tone=Tone.BUSY))
    return crumbs
