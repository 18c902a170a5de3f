"""What the quality checks look at: the index series by series, and what was read of files."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from ._database import IN_SOURCES, Database, placeholders
from ._exclusions import not_excluded
from ._index import INSTANCE_LEVEL
from ._records import ProblemRecord

_PAGE = 500

_OF_SOURCES = f"""
    FROM instance JOIN header ON header.id = header_id JOIN file ON file.id = file_id
    WHERE {IN_SOURCES} AND {not_excluded()}
"""

_LOOKED_AT = f"""
    FROM instance JOIN header ON header.id = header_id JOIN file ON file.id = instance.file_id
    JOIN looked_at ON looked_at.file_id = file.id AND looked_at.size = file.size
         AND looked_at.mtime_ns = file.mtime_ns
    WHERE source_id IN ({{sources}}) AND {not_excluded()}
"""

_WHOSE = "SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID, coalesce(PatientID, '') AS PatientID"

@dataclass(frozen=True, slots=True)
class SeriesRows:
    """A series as the index has it: `headers` by id, one row per file, and the scan's problems by file id."""

    headers: Mapping[int, Mapping[str, str | None]]
    instances: Sequence[Mapping[str, Any]]
    problems: Mapping[int, Sequence[ProblemRecord]]


@dataclass(frozen=True, slots=True)
class LookRow:
    """What was read of the bytes of one file; `facts` are plain values, see schema 6 for the digests."""

    file_id: int
    size: int
    mtime_ns: int
    sha256: str
    pixels: str
    likeness: str
    facts: Mapping[str, Any]


