"""Start: choose or create the workspace, and see how far the submission has come."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import ipywidgets as w

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import Step, StepState
from eucaim_nb.workspace import Workspace

Use: TypeAlias = Callable[[Workspace], None]

_NEEDS = (
    "a folder with room for a copy of your images",
    "the name of your project at the node; it may be added later",
)
_GIVES = (
    "a workspace: one folder that keeps everything of this submission",
    "the list of steps, and what is left to do",
)
_BOARD = (c.Column("No", numbers=True), c.Column("Phase"), c.Column("State"), c.Column("What it says"))


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
        self.page = c.Page("start", workspace, needs=_NEEDS, gives=_GIVES)
        notice = self.page.notice
        recent = workspaces.recent_workspaces()
        if workspace is None:
            if recent:
                self._say_why_not(recent[0])
            heading = c.show(c.heading("Create a workspace"))
            self.page.action.children = [heading, _Creation(None, use, notice).root]
            opening = c.Fold(
                "Open a workspace that exists", lambda: _Opening(recent, use, notice).root, notice
            )
            self.page.rest.children = [opening.root]
            return
        steps = workflow.steps(workspace)
        self.page.action.children = [c.show(*_go_on(steps))]
        self.page.result.children = [
            c.show(c.heading("How far this submission has come"), _board(steps)),
            c.show(c.heading("This workspace"), _facts(workspace)),
        ]
        self.page.rest.children = [
            c.Fold("Open another workspace", lambda: _Opening(recent, use, notice).root, notice).root,
            c.Fold("Create a workspace", lambda: _Creation(workspace, use, notice).root, notice).root,
        ]

    def _say_why_not(self, folder: str) -> None:
        with self.page.notice.reports():
            workspaces.open_workspace(folder)


class _Opening:
    """Fields to open a workspace that exists."""

    def __init__(self, recent: list[str], use: Use, notice: c.Notice) -> None:
        start = Path(recent[0]) if recent else Path.home()
        self.picker = c.PathPicker("Folder of the workspace", start, notice, recent=recent)
        self.open = c.button("Open this workspace", self._open, notice, main=True)
        self._use = use
        self.root = c.stack(self.picker.root, c.row(self.open))

    def _open(self) -> None:
        self._use(workspaces.open_workspace(self.picker.folder))


class _Creation:
    """Fields of a new workspace."""

    def __init__(self, like: Workspace | None, use: Use, notice: c.Notice) -> None:
        self._use = use
        nodes = node_defaults()
        settings = None if like is None else like.settings
        self.parent = c.PathPicker(
            "Folder to create it in", Path.home() if like is None else like.folder.parent, notice
        )
        self.name = c.text("Name of the new folder", "eucaim-submission" if like is None else "")
        self.node = c.choice(
            "Reference node",
            [(str(node["title"]), name) for name, node in nodes.items()],
            settings.node if settings else next(iter(nodes)),
        )
        self.project = c.text("Project at the node", hint="as the node named it")
        self.site_id = c.text("EUCAIM SITE ID", hint="from your EUCAIM dashboard")
        self.practice = c.text("Ready file of the practice nodes", settings.practice if settings else "")
        self.create = c.button("Create the workspace", self._create, notice, main=True)
        self.node.observe(c.guard(notice, rest=0)(self._node_chosen), "value")
        self._node_chosen()
        self.root = c.stack(
            self.parent.root,
            c.row(self.name, self.node),
            self.practice,
            c.row(self.project, self.site_id),
            c.row(self.create),
        )

    def _node_chosen(self) -> None:
        c.visible(self.practice, bool(node_defaults()[self.node.value]["practice"]))

    def _create(self) -> None:
        name = self.name.value.strip()
        if not name:
            raise SettingsError("The new folder has no name. Type one, such as eucaim-submission.")
        practice = bool(node_defaults()[self.node.value]["practice"])
        self._use(
            workspaces.create(
                self.parent.folder / name,
                node=self.node.value,
                project=self.project.value.strip(),
                site_id=self.site_id.value.strip(),
                practice=self.practice.value.strip() if practice else "",
            )
        )


def _go_on(steps: list[Step]) -> list[object]:
    """Return a link to the first phase with a page that is not done."""
    for step in steps:
        if step.phase.available and step.state is not StepState.DONE:
            return [
                c.paragraph(
                    c.notebook_link(step.phase.notebook, f"Go on: {step.phase.title}", main=True),
                    step.sentence,
                )
            ]
    return [c.paragraph("Every phase that this version has a page for is done.")]


def _board(steps: list[Step]) -> c.Markup:
    rows = [
        (
            step.phase.number,
            c.line(_title(step), *([c.chip("optional")] if step.phase.optional else [])),
            c.state_badge(step.state),
            c.line(
                step.sentence, *(c.notebook_link(blocker.notebook, blocker.text) for blocker in step.blockers)
            ),
        )
        for step in steps
    ]
    return c.table(_BOARD, rows, "Phases of the submission")


def _title(step: Step) -> object:
    phase = step.phase
    return c.notebook_link(phase.notebook, phase.title) if phase.available else phase.title


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
