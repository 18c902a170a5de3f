"""What Jupyter Server is told wherever it serves our notebooks: by `lab`, and in training sessions."""

import json
from typing import Any

from traitlets.config import Config

from ._served import notebooks


def page_settings() -> dict[str, Any]:
    """Return the hardened settings of the pages, which have one source."""
    settings: dict[str, Any] = json.loads((notebooks() / "voila.json").read_text(encoding="utf-8"))
    return settings


def server_settings() -> Config:
    """Return settings for kernels without secrets and for pages that ask nothing of other computers."""
    settings = Config()
    settings.ServerApp.tornado_settings = {
        "headers": dict(page_settings()["Voila"]["tornado_settings"]["headers"])
    }
    settings.ServerApp.kernel_manager_class = "eucaim_nb.launcher._access.PageKernels"
    # No request leaves the computer: neither for news, nor for updates, nor for extensions.
    settings.LabApp.news_url = None
    settings.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
    settings.LabApp.extension_manager = "readonly"
    return settings
