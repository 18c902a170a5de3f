"""How many images of a source an upload would refuse to send without a reason."""

from collections.abc import Sequence

from eucaim_nb.workspace import Workspace

from ._plan import chosen_series
from ._source import count_unverified, source_ids


def unverified(workspace: Workspace, source: str, series: Sequence[Sequence[str]] | None = None) -> int:
    """Count the images that are not, or no longer, verified outputs of this workspace. Looks at every file.

    Parameters
    ----------
    source, series
        As for `upload`.

    Raises
    ------
    WorkspaceError
        The source was not scanned, or there is nothing to send.
    """
    ids = source_ids(workspace, source)
    return count_unverified(workspace, ids, chosen_series(workspace, ids, series))[0]
