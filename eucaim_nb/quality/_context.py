"""What a run knows besides the data: which level, which node, which sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eucaim_nb.dicom import Place
from eucaim_nb.ledger import Ledger
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from ._finding import Level


@dataclass(frozen=True)
class Context:
    """The surroundings of a run.

    Attributes
    ----------
    folder
        The workspace's.
    node
        Family of the node that the dataset is meant for: 'upv' or 'health-ri'.
    settings
        Defaults of that node, with what the workspace sets instead.
    sources
        Ids of the sources that are checked together.
    outputs
        Whether they are what the de-identification of this workspace wrote.
    """

    folder: Path
    ledger: Ledger
    level: Level
    node: str
    project: str
    settings: Mapping[str, Any]
    sources: Sequence[int]
    outputs: bool

    @classmethod
    def of(cls, workspace: Workspace, level: Level, sources: Sequence[int], outputs: bool) -> "Context":
        """Return the context of a run in a workspace."""
        chosen = workspace.settings
        defaults = node_defaults()[chosen.node]
        return cls(
            folder=workspace.folder,
            ledger=workspace.ledger,
            level=level,
            node=str(defaults["family"]),
            project=chosen.project,
            settings={**defaults, **chosen.node_options},
            sources=sources,
            outputs=outputs,
        )

    @cached_property
    def _roots(self) -> dict[int, bytes]:
        return {number: root for number, root, _ in self.ledger.index.sources()}

    def place(self, row: Mapping[str, Any]) -> Place:
        """Return where the bytes of a file of the index are."""
        return Place.of(self.folder, self._roots[row["source_id"]], row["folder"], row["name"], row["member"])

    def place_of(self, file_id: int) -> Place | None:
        """Return where the bytes of a file are by its id; None if it is not in the index any more."""
        found = self.ledger.index.place(file_id)
        return None if found is None else Place.of(self.folder, *found)