class Checkable:
    """Read what there is to check, and keep what was read of files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, source_ids: Sequence[int]) -> Iterator[tuple[str, str, bytes, int]]:
        """Yield `(study UID, series UID, digest of its files, number of its files)` of each series not left out."""
        rows = self._database.each(
            "SELECT StudyInstanceUID, SeriesInstanceUID, file_id, file.size, mtime_ns, header_id "
            f"{_OF_SOURCES.format(sources=placeholders(source_ids))} "
            "ORDER BY StudyInstanceUID, SeriesInstanceUID, file_id",
            *source_ids,
        )
        series: tuple[str, str] | None = None
        digest, files = blake2b(digest_size=16), 0
        for study_uid, series_uid, *file in rows:
            if series != (study_uid, series_uid):
                if series is not None:
                    yield *series, digest.digest(), files
                series, digest, files = (study_uid, series_uid), blake2b(digest_size=16), 0
            digest.update(b"%d %d %d %d;" % tuple(file))
            files += 1
        if series is not None:
            yield *series, digest.digest(), files

    def series(self, source_ids: Sequence[int], study_uid: str, series_uid: str) -> SeriesRows:
        """Return everything the index has of a series, without instances that were left out."""
        where, values = (
            _OF_SOURCES.format(sources=placeholders(source_ids))
            + " AND SeriesInstanceUID = ? AND StudyInstanceUID = ?",
            (*source_ids, series_uid, study_uid),
        )
        instances = self._database.rows(
            "SELECT file_id, header_id, file.size AS size, held_back, source_id, folder, name, member, mtime_ns, "
            f"{', '.join(INSTANCE_LEVEL)} {where} ORDER BY CAST(InstanceNumber AS INTEGER), SOPInstanceUID, file_id",
            *values,
        )
        headers = self._database.rows(
            "SELECT * FROM header WHERE SeriesInstanceUID = ? AND StudyInstanceUID = ?", series_uid, study_uid
        )
        problems: dict[int, list[ProblemRecord]] = {}
        for row in self._database.rows(
            "SELECT file_id, kind, message, sniffed, usable FROM problem JOIN (SELECT file_id, source_id AS source, "
            f"folder AS its_folder, name AS its_name, member AS its_member {where}) ON source_id = source "
            "AND folder = its_folder AND name = its_name AND problem.member = its_member ORDER BY problem.id",
            *values,
        ):
            record = ProblemRecord(row["kind"], row["message"], row["sniffed"], bool(row["usable"]))
            problems.setdefault(row["file_id"], []).append(record)
        return SeriesRows(
            {row["id"]: dict(row) for row in headers}, [dict(row) for row in instances], problems
        )

    def loose(
        self, source_ids: Sequence[int]
    ) -> Iterator[tuple[int | None, bytes, bytes, str, int, ProblemRecord]]:
        """Yield `(file id, folder, name, member, size, problem)` of what was scanned and holds no instance."""
        for row in self._database.each(
            "SELECT file.id AS number, folder, name, member, coalesce(file.size, 0) AS size, kind, message, sniffed, "
            "usable FROM problem LEFT JOIN file USING (source_id, folder, name, member) "
            f"WHERE source_id IN ({placeholders(source_ids)}) "
            "AND NOT EXISTS (SELECT 1 FROM instance WHERE file_id = file.id) ORDER BY problem.id",
            *source_ids,
        ):
            problem = ProblemRecord(row["kind"], row["message"], row["sniffed"], bool(row["usable"]))
            yield row["number"], row["folder"], row["name"], row["member"], row["size"], problem

    def neighbours(self, source_ids: Sequence[int]) -> dict[bytes, list[tuple[str, str]]]:
        """Return the `(study UID, series UID)` of instances by folder, for folders with at most a few series."""
        found: dict[bytes, list[tuple[str, str]]] = {}
        for folder, study_uid, series_uid in self._database.each(
            "SELECT folder, StudyInstanceUID, SeriesInstanceUID "
            f"{_OF_SOURCES.format(sources=placeholders(source_ids))} AND folder IN (SELECT folder FROM problem "
            f"WHERE source_id IN ({placeholders(source_ids)}) AND usable = 0) "
            "GROUP BY folder, StudyInstanceUID, SeriesInstanceUID",
            *source_ids,
            *source_ids,
        ):
            found.setdefault(folder, []).append((study_uid, series_uid))
        return found

    def same_uid(self, source_ids: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
        """Yield the files that may be sent and share a SOP Instance UID, with their size and series."""
        where = f"{_OF_SOURCES.format(sources=placeholders(source_ids))} AND held_back = 0"
        rows = self._database.each(
            f"SELECT {_WHOSE}, file_id, "
            f"file.size AS size, mtime_ns {where} AND SOPInstanceUID IN (SELECT SOPInstanceUID {where} "
            "GROUP BY SOPInstanceUID HAVING count(*) > 1) ORDER BY SOPInstanceUID, file_id",
            *source_ids,
            *source_ids,
        )
        yield from _grouped(rows, "SOPInstanceUID")

    def same(self, what: str, source_ids: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
        """Yield the files whose bytes were looked at and that agree in `sha256`, `pixels` or `likeness`."""
        if what not in ("sha256", "pixels", "likeness"):
            raise ValueError(what)
        where = f"{_LOOKED_AT.format(sources=placeholders(source_ids))} AND {what} != ''"
        rows = self._database.each(
            f"SELECT {what}, {_WHOSE}, "
            f"file.id AS file_id {where} AND {what} IN (SELECT {what} {where} "
            f"GROUP BY {what} HAVING count(*) > 1) ORDER BY {what}, file.id",
            *source_ids,
            *source_ids,
        )
        yield from _grouped(rows, what)

    def instances(self, source_ids: Sequence[int], sop_uids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return what the index has of some instances of some sources, by SOP Instance UID."""
        found: dict[str, dict[str, Any]] = {}
        wanted = sorted(sop_uids)
        for start in range(0, len(wanted), _PAGE):
            page = wanted[start : start + _PAGE]
            for row in self._database.rows(
                f"SELECT header.*, instance.* {_OF_SOURCES.format(sources=placeholders(source_ids))} "
                f"AND SOPInstanceUID IN ({placeholders(page)})",
                *source_ids,
                *page,
            ):
                found.setdefault(row["SOPInstanceUID"], dict(row))
        return found

    def holds(self, study_uid: str, series_uid: str, sop_uid: str = "") -> bool:
        """Tell whether the index has a series, or one instance of it."""
        rows = self._database.rows(
            "SELECT 1 FROM instance JOIN header ON header.id = header_id WHERE StudyInstanceUID = ? "
            "AND SeriesInstanceUID = ? AND ? IN ('', SOPInstanceUID) LIMIT 1",
            study_uid,
            series_uid,
            sop_uid,
        )
        return bool(rows)

    def replaced(self, uids: Collection[str]) -> set[str]:
        """Return which of some UIDs the de-identification has replaced by others."""
        found: set[str] = set()
        wanted = sorted(uids)
        for start in range(0, len(wanted), _PAGE):
            page = wanted[start : start + _PAGE]
            rows = self._database.rows(
                f"SELECT old FROM pseudonym WHERE kind = 'uid' AND old IN ({placeholders(page)})", *page
            )
            found.update(row["old"] for row in rows)
        return found

    # What was read of files

    def looks(self, file_ids: Sequence[int]) -> dict[int, LookRow]:
        """Return what was read of some files, by file id; whoever asks compares size and time."""
        found: dict[int, LookRow] = {}
        for start in range(0, len(file_ids), _PAGE):
            page = file_ids[start : start + _PAGE]
            for row in self._database.rows(f"SELECT * FROM looked_at WHERE file_id IN ({placeholders(page)})", *page):
                found[row["file_id"]] = LookRow(**{**dict(row), "facts": json.loads(row["facts"])})
        return found

    def store_looks(self, looks: Iterable[LookRow]) -> None:
        """Keep what was read of files, in place of what was read before."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO looked_at (file_id, size, mtime_ns, sha256, pixels, likeness, facts) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        one.file_id,
                        one.size,
                        one.mtime_ns,
                        one.sha256,
                        one.pixels,
                        one.likeness,
                        json.dumps(one.facts),
                    )
                    for one in looks
                ],
            )


def _grouped(rows: Iterable[Any], by: str) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for row in rows:
        if group and group[0][by] != row[by]:
            yield group
            group = []
        group.append(dict(row))
    if group:
        yield group
