"""The ingestion tool that a node recommends: is it here, is it needed, where does one get it."""

from typing import Any

from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._links import link


def tool_card(workspace: Workspace) -> Any:
    """Return what is known of the tool on this computer. Looking for Java takes a moment."""
    from eucaim_nb.transfer import ingestion_tool

    tool = ingestion_tool(workspace)
    state = {
        True: c.badge("here", c.Tone.GOOD),
        False: c.badge("not here", c.Tone.QUIET),
        None: c.badge("not looked for", c.Tone.QUIET),
    }[tool.found]
    return c.show(c.line(tool.title, state), c.paragraph(tool.said), c.bullets(map(link, tool.links)))
