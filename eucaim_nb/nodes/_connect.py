"""From a workspace to its node."""

import json
from pathlib import Path
from typing import Any

from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from ._credentials import Credentials, credentials_of
from ._protocol import Node
from ._settings import NodeSettings
from .health_ri import HealthRiNode
from .upv import BrowserSignIn, DeviceSignIn, Issuer, UpvNode, why_no_browser

_ROOMS = {"upv": "upv", "health-ri": "health_ri"}
_NEEDED = {"upv": ("dicomweb", "username", "password"), "health-ri": ("url", "username", "password")}


def connect(workspace: Workspace, credentials: Credentials | None = None) -> Node:
    """Return the node that a workspace is meant for. Nothing is asked of it yet.

    Parameters
    ----------
    credentials
        What to sign in with. Without it, what `credentials_of` finds: never asked of a person here.

    Raises
    ------
    NodeError
        The workspace is for a practice node, and the practice nodes are not running.
    """
    chosen = workspace.settings
    defaults = node_defaults()[chosen.node]
    family, practice = str(defaults["family"]), bool(defaults["practice"])
    settings = NodeSettings(
        name=chosen.node,
        title=str(defaults["title"]),
        family=family,
        practice=practice,
        project=chosen.project,
        options={**defaults, **chosen.node_options},
        ready=_ready(chosen.practice, family) if practice else {},
    )
    if credentials is None:
        credentials = _of_practice(settings) if practice else credentials_of(workspace)
    node = UpvNode if family == "upv" else HealthRiNode
    return node(settings, credentials)


def browser_sign_in(workspace: Workspace) -> BrowserSignIn:
    """Begin to sign in at the web page of the workspace's node, which comes back to this computer.

    Raises
    ------
    SettingsError
        The node has no such sign-in, or the browser is on another computer than this program.
    NodeError
        The node is out of reach, or does not let this program sign in so.
    """
    if why := why_no_browser():
        raise SettingsError(why)
    return BrowserSignIn(_issuer(workspace))


def device_sign_in(workspace: Workspace) -> DeviceSignIn:
    """Begin to sign in at the workspace's node with a code that is typed on any device.

    Raises
    ------
    SettingsError
        The node has no such sign-in.
    NodeError
        The node is out of reach, or does not let this program sign in so.
    """
    return DeviceSignIn(_issuer(workspace))


def _issuer(workspace: Workspace) -> Issuer:
    node = connect(workspace, Credentials())
    if not isinstance(node, UpvNode):
        raise SettingsError(f"{node.settings.title} is signed in at with a user name and password only.")
    return node.issuer()


def _of_practice(settings: NodeSettings) -> Credentials:
    return Credentials(settings.ready["username"], settings.ready["password"])


def _ready(path: str, family: str) -> dict[str, Any]:
    not_running = (
        "The practice nodes are not running. Start them with `eucaim-nb app` or `eucaim-nb practice`"
    )
    if not path:
        raise NodeError(
            f"{not_running}, and name their ready file in the workspace (eucaim-nb init --practice)."
        )
    try:
        ready: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))[_ROOMS[family]]
        if not all(isinstance(ready[key], str) for key in _NEEDED[family]):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise NodeError(f"{not_running}: their ready file {path} cannot be read.") from None
    return ready
