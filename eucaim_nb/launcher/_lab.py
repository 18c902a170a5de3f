"""The notebooks in JupyterLab: read-only, with the user's home folder beside them for copies."""

import os
import secrets
import tempfile
import webbrowser
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir
from jupyterlab.labapp import LabApp
from traitlets.config import Config

from ._access import transport
from ._served import ETC
from ._server import server_settings


def serve_lab(*, port: int, browser: bool) -> None:
    """Serve the notebooks of the current folder in JupyterLab until the session is stopped."""
    served = Path.cwd()
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(ETC), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    with tempfile.TemporaryDirectory(prefix="eucaim-lab-") as root:
        (Path(root) / "notebooks").symlink_to(served)
        (Path(root) / "home").symlink_to(Path.home())
        token = secrets.token_hex(24)
        server = LabApp.initialize_server(argv=[], config=_settings(root, port, token))
        address = f"http://127.0.0.1:{port}/lab/tree/notebooks/00_start.ipynb?token={token}"

        def announce() -> None:
            print(f"Open {address}", flush=True)
            if browser:
                webbrowser.open(address)

        server.io_loop.add_callback(announce)
        try:
            server.start()
        finally:
            os.chdir(served)


def _settings(root: str, port: int, token: str) -> Config:
    settings = server_settings()
    settings.ServerApp.ip = "127.0.0.1"
    settings.ServerApp.port = port
    settings.ServerApp.port_retries = 0
    settings.ServerApp.root_dir = root
    settings.ServerApp.open_browser = False
    settings.ServerApp.allow_root = True  # loopback and a token: nobody else's browser gets in
    settings.IdentityProvider.token = token
    settings.KernelManager.transport = transport(jupyter_runtime_dir())
    settings.LabApp.open_browser = False
    for application in ("ServerApp", "LabApp"):
        settings[application].log_level = "ERROR"
    return settings
