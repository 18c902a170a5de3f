"""The instances a practice node holds: one file each, byte for byte as it came, and an index of them."""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from ._header import LEVELS, Header, JsonDataset, NotAnInstance, read_header
from ._spool import Spool, Spooled
from ._sqlite import connect_alone

Conflict = Literal["keep", "refuse", "replace"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS instance (
    study TEXT NOT NULL, series TEXT NOT NULL, sop TEXT NOT NULL,
    sop_class TEXT NOT NULL, transfer_syntax TEXT NOT NULL, modality TEXT NOT NULL,
    sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
    study_attributes TEXT NOT NULL, series_attributes TEXT NOT NULL, instance_attributes TEXT NOT NULL,
    PRIMARY KEY (study, series, sop))
"""
_MEMBERS = """
GROUP_CONCAT(DISTINCT modality) AS modalities, GROUP_CONCAT(DISTINCT sop_class) AS sop_classes,
COUNT(DISTINCT series) AS series_count, COUNT(*) AS instance_count
"""
_SHOWN = {
    "study": "study_attributes, '{}' AS series_attributes, '{}' AS instance_attributes",
    "series": "study_attributes, series_attributes, '{}' AS instance_attributes",
    "instance": "study_attributes, series_attributes, instance_attributes",
}
_ONE = {"study": "study", "series": "study, series", "instance": "study, series, sop"}
_LISTED = "study, series, sop, transfer_syntax, sha256, bytes"
_FIND = "SELECT sha256 FROM instance WHERE study = ? AND series = ? AND sop = ?"
_FORGET = "DELETE FROM instance WHERE study = ? AND series = ? AND sop = ?"


@dataclass(frozen=True, slots=True)
class Stored:
    """An instance the node holds."""

    study: str
    series: str
    sop: str
    transfer_syntax: str
    sha256: str
    bytes: int
    path: Path


@dataclass(frozen=True, slots=True)
class Found:
    """A study, series or instance for a search, shown by its first instance, with what it contains."""

    study: str
    series: str
    sop: str
    attributes: JsonDataset
    series_count: int
    instance_count: int
    modalities: list[str]
    sop_classes: list[str]


class Verdict(Enum):
    """What became of an instance offered to the store."""

    NEW = "stored"
    SAME = "already there, byte for byte"
    KEPT_OLD = "already there with other content, which was kept"
    REFUSED = "already there with other content, so it was refused"


class Store:
    """The instances in one folder. Safe for many threads, and for one process at a time.

    An instance exists once its index row does. Its file is put in place before that, complete and by
    renaming, so a process killed at any moment leaves a whole instance or none.

    Parameters
    ----------
    folder : Path
        Made if missing. Left-overs of a killed process are tidied up.

    Raises
    ------
    StoreInUse
        Another process has it open.
    """

    def __init__(self, folder: Path) -> None:
        self._instances = folder / "instances"
        self._instances.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._index = connect_alone(folder / "index.sqlite", _SCHEMA)
        self.spool = Spool(folder / "incoming")
        self._reconcile()

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._index.close()

    def keep(self, spooled: Spooled, header: Header, on_conflict: Conflict = "keep") -> Verdict:
        """Make a spooled part an instance of the store, unless it is there already. The part is gone then.

        Raises
        ------
        OSError
            The disk refused it.
        """
        target = self._path(header.study, header.series, header.sop)
        identity = (header.study, header.series, header.sop)
        try:
            with self._lock:
                row = self._index.execute(_FIND, identity).fetchone()
                if row is None or (row["sha256"] != spooled.sha256 and on_conflict == "replace"):
                    # A kill between these steps leaves a file without a row: `_reconcile` reads it again.
                    self._index.execute(_FORGET, identity)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(spooled.path, target)
                    self._insert(header, spooled.sha256, spooled.bytes)
                    return Verdict.NEW
        except sqlite3.OperationalError as error:
            raise OSError("the index cannot be written") from error
        spooled.discard()
        if row["sha256"] == spooled.sha256:
            return Verdict.SAME
        return Verdict.REFUSED if on_conflict == "refuse" else Verdict.KEPT_OLD

    def search(
        self, level: str, study: str | None = None, series: str | None = None, sop: str | None = None
    ) -> Iterator[Found]:
        """Iterate over the studies, series or instances below the given UIDs, in order of arrival."""
        where, uids = _chosen(study=study, series=series, sop=sop)
        # SQLite takes plain columns from the row of MIN(rowid): a study shows the attributes of its first instance.
        query = f"""SELECT MIN(rowid), study, series, sop, {_SHOWN[level]}, {_MEMBERS} FROM instance {where}
            GROUP BY {_ONE[level]} ORDER BY 1"""  # noqa: S608
        with self._lock:
            rows = self._index.execute(query, uids).fetchall()
        for row in rows:
            attributes: JsonDataset = {}
            for column in ("study_attributes", "series_attributes", "instance_attributes"):
                attributes |= json.loads(row[column])
            yield Found(
                row["study"],
                row["series"],
                row["sop"],
                attributes,
                row["series_count"],
                row["instance_count"],
                [modality for modality in row["modalities"].split(",") if modality],
                row["sop_classes"].split(","),
            )

    def instances(
        self, study: str | None = None, series: str | None = None, sop: str | None = None
    ) -> list[Stored]:
        """List the instances below the given UIDs, in order of arrival."""
        where, uids = _chosen(study=study, series=series, sop=sop)
        query = f"SELECT {_LISTED} FROM instance {where} ORDER BY rowid"  # noqa: S608
        with self._lock:
            rows = self._index.execute(query, uids).fetchall()
        return [Stored(**row, path=self._path(row["study"], row["series"], row["sop"])) for row in rows]

    def wipe(self) -> int:
        """Remove every instance; return how many there were."""
        with self._lock:
            count = int(self._index.execute("SELECT COUNT(*) FROM instance").fetchone()[0])
            self._index.execute("DELETE FROM instance")
            shutil.rmtree(self._instances, ignore_errors=True)
            self._instances.mkdir(exist_ok=True)
        return count

    def _path(self, study: str, series: str, sop: str) -> Path:
        # Hashed names are safe whatever the UID is, and short: three UIDs would not fit in a path on Windows.
        names = [hashlib.sha256(uid.encode()).hexdigest()[:24] for uid in (study, series, sop)]
        return self._instances.joinpath(*names[:2], f"{names[2]}.dcm")

    def _insert(self, header: Header, sha256: str, size: int) -> None:
        of_level = {
            level: json.dumps({tag: header.attributes[tag] for tag in tags if tag in header.attributes})
            for level, tags in LEVELS.items()
        }
        values = (header.study, header.series, header.sop, header.sop_class, header.transfer_syntax)
        modality = _first_value(header.attributes.get("00080060", {}))
        self._index.execute(
            "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, modality, sha256, size, of_level["study"], of_level["series"], of_level["instance"]),
        )

    def _reconcile(self) -> None:
        """Drop rows whose file is missing or has another size, and read files that have no row."""
        on_disk = {Path(entry.path): entry.stat().st_size for entry in _files(self._instances)}
        known = {stored.path: stored for stored in self.instances()}
        for path, stored in known.items():
            if on_disk.get(path) != stored.bytes:
                self._index.execute(_FORGET, (stored.study, stored.series, stored.sop))
        for path in on_disk:
            if path in known and on_disk[path] == known[path].bytes:
                continue
            with contextlib.suppress(NotAnInstance):
                header = read_header(path)
                if path == self._path(header.study, header.series, header.sop):
                    with path.open("rb") as file:
                        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                    self._insert(header, sha256, on_disk[path])
                    continue
            path.unlink()


def _chosen(**uids: str | None) -> tuple[str, dict[str, str]]:
    """Return the condition that rows have the UIDs that are given, and these.

    It names those only, so that SQLite uses its index: one study is found as fast in a large node as in a small one.
    """
    given = {column: uid for column, uid in uids.items() if uid is not None}
    return (f"WHERE {' AND '.join(f'{column} = :{column}' for column in given)}" if given else ""), given


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry


def _first_value(element: dict[str, Any]) -> str:
    values = element.get("Value") or [""]
    return str(values[0])
