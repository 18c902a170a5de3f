"""The frame of every page, from the chips at its top to what could be done next."""

import os
from collections.abc import Sequence

import ipywidgets as w

from eucaim_nb import workflow
from eucaim_nb.reference import node_defaults, phases
from eucaim_nb.training import NOTICE, practice_only
from eucaim_nb.ui.examples import example
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
        What one needs for this step, and what one gets from it; None takes the lists of the reference.
    """

    def __init__(
        self,
        phase: str,
        workspace: Workspace | None,
        *,
        needs: Sequence[object] | None = None,
        gives: Sequence[object] | None = None,
    ) -> None:
        self.phase, self.workspace = phase, workspace
        self.notice = Notice(None if workspace is None else workspace.logs / "ui.log")
        self.action, self.progress, self.result, self.rest = stack(), stack(), stack(), stack()
        known = next(one for one in phases() if one.id == phase)
        needs = known.needs if needs is None else needs
        gives = known.gives if gives is None else gives
        self._state = show()
        self._next = show()
        self.root = w.VBox(
            [
                show(*_training(), *_crumbs(workspace)),
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
    return [code_fold(example(phase))]


def _training() -> list[object]:
    """Return what every page of a training session begins with."""
    return (
        [banner(paragraph(badge("training", Tone.WARN), NOTICE), tone=Tone.WARN)] if practice_only() else []
    )


def _crumbs(workspace: Workspace | None) -> list[object]:
    if workspace is None:
        return []
    node = node_defaults()[workspace.settings.node]
    chips = [chip(f"Workspace {workspace.folder.name}"), chip(node["title"])]
    if node["practice"] and not practice_only():
        said = "Nothing leaves this computer."
        return [banner(line(*chips, badge("practice", Tone.BUSY), said), tone=Tone.BUSY)]
    return [line(*chips)]
