"""Rows of the job table: who works on what, how far it is, and whether it was asked to stop."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ._database import Database

RUNNING = ("queued", "running")


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the ledger has it; times are seconds since the epoch (UTC)."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    state: str
    created_at: float
    started_at: float | None
    ended_at: float | None
    heartbeat_at: float
    host: str
    pid: int | None
    process_started: float | None
    stop_requested: bool
    done: int
    total: int | None
    unit: str
    doing: str
    result: Mapping[str, Any] | None
    error: str | None


class Process(NamedTuple):
    """A process on a computer; `started` is when it began (seconds since the epoch), if that is known."""

    host: str
    pid: int
    started: float | None


class Jobs:
    """Claim, follow and end jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self,
        kind: str,
        arguments: Mapping[str, Any],
        claimer: Process,
        is_alive: Callable[[JobRow], bool],
    ) -> tuple[JobRow, bool]:
        """Insert a queued job, unless one of the same kind is alive.

        Until a worker is attached the job lives as long as who claimed it.

        Returns
        -------
        tuple
            The job, and whether it is new. Asking twice, as a double click does, gives the same job.
        """
        with self._database.write() as connection:
            last = connection.execute(
                "SELECT * FROM job WHERE kind = ? AND state IN ('queued', 'running') ORDER BY id DESC "
                "LIMIT 1",
                (kind,),
            ).fetchone()
            if last is not None:
                row = _job(last)
                if is_alive(row):
                    return row, False
                connection.execute(
                    "UPDATE job SET state = 'interrupted', ended_at = heartbeat_at WHERE id = ?", (row.id,)
                )
            now = time.time()
            cursor = connection.execute(
                "INSERT INTO job (kind, arguments, state, created_at, heartbeat_at, host, pid, process_started) "
                "VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)",
                (kind, json.dumps(arguments), now, now, *claimer),
            )
            row = _job(connection.execute("SELECT * FROM job WHERE id = ?", (cursor.lastrowid,)).fetchone())
        return row, True

    def attach(self, job_id: int, pid: int, process_started: float | None) -> None:
        """Note which process works on the job."""
        self._set(job_id, "pid = ?, process_started = ?", pid, process_started)

    def begin(self, job_id: int) -> None:
        """Note that the work has begun."""
        now = time.time()
        self._set(job_id, "state = 'running', started_at = ?, heartbeat_at = ?", now, now)

    def report(self, job_id: int, done: int, total: int | None, unit: str, doing: str) -> bool:
        """Write progress and a sign of life; return whether the job was asked to stop."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE job SET done = ?, total = ?, unit = ?, doing = ?, heartbeat_at = ? WHERE id = ?",
                (done, total, unit, doing, time.time(), job_id),
            )
            row = connection.execute("SELECT stop_requested FROM job WHERE id = ?", (job_id,)).fetchone()
        return bool(row["stop_requested"])

    def stop_requested(self, job_id: int) -> bool:
        """Tell whether someone asked the job to stop."""
        with self._database.read() as connection:
            row = connection.execute("SELECT stop_requested FROM job WHERE id = ?", (job_id,)).fetchone()
        return bool(row["stop_requested"])

    def request_stop(self, job_id: int) -> None:
        """Ask the job to stop at its next safe point."""
        self._set(job_id, "stop_requested = 1")

    def end(
        self, job_id: int, state: str, result: Mapping[str, Any] | None = None, error: str | None = None
    ) -> None:
        """Close the job as 'done', 'stopped', 'failed' or 'interrupted'."""
        text = None if result is None else json.dumps(result)
        self._set(job_id, "state = ?, result = ?, error = ?, ended_at = ?", state, text, error, time.time())

    def get(self, job_id: int) -> JobRow | None:
        """Return one job."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else _job(row)

    def latest(self, kind: str) -> JobRow | None:
        """Return the newest job of a kind."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,)
            ).fetchone()
        return None if row is None else _job(row)

    def _set(self, job_id: int, assignments: str, *values: object) -> None:
        with self._database.write() as connection:
            connection.execute(f"UPDATE job SET {assignments} WHERE id = ?", (*values, job_id))


def _job(row: Any) -> JobRow:
    values = dict(row)
    values["arguments"] = json.loads(values["arguments"])
    values["result"] = json.loads(values["result"]) if values["result"] else None
    values["stop_requested"] = bool(values["stop_requested"])
    return JobRow(**values)
