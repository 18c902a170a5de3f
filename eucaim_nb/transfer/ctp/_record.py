"""What CTP has sent, and from which files: so that a second run sends what is missing, and no more."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from eucaim_nb.ledger import UploadItem

from ._relay import Image

_NAMES = ("sop_uid", "source", "md5")


class Known(NamedTuple):
    """What the file was like that an image was made from, and the digest of what XNAT took."""

    source: str
    md5: str


class Record:
    """The record of one workspace: de-identified UIDs and digests in a file that only grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Known] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                self._known = {row[0]: Known(row[1], row[2]) for row in rows if len(row) == len(_NAMES)}

    def digest_of(self, sop_uid: str, item: UploadItem) -> str:
        """Return the digest that XNAT must list for what CTP made of a file as it is now; empty if it was not sent."""
        known = self._known.get(sop_uid)
        return known.md5 if known is not None and known.source == state_of(item) else ""

    def add(self, sent: Iterable[Image], sources: Mapping[str, str]) -> None:
        """Note what XNAT took, and the state of the file of each by its UID."""
        rows = [(one.sop_uid, sources[one.sop_uid], one.md5) for one in sent]
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        self._known.update({uid: Known(source, md5) for uid, source, md5 in rows})


def state_of(item: UploadItem) -> str:
    """Return what tells one state of a file from another, without reading it."""
    return f"{item.size} {item.mtime_ns}"
