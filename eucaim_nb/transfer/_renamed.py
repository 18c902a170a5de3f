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
    known: frozenset[tuple[str, str]],
    addresses: Mapping[str, Where],
) -> Renamed:
    """Find instances that the server made of some items.

    Parameters
    ----------
    items
        What the server answered for but does not list, all of one series.
    ours
        UIDs that are known to be of instances from here, and so are not new.
    known
        `(study UID, series UID)` of everything that was ever sent from here.
    addresses
        Where the server itself says to have put instances.

    Returns
    -------
    Renamed
        An item is found when an instance has the same pixel data that no other item has taken. Nothing is compared
        unless there are as many new instances as items.
    """
    try:
        strangers = _in_their_place(service, items, ours, addresses)
        in_their_place = bool(strangers)
        if len(strangers) < len(items):
            strangers = _of_their_patients(service, items, known)
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
    return Renamed(found, suspected=in_their_place or bool(found))


def _in_their_place(
    service: DicomWeb, items: Sequence[UploadItem], ours: frozenset[str], addresses: Mapping[str, Where]
) -> list[Where]:
    """Return instances that are where the server said that it put the items, or new in their series."""
    told = [where for where in addresses.values() if where[2] not in ours]
    series = (items[0].study_uid, items[0].series_uid)
    return told if len(told) >= len(items) else _listed(service, series, ours)


def _of_their_patients(
    service: DicomWeb, items: Sequence[UploadItem], known: frozenset[tuple[str, str]]
) -> list[Where]:
    """Return the instances of all series of their patients that were not sent from here and are as large."""
    found: list[Where] = []
    for patient in sorted({item.patient_id for item in items if item.patient_id}):
        for series in set(service.series_of(patient)) - known:
            new = _listed(service, series, frozenset())
            found += new if len(new) == len(items) else []
    return found


def _listed(service: DicomWeb, series: tuple[str, str], without: frozenset[str]) -> list[Where]:
    return [(*series, uid) for uid in sorted(service.instance_uids(*series) - without)]


def _pixels_there(service: DicomWeb, where: Where) -> bytes | None:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        service.save_instance(*where, file)
        return pixel_digest(file)
