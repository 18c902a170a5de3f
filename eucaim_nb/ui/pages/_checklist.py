"""The checklist of an action: every tick is kept at once."""

from collections.abc import Callable
from functools import partial

from eucaim_nb import workflow
from eucaim_nb.reference import Action
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace


class Checklist:
    """Boxes to tick.

    Parameters
    ----------
    changed
        Called after a tick was kept.
    """

    def __init__(
        self, workspace: Workspace, action: Action, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._workspace, self._action, self._changed = workspace, action, changed
        ticked = workflow.checks(workspace, action.id)
        self.boxes = {
            line.id: c.tick(f"{line.text}{' (if it applies)' if line.optional else ''}", line.id in ticked)
            for line in action.checklist
        }
        self._said = c.show()
        self._notice = notice
        for name, box in self.boxes.items():
            box.observe(c.guard(notice, rest=0)(partial(self._keep, name)), "value")
        self.root = c.stack(c.show(c.heading("Checklist")), *self.boxes.values(), self._said)
        self._say()

    def _keep(self, name: str) -> None:
        try:
            workflow.keep_checks(
                self._workspace, self._action.id, [line for line, box in self.boxes.items() if box.value]
            )
        except Exception:
            # A box shows what is kept, nothing else.
            self.boxes[name].value = not self.boxes[name].value
            raise
        self._say()
        self._changed()

    def _say(self) -> None:
        ticked = sum(box.value for box in self.boxes.values())
        said = f"{ticked} of {c.count(len(self.boxes), 'line')} ticked. Ticks are kept at once."
        c.put(self._said, c.status(c.paragraph(said, quiet=True)))
