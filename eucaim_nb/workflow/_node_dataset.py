"""What the node last said of this submission's dataset, kept in `dataset/node.json` for everybody who asks later."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace


class DatasetState(StrEnum):
    """Where a dataset stands at the node, by the node's own account."""

    CREATING = "being created"
    FAILED = "creation failed"
    DRAFT = "draft"
    RELEASED = "released"
    PUBLISHED = "published"
    INVALIDATED = "invalidated"
    PRIVATE = "private"
    PROTECTED = "protected"
    PUBLIC = "public"

    @property
    def released(self) -> bool:
        """Whether others than its makers can know of it."""
        return self in (
            DatasetState.RELEASED,
            DatasetState.PUBLISHED,
            DatasetState.PROTECTED,
            DatasetState.PUBLIC,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Numbers of what was sent and of what the node has of it; `missing` counts series. `at` in seconds since 1970."""

    at: float
    here: Mapping[str, int]
    there: Mapping[str, int]
    missing: int


@dataclass(frozen=True, slots=True)
class NodeDataset:
    """A dataset as the node showed it at `seen_at` (seconds since 1970).

    `properties` are what was said about it, `figures` what the node counted of its content; both by the node's own
    names, and neither names a patient or an author. `compared` is None until its content was compared with what was
    sent.
    """

    node: str
    id: str
    state: DatasetState
    seen_at: float
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    compared: Compared | None = None

    @property
    def title(self) -> str:
        """Its name, or its id while it has none."""
        return str(self.properties.get("name") or self.id)


def node_dataset(workspace: Workspace) -> NodeDataset | None:
    """Return what is known of the dataset at the workspace's node; None if nothing is.

    Raises
    ------
    WorkspaceError
        The file that keeps it cannot be read.
    """
    file = _file(workspace)
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        compared = Compared(**kept.pop("compared")) if kept.get("compared") else None
        found = NodeDataset(**{**kept, "state": DatasetState(kept["state"]), "compared": compared})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkspaceError(
            "dataset/node.json cannot be read. Remove it, and choose the dataset again in the step Create and publish."
        ) from error
    return found if found.node == workspace.settings.node else None


def keep_node_dataset(workspace: Workspace, dataset: NodeDataset) -> None:
    """Keep what the node says now, in place of what it said before.

    Raises
    ------
    WorkspaceError
        The file cannot be written.
    """
    file = _file(workspace)
    try:
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as kept:
            json.dump(asdict(dataset), kept, indent=1, ensure_ascii=False)
    except OSError as error:
        raise WorkspaceError(f"dataset/node.json cannot be written: {error.strerror}.") from error


def forget_node_dataset(workspace: Workspace) -> None:
    """Keep nothing any more of a dataset that is gone."""
    _file(workspace).unlink(missing_ok=True)


def _file(workspace: Workspace) -> Path:
    return workspace.folder / "dataset" / "node.json"
