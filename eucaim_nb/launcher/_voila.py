"""The pages: Voila, on loopback, with a token, over the served notebooks in the current folder."""

import logging
import os
import secrets
import tempfile
import webbrowser
from types import FrameType
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated
from traitlets.config import Config
from voila.app import Voila

from ._access import transport
from ._served import SHARE, TEMPLATE, notebooks
from ._stop import stop_now

_START = "/voila/render/00_start.ipynb"


def serve_pages(*, port: int, browser: bool) -> None:
    """Serve the notebooks of the current folder until the session is stopped."""
    # Where Voila looks for page templates; before everything the user has installed.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")]))
    logging.getLogger("tornado").setLevel(logging.ERROR)  # its notes on refused requests quote addresses
    pages = Pages(port=port, token=secrets.token_hex(24), in_browser=browser)
    pages.initialize([])
    try:
        pages.start()
    finally:
        Pages.clear_instance()


class Pages(Voila):  # type: ignore[misc]
    """Voila with our settings and nobody else's."""

    def __init__(self, *, in_browser: bool, **options: Any) -> None:
        # The hardened settings have one source, which Voila started by hand and Jupyter Server read as well.
        super().__init__(config_file_paths=[str(notebooks())], root_dir=os.getcwd(), **options)
        self._in_browser = in_browser

    def load_config_file(self, *args: Any, **options: Any) -> None:
        """Read the settings file, then add what depends on this session."""
        super().load_config_file(*args, **options)
        ours = Config()
        ours.Voila.open_browser = True  # see launch_browser
        ours.Voila.port_retries = 0
        ours.VoilaConfiguration.template = TEMPLATE.name
        ours.KernelManager.transport = transport(os.path.join(tempfile.gettempdir(), "voila_XXXXXXXX"))
        self.update_config(ours)

    def init_settings(self) -> dict[str, Any]:
        """Put our login page before that of Jupyter Server, which explains other servers."""
        settings: dict[str, Any] = super().init_settings()
        settings["jinja2_env"].loader.searchpath.insert(0, str(TEMPLATE))
        return settings

    def init_handlers(self) -> list[Any]:
        """Let the bare address lead to the first page."""
        return [(r"/", _Start), *super().init_handlers()]

    def launch_browser(self) -> None:
        """Say where the pages are. Voila calls this when it listens."""
        address = f"http://127.0.0.1:{self.port}/?token={self.token}"
        print(f"Open {address}", flush=True)
        if self._in_browser:
            webbrowser.open(address)

    def _handle_signal_stop(self, number: int, frame: FrameType | None) -> None:
        stop_now(number, frame)


class _Start(JupyterHandler):
    """Takes the token, leaves the cookies and goes on without the token in the address."""

    @authenticated
    def get(self) -> None:
        self.redirect(_START)
