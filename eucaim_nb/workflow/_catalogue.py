"""What the public catalogue itself said of the dataset, when it was last asked."""

from datetime import datetime

from eucaim_nb.ledger import Event

from ._state import Record, StepState

LOOKED_UP = "catalogue looked up"
"""The event that a look-up leaves, with `presence` (shown, unknown, unreachable) and `differing` columns."""


def shows(event: Event | None) -> bool:
    """Tell whether the catalogue showed the dataset."""
    return event is not None and event.detail.get("presence") == "shown"


def standing(event: Event | None, record: Record | None) -> tuple[StepState, str] | None:
    """Return where verifying the entry stands: a person's word is not enough, the catalogue has to show it.

    None before anything was looked up or recorded.
    """
    if event is None:
        if record is None:
            return None
        return StepState.ATTENTION, "Recorded as seen, but not looked up from here yet. Look it up on this page."
    day = f"{datetime.fromtimestamp(event.at).astimezone():%d %b %Y}"
    if not shows(event):
        said = "gave no answer" if event.detail.get("presence") == "unreachable" else "did not show the dataset"
        return StepState.ATTENTION, f"On {day} the catalogue {said}. Look it up again."
    differing = event.detail.get("differing", 0)
    if not differing:
        return StepState.DONE, f"The catalogue shows the dataset as the metadata say it, looked up on {day}."
    columns = "1 column differs" if differing == 1 else f"{differing} columns differ"
    if record is not None and record.at >= event.at:
        return StepState.DONE, f"The catalogue shows the dataset, looked up on {day}; {columns}, which was accepted."
    return (
        StepState.ATTENTION,
        f"The catalogue shows the dataset, but {columns} from the metadata. Have it mended, or record why it may stay.",
    )
