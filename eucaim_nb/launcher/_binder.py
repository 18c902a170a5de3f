"""Training sessions on Binder: `python -m eucaim_nb.launcher._binder prepare` builds one, `... nodes` runs in it.

On Binder the pages are served by JupyterLab's server, with Voila as its extension. That server reads neither the
cell tags, nor the headers, nor the rules for idle kernels from `voila.json`, so they are written where it does.
"""

import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

from jupyter_core.paths import ENV_CONFIG_PATH, ENV_JUPYTER_PATH
from traitlets.config import Config

from eucaim_nb import workspace as workspaces

from . import _nodes
from ._practice import practice_home, practice_workspace
from ._served import ETC, SHARE, TEMPLATE
from ._server import page_settings, server_settings


def prepare() -> None:
    """Install the settings and the page template of the server, and make the practice home."""
    shutil.copytree(SHARE, ENV_JUPYTER_PATH[0], dirs_exist_ok=True)
    shutil.copytree(ETC, ENV_CONFIG_PATH[0], dirs_exist_ok=True)
    settings = Path(ENV_CONFIG_PATH[0]) / "jupyter_server_config.json"
    settings.write_text(json.dumps(training_settings(), indent=2) + "\n", encoding="utf-8")
    _make_practice_home()


def nodes() -> None:
    """Run the practice nodes until standard input closes."""
    if workspaces.current() is None:  # the home that was prepared is not the home of this session
        _make_practice_home()
    home = practice_home()
    _nodes.main(str(home / "node"), str(home / "ready.json"))


def training_settings() -> Config:
    """Return the settings of Jupyter Server in a training session, in the shape of its configuration file."""
    pages = page_settings()
    alone = pages.pop("Voila")  # what only Voila by itself understands
    settings = server_settings()
    settings.merge(Config(pages))
    settings.ServerApp.tornado_settings = {
        **alone["tornado_settings"],
        **settings.ServerApp.tornado_settings,
        # Unless both are empty, as when it runs alone, Voila takes MathJax from a server elsewhere.
        "mathjax_url": None,
        "mathjax_config": None,
    }
    settings.ServerApp.identity_provider_class = alone["identity_provider_class"]
    settings.VoilaConfiguration.template = TEMPLATE.name
    return settings


def _make_practice_home() -> None:
    with ExitStack() as stack:
        workspaces.remember(practice_workspace(stack))


if __name__ == "__main__":
    {"prepare": prepare, "nodes": nodes}[sys.argv[1]]()
