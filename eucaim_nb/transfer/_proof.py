"""What is known of the node's copy of an instance, and the words for what is not as it should be."""

from enum import StrEnum

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import Mark, UploadItem, UploadState
from eucaim_nb.nodes import Failure

from ._carrier import Carrier

CHANGED = "The file changed or can no longer be read. Scan again."
DIFFERENT = (
    "The node has another file under this UID, and keeps it. Compare the two; if the one there is wrong, ask the node "
    "to delete it, then upload again."
)
KEPT_OLD = (
    "The node said to have stored the changed file, but gives back what it had before. Ask it to delete its copy, "
    "then upload again."
)
NOT_COMPARED = (
    "The node lists this instance, but not because it was sent from here, and does not give it back. So nobody knows "
    "whether it is the same. Ask the node to delete it, then upload again."
)
DAMAGED = (
    "The node lists this instance but fails to give it back, so its copy is probably damaged. Ask it to delete the "
    "copy, then upload again."
)
NOT_LISTED = (
    "The node answered for this instance but does not list it. Upload again; if that does not help, ask the node "
    "whether it sorts instances out or gives them other UIDs on arrival."
)
RENAMED = (
    "The node lists instances under other UIDs in the place of those that were sent, and their number and pixel data "
    "do not agree with these. Ask the node whether it changes instances on arrival."
)


class Likeness(StrEnum):
    """How the node's copy of an instance compares with the file here."""

    SAME = "same"
    OTHER = "other"
    BROKEN = "broken"
    """The node fails to give its copy back."""
    UNKNOWN = "unknown"


def likeness(carrier: Carrier, item: UploadItem) -> Likeness:
    """Compare an instance that the node lists with the file here."""
    try:
        return Likeness.SAME if carrier.same_bytes(item) else Likeness.OTHER
    except Failure as error:
        return Likeness.BROKEN if error.cause == "server-error" else Likeness.UNKNOWN
    except (NodeError, OSError):
        return Likeness.UNKNOWN


def verified(item: UploadItem, proof: str, listed_as: str | None = None) -> Mark:
    """Return the step that calls an instance verified.

    Parameters
    ----------
    proof
        'acknowledged' (listed, and said to be stored from here), 'read back', 'digest' (listed by the node), 'renamed'.
    """
    known = (item.size, item.mtime_ns) if item.mtime_ns >= 0 else None
    return Mark(item.sop_uid, UploadState.VERIFIED, known=known, proof=proof, listed_as=listed_as)
