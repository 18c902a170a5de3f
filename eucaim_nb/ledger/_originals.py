"""What there is to de-identify: the originals as the index has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ._database import IN_SOURCES, Database, placeholders
from ._exclusions import not_excluded
from ._records import ProblemRecord


@dataclass(frozen=True, slots=True)
class Original:
    """An indexed instance that may be de-identified: where it is, and what it was like when it was indexed.

    `first` is the file that stands for this SOP Instance UID: itself, or the one of which this is a duplicate.
    `stamped` tells that it says of itself that it was de-identified.
    """

    file_id: int
    root: bytes
    folder: bytes
    name: bytes
    member: str
    size: int
    mtime_ns: int
    held_back: bool
    patient_id: str
    study_date: str
    stamped: bool
    first: int | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file in which no instance could be read, with what the scan said about it."""

    file_id: int
    size: int
    mtime_ns: int
    problem: ProblemRecord


_FIRST = f"""
    (SELECT other.file_id FROM instance AS other JOIN file AS there ON there.id = other.file_id
     JOIN header AS its ON its.id = other.header_id
     LEFT JOIN deidentified AS made ON made.file_id = other.file_id AND made.state = 'written'
     WHERE other.SOPInstanceUID = instance.SOPInstanceUID AND other.held_back = 0
           AND (there.source_id IN ({{sources}}) OR made.id IS NOT NULL)
           AND {not_excluded("its.StudyInstanceUID", "its.SeriesInstanceUID", "other.SOPInstanceUID")}
     ORDER BY made.id IS NULL, other.file_id LIMIT 1)
"""

_OF_SOURCES = f"""
    FROM instance JOIN header ON header.id = header_id
    JOIN file ON file.id = file_id JOIN source ON source.id = source_id
    WHERE {IN_SOURCES} AND {not_excluded()}
"""


class Originals:
    """Choose what to de-identify."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def series(self, source_ids: Sequence[int]) -> list[tuple[str, str, int]]:
        """Return `(study UID, series UID, files)` of some sources, in the order in which they were indexed."""
        rows = self._database.rows(
            "SELECT StudyInstanceUID, SeriesInstanceUID, count(*) AS n "
            f"{_OF_SOURCES.format(sources=placeholders(source_ids))} "
            "GROUP BY StudyInstanceUID, SeriesInstanceUID ORDER BY min(file_id)",
            *source_ids,
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def of_series(self, source_ids: Sequence[int], study_uid: str, series_uid: str) -> list[Original]:
        """Return the instances of a series, in the order in which they were indexed."""
        marks = placeholders(source_ids)
        rows = self._database.rows(
            "SELECT file_id, root, folder, name, member, file.size AS size, mtime_ns, held_back, "
            "coalesce(PatientID, '') AS patient_id, coalesce(StudyDate, '') AS study_date, "
            "upper(coalesce(PatientIdentityRemoved, '')) = 'YES' AS stamped, "
            f"{_FIRST.format(sources=marks)} AS first {_OF_SOURCES.format(sources=marks)} "
            "AND SeriesInstanceUID = ? AND StudyInstanceUID = ? ORDER BY file_id",
            *source_ids,
            *source_ids,
            series_uid,
            study_uid,
        )
        return [
            Original(**{**dict(row), "held_back": bool(row["held_back"]), "stamped": bool(row["stamped"])})
            for row in rows
        ]

    def unreadable(self, source_ids: Sequence[int]) -> list[Unreadable]:
        """Return the files in which no instance could be read."""
        rows = self._database.rows(
            "SELECT file.id AS number, file.size AS size, mtime_ns, kind, message, sniffed, usable, min(problem.id) "
            "FROM file JOIN problem USING (source_id, folder, name, member) "
            f"WHERE source_id IN ({placeholders(source_ids)}) AND usable = 0 "
            "AND NOT EXISTS (SELECT 1 FROM instance WHERE file_id = file.id) "
            "GROUP BY file.id ORDER BY file.id",
            *source_ids,
        )
        return [
            Unreadable(row["number"], row["size"], row["mtime_ns"], _problem(row))
            for row in rows
        ]

    def problems(self, file_id: int) -> list[ProblemRecord]:
        """Return what the scan said about a file."""
        rows = self._database.rows(
            "SELECT kind, message, sniffed, usable FROM file JOIN problem USING (source_id, folder, name, member) "
            "WHERE file.id = ? ORDER BY problem.id",
            file_id,
        )
        return [_problem(row) for row in rows]

    def waiting(self, source_ids: Sequence[int]) -> int:
        """Count instances of which nothing is known yet, or of which the file was indexed anew since."""
        rows = self._database.rows(
            f"SELECT count(*) {_OF_SOURCES.format(sources=placeholders(source_ids))} AND NOT EXISTS (SELECT 1 FROM "
            "deidentified AS made WHERE made.file_id = file.id AND source_size = file.size "
            "AND source_mtime_ns = file.mtime_ns)",
            *source_ids,
        )
        return int(rows[0][0])

    def baselines(self, source_ids: Sequence[int]) -> dict[str, str]:
        """Return the first study date (DA) of each patient, by Patient ID."""
        rows = self._database.rows(
            "SELECT PatientID, min(StudyDate) FROM header "
            f"WHERE PatientID != '' AND StudyDate GLOB '{'[0-9]' * 8}' AND EXISTS (SELECT 1 FROM instance "
            f"JOIN file ON file.id = file_id WHERE header_id = header.id "
            f"AND source_id IN ({placeholders(source_ids)})) "
            "GROUP BY PatientID",
            *source_ids,
        )
        return {row[0]: row[1] for row in rows}


def _problem(row: Any) -> ProblemRecord:
    return ProblemRecord(row["kind"], row["message"], row["sniffed"], bool(row["usable"]))
