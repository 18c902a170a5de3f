"""The words for where an action or a phase stands."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eucaim_nb.reference import Action, Phase


class StepState(StrEnum):
    """Where a phase or an action stands."""

    TODO = "to do"
    BLOCKED = "blocked"
    WORKING = "working"
    ATTENTION = "needs attention"
    DONE = "done"
    SKIPPED = "skipped on purpose"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a phase or an action cannot go on, and the notebook where that is mended."""

    text: str
    notebook: str


@dataclass(frozen=True, slots=True)
class Record:
    """An action that a person recorded as done, or as skipped on purpose; `at` in seconds since the epoch (UTC)."""

    action: str
    at: float
    note: str
    file: Path | None
    """The copy in the workspace's `paperwork` folder."""
    file_name: str
    """Name of the file as it was given."""
    sha256: str
    checks: tuple[str, ...]
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class ActionStatus:
    """An action in a workspace."""

    action: Action
    state: StepState
    sentence: str
    blockers: tuple[Blocker, ...] = ()
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A phase in a workspace: its state, one sentence that says it, what blocks it, and its actions."""

    phase: Phase
    state: StepState
    sentence: str
    blockers: tuple[Blocker, ...] = ()
    actions: tuple[ActionStatus, ...] = ()
