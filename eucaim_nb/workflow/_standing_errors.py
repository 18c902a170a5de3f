"""What the quality checks have against sending, in one sentence for pages, commands and the audit trail."""

from collections.abc import Sequence

from eucaim_nb.workspace import Workspace


def standing_errors(
    workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]] | None = None
) -> tuple[int, str]:
    """Count the errors of the last checks of some sources, or of some series of them, that were not left out.

    Returns
    -------
    tuple
        How many, and a sentence that names the checks; empty if there are none.
    """
    found = workspace.ledger.quality.blocking(ids, series)
    count = sum(found.values())
    if not count:
        return 0, ""
    errors, stand = ("error", "stands") if count == 1 else ("errors", "stand")
    return count, f"{count:,} {errors} of the quality checks {stand} ({', '.join(sorted(found))})."
