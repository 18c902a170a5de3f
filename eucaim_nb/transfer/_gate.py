"""What speaks against sending images, and the gate that keeps them here until somebody answers for it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eucaim_nb.errors import Refused
from eucaim_nb.ledger import UploadItem
from eucaim_nb.workflow import standing_errors
from eucaim_nb.workspace import Workspace

from ._plan import chosen_series
from ._source import source_ids

_MEND = "Mend them, or leave out the series they are about, and check again."


class Against(StrEnum):
    """What speaks against sending; the value is the event that a typed reason leaves in the audit trail."""

    UNVERIFIED = "upload without verified de-identification"
    QUALITY = "upload despite errors found by the quality checks"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that speaks against sending: how many images or findings it is about, and what to do.

    `detail` is what the audit trail keeps of it.
    """

    against: StrEnum
    count: int
    words: str
    remedy: str
    detail: Mapping[str, object]


def concerns(
    workspace: Workspace, source: str, series: Sequence[Sequence[str]] | None = None
) -> tuple[Concern, ...]:
    """Return what speaks against an upload; it would be refused without a reason. Looks at every file.

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
    return _concerns(workspace, ids, chosen_series(workspace, ids, series))


def check_allowed(
    workspace: Workspace, source: str, override: str | None, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> None:
    """Refuse to send images that something speaks against, unless a reason was typed; it goes to the audit trail.

    Parameters
    ----------
    ids, series
        Sources, and `(study UID, series UID)` of them to send.

    Raises
    ------
    Refused
        Something speaks against it, and no reason was given.
    """
    found = _concerns(workspace, ids, series)
    reason = (override or "").strip()
    if found and not reason:
        said = " ".join(f"{one.words} {one.remedy}" for one in found)
        raise Refused(f"{said} Or give the reason why they may be sent as they are; it is recorded.")
    for one in found:
        workspace.ledger.events.record(one.against, reason=reason, source=source, **one.detail)


def count_unverified(
    workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> tuple[int, int]:
    """Count the images of some series that are no verified outputs of this workspace, and all of their images.

    Only an output that is still the very file that was verified counts as verified.
    """
    total = unverified = 0
    for study, one in series:
        items = workspace.ledger.uploads.candidates(ids, study, one)
        verified = workspace.ledger.deidentified.verified_outputs(study, one)
        total += len(items)
        unverified += sum(not _is_verified(workspace, item, verified) for item in items)
    return unverified, total


def _concerns(
    workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> tuple[Concern, ...]:
    found = [_unverified(workspace, ids, series), _quality(workspace, ids, series)]
    return tuple(one for one in found if one is not None)


def _unverified(
    workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]]
) -> Concern | None:
    unverified, total = count_unverified(workspace, ids, series)
    if not unverified:
        return None
    what = "These images have" if unverified == total else f"{unverified:,} of these {total:,} images have"
    return Concern(
        Against.UNVERIFIED,
        unverified,
        f"{what} not been verified as de-identified, so they stay here.",
        "De-identify them and upload what comes out.",
        {"unverified": unverified, "of": total},
    )


def _quality(workspace: Workspace, ids: Sequence[int], series: Sequence[tuple[str, str]]) -> Concern | None:
    count, said = standing_errors(workspace, ids, series)
    if not count:
        return None
    return Concern(Against.QUALITY, count, said, _MEND, {"errors": count, "said": said})


def _is_verified(workspace: Workspace, item: UploadItem, verified: Mapping[str, tuple[int, int]]) -> bool:
    """Tell whether what would be sent is an output as it was when it was verified."""
    path = workspace.folder / os.fsdecode(item.root) / os.fsdecode(item.folder) / os.fsdecode(item.name)
    try:
        output = path.resolve().relative_to(workspace.deidentified.resolve()).as_posix()
        status = path.stat()
    except (OSError, ValueError):
        return False
    return not item.member and verified.get(output) == (status.st_size, status.st_mtime_ns)
