"""Servers that give instances new UIDs on arrival: find what became of ours, by count and by pixel data."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes import DicomWeb

from ._carrier import Renamed, opened
from ._likeness import pixel_digest

_IN_MEMORY = 16 * 2**20
Where = tuple[str, str, str]


def find_renamed(
    service: DicomWeb,
    folder: Path,
    items: Sequence[UploadItem],
    ours: frozenset[str],
    addresses: Mapping[str, Where],
) -> Renamed:
    """Find instances that the server made of some items.

    Parameters
    ----------
    items
        What the server answered for but does not list, all of one series.
    ours
        UIDs that are known to be of instances from here, and so are not new.
    addresses
        Where the server itself says to have put instances.

    Returns
    -------
    Renamed
        An item is found when exactly one instance is left for it that has the same pixel data. Nothing is compared
        unless there are as many new instances as items.
    """
    try:
        strangers = _strangers(service, items, ours, addresses)
        if len(strangers) < len(items):
            return Renamed({}, suspected=bool(strangers))
        wanted: dict[bytes, list[UploadItem]] = defaultdict(list)
        for item in items:
            with opened(folder, item) as file:
                if digest := pixel_digest(file):
                    wanted[digest].append(item)
        found = {}
        for where in strangers:
            digest = _pixels_there(service, where) if wanted else None
            if digest and wanted[digest]:
                found[wanted[digest].pop().sop_uid] = "/".join(where)
    except (NodeError, OSError):
        return Renamed({}, suspected=False)
    return Renamed(found, suspected=True)


def _strangers(
    service: DicomWeb, items: Sequence[UploadItem], ours: frozenset[str], addresses: Mapping[str, Where]
) -> list[Where]:
    """Return what may have been made of the items: where the server said, in their series, of their patient."""
    told = [where for where in addresses.values() if where[2] not in ours]
    if len(told) >= len(items):
        return told
    own = (items[0].study_uid, items[0].series_uid)
    beside = _new_in(service, own, ours)
    if len(beside) >= len(items):
        return beside
    for patient in sorted({item.patient_id for item in items if item.patient_id}):
        for series in service.series_of(patient):
            new = [] if series == own else _new_in(service, series, ours)
            if len(new) == len(items):
                return new
    return beside


def _new_in(service: DicomWeb, series: tuple[str, str], ours: frozenset[str]) -> list[Where]:
    return [(*series, uid) for uid in sorted(service.instance_uids(*series) - ours)]


def _pixels_there(service: DicomWeb, where: Where) -> bytes | None:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        service.save_instance(*where, file)
        return pixel_digest(file)
