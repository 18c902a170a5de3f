"""What was done so far, over all runs."""

from collections import Counter
from collections.abc import Mapping

from eucaim_nb.dicom import tag_text
from eucaim_nb.ledger import DeidState
from eucaim_nb.workspace import Workspace

from ._allowed import name_of


def set_aside(workspace: Workspace) -> Mapping[tuple[str, str], int]:
    """Count the originals that are set aside, by kind and reason, the most frequent first."""
    return _by_reason(workspace, DeidState.QUARANTINED)


def left_out(workspace: Workspace) -> Mapping[tuple[str, str], int]:
    """Count the originals that the profile leaves out, by kind and reason, the most frequent first."""
    return _by_reason(workspace, DeidState.DROPPED)


def _by_reason(workspace: Workspace, state: DeidState) -> Mapping[tuple[str, str], int]:
    rows = workspace.ledger.deidentified.rows(state)
    return dict(Counter((row.kind, row.reason) for row in rows).most_common())


def actions_done(workspace: Workspace) -> Mapping[str, Mapping[str, int]]:
    """Count what was done to the originals of all outputs, by attribute and action, in tag order."""
    counts: Counter[str] = Counter()
    for row in workspace.ledger.deidentified.rows(DeidState.WRITTEN):
        counts.update(row.counts)
    return by_attribute(counts)


def by_attribute(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return the counts of rows of the ledger by attribute and action, in tag order."""
    found: dict[str, dict[str, int]] = {}
    for treated, count in sorted(counts.items()):
        tag, _, action = treated.partition(" ")
        found.setdefault(attribute_text(int(tag, 16)), {})[action] = count
    return found


def attribute_text(tag: int) -> str:
    """Return an attribute as counts show it; what a private one means depends on its creator, so it has no name."""
    name = "private attribute" if tag >> 16 & 1 else name_of(tag)
    return f"{tag_text(tag)} {name}".rstrip()
