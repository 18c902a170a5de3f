"""The gate before anything of a dataset is made public: the agreement is signed and EUCAIM has cleared the holder."""

from collections.abc import Iterator

from eucaim_nb.workspace import Workspace

from ._evidence import sha256_of
from ._ledger_knows import Known
from ._papers import BROKEN
from ._state import Record


def release_blockers(workspace: Workspace) -> tuple[str, ...]:
    """Return what speaks against releasing the dataset or its metadata, as plain sentences; empty when nothing does.

    The DTA must be recorded as signed with its file, which is still as it was recorded, the documentation as cleared by
    EUCAIM's legal team, and no document of it may have expired or be gone.
    """
    return tuple(against_release(Known(workspace)))


def against_release(known: Known) -> Iterator[str]:
    """Yield what speaks against a release, from what was read already."""
    if not known.done("dta"):
        yield "The DTA is not recorded as signed."
    elif not _intact(known.records["dta"]):
        yield (
            "The DTA is recorded as signed, but its signed file is missing or was changed. "
            "Record it again with the file."
        )
    if not known.done("documentation"):
        yield "It is not recorded that EUCAIM's legal team declared your organisation compliant."
    elif known.records["documentation"].file is not None and not _intact(known.records["documentation"]):
        yield "The file that shows legal clearance is missing or was changed. Record it again."
    for one in known.papers:
        if one.paper.action == "documentation" and one.state in BROKEN:
            yield one.sentence


def _intact(record: Record) -> bool:
    return record.file is not None and sha256_of(record.file) == record.sha256
