"""Prepare what a session needs, then serve it until it is told to stop."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import EucaimError
from eucaim_nb.workspace import Workspace

from ._practice import practice_nodes, practice_workspace
from ._served import served_notebooks
from ._stop import stopped_by_signals


def app(folder: str | os.PathLike[str] | None = None, *, port: int = 0, browser: bool = True) -> None:
    """Serve the pages until Ctrl-C or SIGTERM, and print `Open <address>` when they answer.

    Parameters
    ----------
    folder
        The workspace. None prepares a place to practise and opens that.
    port
        On 127.0.0.1; 0 takes a free one.
    browser
        Whether to open the address in the user's browser.

    Raises
    ------
    WorkspaceError, SettingsError
        The workspace cannot be opened.
    EucaimError
        The port is taken, or the practice nodes do not start.
    """
    from ._voila import serve_pages

    with stopped_by_signals(), _session(folder, port) as port:
        serve_pages(port=port, browser=browser)


def lab(folder: str | os.PathLike[str] | None = None, *, port: int = 0, browser: bool = True) -> None:
    """Open the notebooks in JupyterLab. See `app` for parameters and errors."""
    from ._lab import serve_lab

    with stopped_by_signals(), _session(folder, port) as port:
        serve_lab(port=port, browser=browser)


@contextmanager
def _session(folder: str | os.PathLike[str] | None, port: int) -> Iterator[int]:
    """Hold everything that has to be there while pages are served; yields the port to use."""
    before = Path.cwd()
    with ExitStack() as stack:
        port = _usable_port(port)
        workspace = _opened(folder, stack)
        workspaces.remember(workspace)
        os.chdir(stack.enter_context(served_notebooks()))
        stack.callback(os.chdir, before)
        yield port


def _opened(folder: str | os.PathLike[str] | None, stack: ExitStack) -> Workspace:
    if folder is None:
        return practice_workspace(stack)
    workspace = workspaces.open_workspace(folder)
    return practice_nodes(workspace, stack)


def _usable_port(port: int) -> int:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise EucaimError(
                f"Port {port} of this computer cannot be used; another program may have it. "
                "Choose another one with --port, or leave --port out."
            ) from error
        return int(probe.getsockname()[1])
