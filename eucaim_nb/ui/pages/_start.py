"""Start: choose or create the workspace, and see how far the submission has come."""

from collections.abc import Sequence

import ipywidgets as w

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import ActionStatus, Step, StepState
from eucaim_nb.workspace import Workspace

from ._workspaces import Creation, Details, Opening, Use

_BOARD = (
    c.Column("Phase"),
    c.Column("No", numbers=True),
    c.Column("Action"),
    c.Column("State"),
    c.Column("What it says"),
)
_SETTLED = (StepState.DONE, StepState.SKIPPED)


def build(workspace: Workspace | None) -> w.Widget:
    """Return the page, which builds itself anew when another workspace is opened."""
    host = c.stack()

    def open_page(chosen: Workspace | None) -> None:
        c.replace(host, _StartPage(chosen, use).page.root)

    def use(chosen: Workspace) -> None:
        workspaces.remember(chosen)
        open_page(chosen)

    open_page(workspace)
    return host


class _StartPage:
    def __init__(self, workspace: Workspace | None, use: Use) -> None:
        self.page = c.Page("start", workspace)
        notice = self.page.notice
        recent = workspaces.recent_workspaces()
        if workspace is None:
            if recent:
                self._say_why_not(recent[0])
            heading = c.show(c.heading("Create a workspace"))
            self.page.action.children = [heading, Creation(None, use, notice).root]
            opening = c.Fold("Open a workspace that exists", lambda: Opening(None, use, notice).root, notice)
            self.page.rest.children = [opening.root]
            return
        steps = workflow.steps(workspace)
        self.page.action.children = [c.show(*_go_on(steps))]
        board = c.show(*_board(steps))
        board.add_class("eucaim-board")
        self.page.result.children = [
            board,
            c.show(c.heading("This workspace"), _facts(workspace)),
        ]
        self.page.rest.children = [
            c.Fold("Change project or SITE ID", lambda: Details(workspace, use, notice).root, notice).root,
            c.Fold("Open another workspace", lambda: Opening(workspace, use, notice).root, notice).root,
            c.Fold("Create a workspace", lambda: Creation(workspace, use, notice).root, notice).root,
        ]

    def _say_why_not(self, folder: str) -> None:
        with self.page.notice.reports():
            workspaces.open_workspace(folder)


def _go_on(steps: Sequence[Step]) -> list[object]:
    """Return a link to the first phase that can be gone on with."""
    open_ones = [step for step in steps if step.state not in _SETTLED]
    if not open_ones:
        return [c.paragraph("Every step of the procedure is done or was skipped on purpose.")]
    step = next((one for one in open_ones if one.state is not StepState.BLOCKED), open_ones[0])
    link = c.notebook_link(step.phase.notebook, f"Go on: {step.phase.title}", main=True)
    following = next((status.action.title for status in step.actions if status.state not in _SETTLED), "")
    return [c.paragraph(link, f"Next: {following}")]


def _board(steps: Sequence[Step]) -> list[c.Markup]:
    """Return all actions, phase by phase, after the number that are done."""
    statuses = [status for step in steps for status in step.actions]
    done = sum(status.state is StepState.DONE for status in statuses)
    skipped = sum(status.state is StepState.SKIPPED for status in statuses)
    said = f"How far this submission has come: {done} of {len(statuses)} done"
    rows = [
        (_phase(step) if first else "", *_cells(status, step.phase.notebook))
        for step in steps
        for first, status in zip([True, *[False] * len(step.actions)], step.actions, strict=False)
    ]
    return [
        c.heading(f"{said}, {skipped} skipped on purpose" if skipped else said),
        c.table(_BOARD, rows, "Actions of the submission"),
    ]


def _phase(step: Step) -> c.Markup:
    return c.notebook_link(step.phase.notebook, step.phase.title)


def _cells(status: ActionStatus, here: str) -> tuple[object, ...]:
    action = status.action
    blockers = [
        one.text if one.notebook == here else c.notebook_link(one.notebook, one.text)
        for one in status.blockers
    ]
    return (
        action.number,
        c.paragraph(action.title, *([c.chip("optional")] if action.optional else [])),
        c.state_badge(status.state),
        c.paragraph(*c.dotted(blockers or [status.sentence])),
    )


def _facts(workspace: Workspace) -> c.Markup:
    settings = workspace.settings
    node = node_defaults()[settings.node]
    facts: list[tuple[str, object]] = [
        ("Folder", c.copyable(workspace.folder, "the path of the workspace")),
        ("Reference node", node["title"]),
        ("Project", settings.project or "not set yet"),
        ("SITE ID", settings.site_id or "not set yet"),
    ]
    if "source" in node:
        said = c.outside_link(str(node["source"]), "Official description of the node")
        facts.append(("Source", c.line(said, f"read on {node['read_on']:%d %b %Y}")))
    return c.key_values(facts)
