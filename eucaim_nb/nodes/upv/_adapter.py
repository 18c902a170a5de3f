"""What QP-Insights does not publish: where instances are posted to, and how project and timepoint travel.

All of it is settings, assumed from DICOM PS3.18 until the node confirms it: see `reference/nodes.toml`.
"""

import re
from dataclasses import dataclass, field

from eucaim_nb.errors import SettingsError

from .._settings import NodeSettings

_PLACES = ("none", "query", "header")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_VISIBLE = re.compile(r"[\x21-\x7E]([\x20-\x7E]*[\x21-\x7E])?")


@dataclass(frozen=True, slots=True)
class Adapter:
    """How a DICOMweb service is spoken to.

    Attributes
    ----------
    stow_path
        Where instances are posted to, below the address of the service.
    query, headers
        What goes with every request, to say which project and timepoint is meant.
    verified
        Whether the node confirmed these settings.
    """

    stow_path: str = "/studies"
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    verified: bool = False


def adapter_of(settings: NodeSettings) -> Adapter:
    """Return the adapter that the settings of a node describe.

    Raises
    ------
    SettingsError
        A setting has a value that cannot be used.
    """
    path, place = settings.text("stow_path") or "/studies", settings.text("project_placement") or "none"
    if not path.startswith("/") or "?" in path or "#" in path or "//" in path:
        raise SettingsError('stow_path under [node] in eucaim.toml is a path such as "/studies".')
    if place not in _PLACES:
        raise SettingsError(f"project_placement under [node] in eucaim.toml is one of: {', '.join(_PLACES)}.")
    named: dict[str, str] = {}
    if place != "none":
        if not settings.project:
            raise SettingsError("project_placement is set, but there is no project. Enter it on the Start page.")
        named[settings.text("project_name") or "project"] = settings.project
        if settings.text("timepoint"):
            named[settings.text("timepoint_name") or "timepoint"] = settings.text("timepoint")
    for name, value in named.items():
        if place == "header" and not (_HEADER_NAME.fullmatch(name) and _VISIBLE.fullmatch(value)):
            raise SettingsError(f"{name} cannot be sent as a header: use letters, digits and hyphens, and plain text.")
    return Adapter(
        stow_path=path.rstrip("/"),
        query=named if place == "query" else {},
        headers=named if place == "header" else {},
        verified=bool(settings.options.get("adapter_verified")),
    )
