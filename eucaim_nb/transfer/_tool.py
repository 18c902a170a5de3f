"""The ingestion tool that a node recommends: whether it is on this computer, whether it is needed, where to get it."""

from dataclasses import dataclass

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from .ctp import find_program


@dataclass(frozen=True, slots=True)
class Tool:
    """`found` is None for a program that cannot be looked for; `links` are ids of the reference."""

    title: str
    found: bool | None
    said: str
    links: tuple[str, ...]


def ingestion_tool(workspace: Workspace) -> Tool:
    """Look for the tool that the workspace's node recommends: the uploader of QP-Insights, or CTP with its Java."""
    if node_defaults()[workspace.settings.node]["family"] == "upv":
        return Tool(
            "QP-Insights Uploader",
            None,
            "It is not needed where the node takes images by DICOMweb: the Upload page sends them. Else install it, "
            "and let the Upload page pack the folder for it. It signs in with a user name and password of the node.",
            ("uploader", "uploader-download"),
        )
    title, links = "Clinical Trial Processor (CTP) and Java", ("ctp", "ctp-manual")
    instead = "It is not needed where the Upload page sends to XNAT itself."
    try:
        program = find_program(workspace)
    except SettingsError as error:
        return Tool(title, False, f"{error} {instead}", links)
    return Tool(title, True, f"CTP is in {program.home}, with Java {program.version}. {instead}", links)
