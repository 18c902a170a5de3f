"""The head of a report: what it is, when and by what it was made, and whose it is."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from eucaim_nb import __version__
from eucaim_nb.markup import Markup
from eucaim_nb.workspace import Workspace

from ._document import facts, section


def head(workspace: Workspace, form: str, version: int) -> dict[str, Any]:
    """Return what the content of every report begins with.

    Parameters
    ----------
    form, version
        Name and version of the form of the content, by which programs know it.
    """
    return {
        "format": form,
        "version": version,
        "made_at": moment(datetime.now(UTC).timestamp()),
        "submission": workspace.settings.id,
        "site_id": workspace.settings.site_id,
        "program": f"eucaim_nb {__version__}",
    }


def made(content: Mapping[str, Any], more: Iterable[tuple[object, object]] = ()) -> Markup:
    """Return the section of a document that shows the head of its content, and more facts of that kind."""
    return section(
        "Made",
        facts(
            [
                ("On", content["made_at"]),
                ("Submission", content["submission"]),
                ("Site", content["site_id"] or "not stated"),
                ("Program", content["program"]),
                *more,
            ]
        ),
    )


def moment(seconds: float) -> str:
    """Return seconds since the epoch as date and time (ISO 8601, UTC)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
