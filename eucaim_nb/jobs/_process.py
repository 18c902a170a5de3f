"""Worker processes: start one that outlives its parent, and tell whether one is still there."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import psutil

from eucaim_nb.ledger import JobRow
from eucaim_nb.ledger import Process as KnownProcess

_SILENCE_SECONDS = 30.0
"""Without a sign of life for so long, a job on another computer, or one that never got a process, counts as gone."""

# Voila puts the page's URL with its access token into the kernel's environment: a worker has no use for it.
_NOT_FOR_WORKERS = ("QUERY_STRING", "VOILA_REQUEST_URL", "JPY_API_TOKEN", "JUPYTER_TOKEN")


def host() -> str:
    """Return the name of this computer."""
    return platform.node() or "this computer"


def started(pid: int) -> float | None:
    """Return when a process began (seconds since the epoch), which tells it from a later one with the same number."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def this_process() -> KnownProcess:
    """Return how this process is known to others."""
    return KnownProcess(host(), os.getpid(), started(os.getpid()))


def is_alive(row: JobRow) -> bool:
    """Tell whether the process of a queued or running job is still at work."""
    if row.pid is None or row.host != host():
        return time.time() - row.heartbeat_at < _SILENCE_SECONDS
    try:
        process = psutil.Process(row.pid)
        same = row.process_started is None or abs(process.create_time() - row.process_started) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return time.time() - row.heartbeat_at < _SILENCE_SECONDS


def detached_options(system: str = sys.platform) -> dict[str, Any]:
    """Return the `Popen` options that let a child outlive this process and its console."""
    if system == "win32":
        # Values of subprocess.DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, which exist on Windows only.
        return {"creationflags": 0x00000008 | 0x00000200}
    return {"start_new_session": True}


def spawn(folder: Path, job_id: int, log: Path, secrets: bytes) -> int:
    """Start the worker of a job and return its process id.

    Parameters
    ----------
    folder
        The workspace.
    job_id
        Row of the job in its ledger.
    log
        File that receives what the worker prints.
    secrets
        Bytes the worker reads from its standard input: the only way a secret reaches it.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_WORKERS}
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "eucaim_nb.jobs", str(folder), str(job_id)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            **detached_options(),
        )
    assert worker.stdin is not None
    with worker.stdin as pipe:
        pipe.write(secrets)
    # Collects the worker's exit status, so that it does not stay behind as a zombie while this process lives.
    Thread(target=worker.wait, daemon=True).start()
    return worker.pid
