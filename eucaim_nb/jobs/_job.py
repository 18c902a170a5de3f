"""A job as pages and the command line see it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eucaim_nb.ledger import JobRow

from ._process import is_alive


class JobState(StrEnum):
    """Where a job stands. `INTERRUPTED`: its process is gone without having said why."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Job:
    """A snapshot of a job; times are seconds since the epoch (UTC)."""

    id: int
    kind: str
    state: JobState
    arguments: Mapping[str, Any]
    done: int
    total: int | None
    unit: str
    doing: str
    stopping: bool
    started_at: float | None
    ended_at: float | None
    result: Mapping[str, Any] | None
    error: str | None

    @property
    def alive(self) -> bool:
        """Whether it is waiting or at work."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def seconds(self) -> float:
        """How long it has worked, in seconds."""
        return 0.0 if self.started_at is None else (self.ended_at or time.time()) - self.started_at

    @property
    def rate(self) -> float:
        """Units per second since it began."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time left at the rate so far, in seconds; None when nothing can be said."""
        if not self.alive or self.total is None or self.rate == 0:
            return None
        return max(0.0, (self.total - self.done) / self.rate)


def snapshot(row: JobRow) -> Job:
    """Read a row, telling a job whose process is gone from one that works."""
    state = JobState(row.state)
    ended_at = row.ended_at
    if state in (JobState.QUEUED, JobState.RUNNING) and not is_alive(row):
        state, ended_at = JobState.INTERRUPTED, row.heartbeat_at
    return Job(
        id=row.id,
        kind=row.kind,
        state=state,
        arguments=row.arguments,
        done=row.done,
        total=row.total,
        unit=row.unit,
        doing=row.doing,
        stopping=row.stop_requested,
        started_at=row.started_at,
        ended_at=ended_at,
        result=row.result,
        error=row.error,
    )
