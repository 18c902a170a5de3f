"""The practice home, and practice nodes that live as long as the session which started them."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import psutil

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import EucaimError, WorkspaceError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import SETTINGS_FILE, Workspace

_START_SECONDS = 60


def practice_home() -> Path:
    """Return the folder for practising: `EUCAIM_NB_HOME`, or `eucaim-practice` in the user's home folder."""
    return Path(os.environ.get("EUCAIM_NB_HOME") or Path.home() / "eucaim-practice").expanduser().absolute()


def practice_workspace(stack: ExitStack) -> Workspace:
    """Prepare the practice home once, run its nodes while `stack` is open, and open its workspace."""
    home = practice_home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_sample(home / "sample")
    except OSError as error:
        raise WorkspaceError(
            f"The practice folder {home} cannot be prepared: {error.strerror}. Set EUCAIM_NB_HOME to another folder."
        ) from error
    ready = _run(home / "node", home / "ready.json", stack)
    folder = home / "submission"
    if (folder / SETTINGS_FILE).exists():
        return workspaces.open_workspace(folder)
    workspace = workspaces.create(
        folder, node="practice-upv", project=ready["upv"]["project"], practice=str(home / "ready.json")
    )
    return workspace.change(sources=[str(home / "sample" / "dicom")])


def practice_nodes(workspace: Workspace, stack: ExitStack) -> Workspace:
    """Run the practice nodes of a workspace while `stack` is open, if it uses any.

    Raises
    ------
    EucaimError
        They are not running and their state is not beside their ready file, or they do not start.
    """
    if not node_defaults()[workspace.settings.node]["practice"]:
        return workspace
    if not workspace.settings.practice:
        workspace = workspace.change(practice=str(practice_home() / "ready.json"))
    ready_file = Path(workspace.settings.practice)
    state = ready_file.parent / "node"
    if _answering(ready_file) is None and not state.is_dir() and ready_file.parent != practice_home():
        raise EucaimError(
            f"The practice nodes of this workspace are not running. Start them with "
            f"eucaim-nb practice FOLDER --ready-file {ready_file}, then open the workspace again."
        )
    _run(state, ready_file, stack)
    return workspace


def _write_sample(folder: Path) -> None:
    if folder.exists():
        return
    from eucaim_nb.practice.sample import write_cohort

    # Under another name until it is complete: a session that is stopped half-way starts afresh.
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    write_cohort(unfinished)
    unfinished.rename(folder)


def _run(state: Path, ready_file: Path, stack: ExitStack) -> dict[str, Any]:
    """Return what the ready file says, after starting the nodes unless somebody runs them already."""
    running = _answering(ready_file)
    if running is not None:
        return running
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    # In a session of its own: Ctrl-C reaches the launcher only, which stops the nodes last.
    child = subprocess.Popen(
        [sys.executable, "-m", "eucaim_nb.launcher._nodes", str(state), str(ready_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    stack.callback(_stop, child)
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        ready = _answering(ready_file)
        if ready is not None and ready["pid"] == child.pid:
            return ready
        time.sleep(0.05)
    raise EucaimError(
        f"The practice nodes do not start in {state}. Another program may be using that folder."
    )


def _answering(ready_file: Path) -> dict[str, Any] | None:
    """Return the content of a ready file if the nodes it names are alive; one left by a killed run is not believed."""
    try:
        ready = json.loads(ready_file.read_text(encoding="utf-8"))
        if not psutil.pid_exists(ready["pid"]) or urlsplit(ready["control"]).hostname != "127.0.0.1":
            return None
        with build_opener(ProxyHandler({})).open(ready["control"], timeout=5) as answer:
            return ready if json.load(answer).get("version") == ready["version"] else None
    except (OSError, URLError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
