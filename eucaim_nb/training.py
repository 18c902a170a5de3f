"""Training sessions: on a public server, with invented data and practice nodes only.

Whoever starts such a session sets `EUCAIM_NB_PRACTICE_ONLY`. Whatever is different then asks `practice_only`.
"""

import os

_SWITCH = "EUCAIM_NB_PRACTICE_ONLY"

NOTICE = (
    "Training session on a public server: only invented data belongs here; everything is deleted when it ends."
)


def practice_only() -> bool:
    """Tell whether this session may use practice nodes only, whatever its workspaces ask for."""
    return os.environ.get(_SWITCH, "").strip().lower() not in ("", "0", "false", "no")


def refusal(title: object) -> str:
    """Return the sentence that says why something real cannot be used here.

    Parameters
    ----------
    title
        What was asked for: the title of a node.
    """
    return (
        f"{title} cannot be used here: this is a training session on a public server, where no real data and "
        "no real account belong. Choose a practice node, or install eucaim-nb on a computer of your organisation."
    )
