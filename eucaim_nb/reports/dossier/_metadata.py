"""The metadata record of the dataset, as it was last saved."""

import json
from typing import Any

from eucaim_nb.workspace import Workspace


def metadata(workspace: Workspace) -> dict[str, Any] | None:
    """Return version, time and values by property of `dataset/record.json`; None while there is no record."""
    try:
        kept = json.loads((workspace.folder / "dataset" / "record.json").read_text(encoding="utf-8"))
        return {
            "version": kept["version"],
            "saved_at": kept["saved_at"],
            "values": {str(name): [str(one) for one in values] for name, values in kept["values"].items()},
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
