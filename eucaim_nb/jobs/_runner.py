"""Start, follow and stop jobs; do the work of one."""

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from importlib import import_module
from threading import Event, Thread
from typing import Any

from eucaim_nb import redact
from eucaim_nb.errors import EucaimError, JobBusy, WorkspaceError
from eucaim_nb.ledger import Ledger
from eucaim_nb.workspace import Workspace

from . import _process
from ._job import Job, snapshot
from ._kinds import KINDS
from ._progress import Progress, Stopped

_REPORT_SECONDS = 0.4
_HEARTBEAT_SECONDS = 5.0


def start(
    workspace: Workspace, kind: str, arguments: Mapping[str, Any], secrets: Mapping[str, Any] | None = None
) -> Job:
    """Hand a job to a detached worker process and return at once.

    Parameters
    ----------
    workspace
        The workspace it belongs to.
    kind
        A key of `KINDS`.
    arguments
        Plain values for the verb; stored in the ledger.
    secrets
        Further arguments that must not be stored; they go through a pipe.

    Returns
    -------
    Job
        The new job, or the one of that kind which is at work already.
    """
    row, new = workspace.ledger.jobs.claim(kind, arguments, _process.this_process(), _process.is_alive)
    if new:
        try:
            pid = _process.spawn(
                workspace.folder, row.id, _log_file(workspace, row.id), json.dumps(secrets or {}).encode()
            )
        except OSError as error:
            workspace.ledger.jobs.end(row.id, "failed", error=redact.describe(error))
        else:
            workspace.ledger.jobs.attach(row.id, pid, _process.started(pid))
    return get(workspace, row.id)


def run(
    workspace: Workspace,
    kind: str,
    arguments: Mapping[str, Any],
    secrets: Mapping[str, Any] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Job:
    """Do a job in this process and return it ended.

    Parameters
    ----------
    on_progress
        Called about twice a second from another thread.

    Raises
    ------
    JobBusy
        One of that kind is at work already.
    """
    row, new = workspace.ledger.jobs.claim(kind, arguments, _process.this_process(), _process.is_alive)
    if not new:
        raise JobBusy(
            f"A {kind} is already at work in this workspace (job {row.id}). Wait for it, or stop it first."
        )
    work(workspace, row.id, secrets or {}, on_progress)
    return get(workspace, row.id)


def work(
    workspace: Workspace,
    job_id: int,
    secrets: Mapping[str, Any],
    on_progress: Callable[[Progress], None] | None = None,
) -> None:
    """Do the work of a claimed job, and write its end to the ledger whatever happens."""
    jobs = workspace.ledger.jobs
    log = _logger(workspace, job_id)
    row = jobs.get(job_id)
    assert row is not None
    jobs.attach(job_id, os.getpid(), _process.started(os.getpid()))
    jobs.begin(job_id)
    log.info("%s began", row.kind)
    progress = Progress()
    ended = Event()
    reporter = Thread(
        target=_report, args=(workspace.ledger, job_id, progress, ended, on_progress), daemon=True
    )
    reporter.start()
    state, result, error = "failed", None, None
    try:
        result = _plain(_verb(row.kind)(workspace, **row.arguments, **secrets, progress=progress))
        state = "done"
    except (Stopped, KeyboardInterrupt):
        state = "stopped"
    except Exception as problem:
        error = redact.describe(problem)
        if isinstance(problem, EucaimError) and problem.pauses:
            state = "stopped"
        log.error("%s failed", row.kind, exc_info=True)
    finally:
        ended.set()
        reporter.join()
        jobs.report(job_id, progress.done, progress.total, progress.unit, progress.doing)
        jobs.end(job_id, state, result, error)
        log.info("%s %s after %d %s", row.kind, state, progress.done, progress.unit)
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()


def stop(workspace: Workspace, job_id: int) -> None:
    """Ask a job to stop at its next safe point."""
    workspace.ledger.jobs.request_stop(job_id)


def get(workspace: Workspace, job_id: int) -> Job:
    """Return a job as it stands now."""
    row = workspace.ledger.jobs.get(job_id)
    if row is None:
        raise KeyError(job_id)
    return snapshot(row)


def latest(workspace: Workspace, kind: str) -> Job | None:
    """Return the newest job of a kind as it stands now, or None."""
    row = workspace.ledger.jobs.latest(kind)
    return None if row is None else snapshot(row)


def follow(workspace: Workspace, job_id: int, every: float = 0.5) -> Iterator[Job]:
    """Yield snapshots of a job until it has ended; the last one is its end."""
    while True:
        job = get(workspace, job_id)
        yield job
        if not job.alive:
            return
        time.sleep(every)


def _report(
    ledger: Ledger,
    job_id: int,
    progress: Progress,
    ended: Event,
    on_progress: Callable[[Progress], None] | None,
) -> None:
    """Carry progress to the ledger and the stop flag back, at no more than 2.5 Hz."""
    told: tuple[object, ...] = ()
    told_at = 0.0
    while not ended.wait(_REPORT_SECONDS):
        now = (progress.done, progress.total, progress.unit, progress.doing)
        # A ledger that is busy or out of reach for a moment must not end the reporting.
        with contextlib.suppress(WorkspaceError):
            if now != told or time.monotonic() - told_at > _HEARTBEAT_SECONDS:
                stop_asked = ledger.jobs.report(job_id, *now)
                told, told_at = now, time.monotonic()
            else:
                stop_asked = ledger.jobs.stop_requested(job_id)
            if stop_asked:
                progress.stop.set()
        if on_progress is not None:
            on_progress(progress)


def _verb(kind: str) -> Callable[..., object]:
    module, _, name = KINDS[kind].partition(":")
    verb: Callable[..., object] = getattr(import_module(module), name)
    return verb


def _plain(result: object) -> dict[str, Any]:
    if is_dataclass(result) and not isinstance(result, type):
        return asdict(result)
    raise TypeError(f"A job's verb must return a dataclass, not {type(result).__name__}.")


def _log_file(workspace: Workspace, job_id: int) -> Any:
    workspace.logs.mkdir(exist_ok=True)
    return workspace.logs / f"job-{job_id}.log"


def _logger(workspace: Workspace, job_id: int) -> logging.Logger:
    log = logging.getLogger(f"eucaim_nb.job.{job_id}")
    log.setLevel(logging.INFO)
    log.propagate = False
    handler = logging.FileHandler(_log_file(workspace, job_id), encoding="utf-8", delay=True)
    handler.setFormatter(redact.Formatter())
    log.addHandler(handler)
    return log
