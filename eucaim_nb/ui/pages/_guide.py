"""Guides: how to do an action of the procedure by hand, and the record that it was done."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.reference import Action, Instruction, node_defaults, papers, tickets
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import ActionStatus, Step, StepState
from eucaim_nb.workspace import Workspace

from ._checklist import Checklist
from ._dta_form import DtaForm
from ._evidence import Evidence
from ._links import link, table
from ._papers import Papers
from ._site_id import SiteId
from ._ticket import TicketText

GUIDE = "Instructions, checklist and record of this step"
"""What the guides of a page are called where they are folded."""
_PRACTISING = (
    "You are practising: read, tick and record to see how it goes. Write to no real helpdesk and sign nothing for it."
)
_SETTLED = (StepState.DONE, StepState.SKIPPED)


class Guide:
    """One action: what to do step by step, its checklist and ticket, and its record.

    Parameters
    ----------
    here
        Notebook that shows it.
    changed
        Called after something was recorded, withdrawn or ticked.
    """

    def __init__(
        self, workspace: Workspace, action: Action, here: str, notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self.action, self._here = action, here
        self._badges, self._blockers = c.show(), c.show()
        # What is said stands in the box that stays in sight, not at the end of the page.
        self.notice = notice = c.Notice(notice.log)
        self.evidence = Evidence(workspace, notice, changed)
        parts: list[Any] = [
            c.show(c.heading("What to do"), c.numbered(map(_instruction, action.instructions)))
        ]
        self.checklist = None
        family = str(node_defaults()[workspace.settings.node]["family"])
        self.tickets = [
            TicketText(workspace, ticket, notice) for ticket in tickets(family) if ticket.action == action.id
        ]
        parts += [one.root for one in self.tickets]
        self.tools = _tools(workspace, action, notice, changed, self._tick)
        parts += [one.root for one in self.tools]
        if action.checklist:
            self.checklist = Checklist(workspace, action, notice, changed)
            parts.append(self.checklist.root)
        parts.append(c.show(*_facts(action)))
        said = c.show(c.paragraph(action.description), *_older(action))
        content = c.beside(c.stack(said, self._blockers, *parts), self.evidence.root)
        self.drawer = c.Drawer(f"{action.number}. {action.title}", content, notice, beside=self._badges)
        self.drawer.line.add_class("eucaim-title")
        self.root = self.drawer.root

    def _tick(self, line: str) -> None:
        if self.checklist is not None:
            self.checklist.boxes[line].value = True

    def show(self, status: ActionStatus, *, turn: bool, alone: bool) -> None:
        """Show where the action stands.

        Parameters
        ----------
        turn
            Whether it is the one to do next.
        alone
            Whether it is all of its phase, whose state the page shows already.
        """
        optional = [c.chip("optional")] if status.action.optional else []
        said = c.beyond(status.sentence, status.blockers)
        state = [] if alone else [c.state_badge(status.state), *([said] if said else [])]
        c.put(self._badges, c.line(*state[:1], *optional, *state[1:]))
        found = () if alone else status.blockers
        c.put(self._blockers, *([c.blockers(found, self._here)] if found else []))
        self.evidence.show(status, turn=turn)


class Guides:
    """The guides of a phase; the one whose turn it is stands open.

    Parameters
    ----------
    changed
        Called with the phase as it stands after something was recorded, withdrawn or ticked.
    """

    def __init__(
        self, workspace: Workspace, phase: str, notice: c.Notice, changed: Callable[[Step], object]
    ) -> None:
        self._workspace, self._phase, self._changed = workspace, phase, changed
        step = workflow.step(phase, workspace)
        self.guides = [
            Guide(workspace, status.action, step.phase.notebook, notice, self._refresh)
            for status in step.actions
        ]
        practising = node_defaults()[workspace.settings.node]["practice"]
        said = c.show(*([c.paragraph(_PRACTISING)] if practising else []))
        self.root = c.stack(said, *(guide.root for guide in self.guides))
        self._turn: str | None = None
        self._show(step)
        if len(self.guides) == 1 and step.state not in _SETTLED:
            self.guides[0].drawer.turn(True)

    def _refresh(self) -> None:
        step = workflow.step(self._phase, self._workspace)
        self._show(step)
        self._changed(step)

    def _show(self, step: Step) -> None:
        turn = _turn(step.actions)
        for guide, status in zip(self.guides, step.actions, strict=True):
            ours = status.action.id == turn
            guide.show(status, turn=ours, alone=len(step.actions) == 1)
            if ours and turn != self._turn:
                guide.drawer.turn(True)
        self._turn = turn


def folded_guides(workspace: Workspace, page: c.Page) -> Any:
    """Return the guides of a page that does the action itself, folded: to tick, or to do it by other means."""

    def build() -> Any:
        made = Guides(workspace, page.phase, page.notice, lambda step: page.refresh())
        for guide in made.guides:
            guide.drawer.turn(True)
        return made.root

    return c.Fold(GUIDE, build, page.notice).root


def _tools(
    workspace: Workspace,
    action: Action,
    notice: c.Notice,
    changed: Callable[[], object],
    tick: Callable[[str], object],
) -> list[Papers | DtaForm | SiteId]:
    """Return what helps with an action besides its instructions; `tick` ticks a line of its checklist."""
    made: list[Papers | DtaForm | SiteId] = []
    if papers(action.id):
        made.append(Papers(workspace, action, notice, changed))
    if action.id == "dta":
        made.append(DtaForm(workspace, notice))
    if action.id == "eucaim-user":
        made.append(SiteId(workspace, notice, lambda: tick("site-id")))
    return made


def _turn(statuses: Sequence[ActionStatus]) -> str | None:
    """Return the id of the action to do next: the first one that can be done, what is optional last."""
    open_ones = [one for one in statuses if one.state not in (*_SETTLED, StepState.BLOCKED)]
    return next((one.action.id for one in sorted(open_ones, key=lambda one: one.action.optional)), None)


def _instruction(instruction: Instruction) -> c.Markup:
    return c.paragraph(instruction.text, *c.dotted(map(link, instruction.links)))


def _facts(action: Action) -> list[c.Markup]:
    facts: list[tuple[str, object]] = [
        ("Done when", action.outcome),
        ("From", f"{action.source}, read {action.read_on:%d %b %Y}"),
    ]
    return [c.key_values(facts), *([table(action.links)] if action.links else [])]


def _older(action: Action) -> list[c.Markup]:
    names = [name for name in action.formerly if name.casefold() != action.title.casefold()]
    return [c.paragraph(f"Formerly: {', '.join(names)}.", quiet=True)] if names else []
