"""Creating a workspace, and switching to another one."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import EucaimError, SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.training import practice_only
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

Use: TypeAlias = Callable[[Workspace], None]


class Opening:
    """The workspaces used on this computer, and a way to open one by its folder."""

    def __init__(self, current: Workspace | None, use: Use, notice: c.Notice) -> None:
        self._use = use
        recent = [
            folder
            for folder in workspaces.recent_workspaces()
            if current is None or Path(folder) != current.folder
        ]
        self.recent = [self._recent(folder, notice) for folder in recent]
        start = Path(recent[0]).parent if recent else Path.home()
        self.picker = c.PathPicker("Folder of the workspace", start, notice)
        self.open = c.button("Open this workspace", self._open, notice)
        by_path = c.stack(self.picker.root, c.row(self.open))
        if self.recent:
            by_path = c.Drawer("Open a workspace by its folder", by_path, notice).root
        self.root = c.stack(*self.recent, by_path)

    def _recent(self, folder: str, notice: c.Notice) -> Any:
        try:
            node = str(node_defaults()[workspaces.open_workspace(folder).settings.node]["title"])
        except EucaimError:
            said = c.line("cannot be opened any more:", folder)
            return c.row(c.show(said))
        label = f"Open {Path(folder).name}"
        go = c.button(
            label, lambda: self._use(workspaces.open_workspace(folder)), notice, hint=f"Open {folder}"
        )
        return c.row(go, c.show(c.line(c.chip(node), folder)))

    def _open(self) -> None:
        self._use(workspaces.open_workspace(self.picker.folder))


class Creation:
    """Fields of a new workspace."""

    def __init__(self, like: Workspace | None, use: Use, notice: c.Notice) -> None:
        self._like, self._use = like, use
        settings = None if like is None else like.settings
        self.parent = c.PathPicker(
            "Folder to create it in", Path.home() if like is None else like.folder.parent, notice
        )
        self.name = c.text("Name of the new folder", "eucaim-submission" if like is None else "")
        nodes = _nodes()
        names = list(nodes)
        self.node = c.choice(
            "Reference node",
            [(str(node["title"]), name) for name, node in nodes.items()],
            settings.node if settings and settings.node in nodes else names[0],
        )
        ready_file = _ready_file(like)
        self._asks_for_ready_file = not ready_file
        self.project = c.text("Project at the node", hint="as the node named it; it may be added later")
        self.site_id = c.text(
            "EUCAIM SITE ID", settings.site_id if settings else "", hint="from your EUCAIM dashboard"
        )
        self.practice = c.text("Ready file of the practice nodes", ready_file)
        self.create = c.button("Create the workspace", self._create, notice, main=like is None)
        self._filled_in = ""
        self.node.observe(c.guard(notice, rest=0)(self._node_chosen), "value")
        self._node_chosen()
        self.root = c.stack(
            self.parent.root,
            c.row(self.name, self.node),
            self.practice,
            c.row(self.project, self.site_id),
            c.row(self.create),
        )

    @property
    def _is_practice(self) -> bool:
        return bool(node_defaults()[self.node.value]["practice"])

    def _node_chosen(self) -> None:
        c.visible(self.practice, self._is_practice and self._asks_for_ready_file)
        # What a person typed stays; what was filled in follows the node.
        if self.project.value == self._filled_in:
            self._filled_in = self.project.value = self._practice_project()

    def _practice_project(self) -> str:
        """Return the project that the practice node has for everybody; empty for a real node."""
        if not self._is_practice:
            return ""
        family = str(node_defaults()[self.node.value]["family"]).replace("-", "_")
        try:
            ready = json.loads(Path(self.practice.value).read_text(encoding="utf-8"))
            return str(ready[family]["project"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _create(self) -> None:
        name = self.name.value.strip()
        if not name:
            raise SettingsError("The new folder has no name. Type one, such as eucaim-submission.")
        made = workspaces.create(
            self.parent.folder / name,
            node=self.node.value,
            project=self.project.value.strip(),
            site_id=self.site_id.value.strip(),
            practice=self.practice.value.strip() if self._is_practice else "",
        )
        if self._is_practice and self._like is not None and self._like.settings.practice:
            # The sample data are for every practice node.
            made = made.change(sources=list(self._like.settings.sources))
        self._use(made)


class Details:
    """What the node and EUCAIM named after the workspace was made."""

    def __init__(self, workspace: Workspace, use: Use, notice: c.Notice) -> None:
        self._workspace, self._use = workspace, use
        self.project = c.text("Project at the node", workspace.settings.project, hint="as the node named it")
        self.site_id = c.text("EUCAIM SITE ID", workspace.settings.site_id, hint="from your EUCAIM dashboard")
        self.keep = c.button("Keep project and SITE ID", self._keep, notice)
        self.root = c.stack(c.row(self.project, self.site_id), c.row(self.keep))

    def _keep(self) -> None:
        project, site_id = self.project.value.strip(), self.site_id.value.strip()
        self._use(self._workspace.change(project=project, site_id=site_id))


def _nodes() -> dict[str, Mapping[str, Any]]:
    """Return the nodes that a workspace may be made for in this session."""
    return {name: node for name, node in node_defaults().items() if node["practice"] or not practice_only()}


def _ready_file(like: Workspace | None) -> str:
    """Return the ready file that the current workspace names, or else the last one that practised."""
    if like is not None and like.settings.practice:
        return like.settings.practice
    for folder in workspaces.recent_workspaces():
        try:
            found = workspaces.open_workspace(folder).settings.practice
        except EucaimError:
            continue
        if found:
            return found
    return ""
