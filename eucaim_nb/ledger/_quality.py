"""What the quality checks see of the index, and what they found."""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from ._database import Database
from ._exclusions import not_excluded
from ._index import INSTANCE_LEVEL
from ._records import ProblemRecord

_PAGE = 500

_OF_SOURCES = f"""
    FROM instance JOIN header ON header.id = header_id JOIN file ON file.id = file_id
    WHERE source_id IN ({{sources}}) AND {not_excluded()}
"""

_LOOKED_AT = f"""
    FROM instance JOIN header ON header.id = header_id JOIN file ON file.id = instance.file_id
    JOIN looked_at ON looked_at.file_id = file.id AND looked_at.size = file.size
         AND looked_at.mtime_ns = file.mtime_ns
    WHERE source_id IN ({{sources}}) AND {not_excluded()}
"""

_WHOSE = "SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID, coalesce(PatientID, '') AS PatientID"

_STANDING = not_excluded("quality_finding.study_uid", "quality_finding.series_uid", "quality_finding.sop_uid")


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


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """Something that a check found; `files` are ids of the first files it is about, `count` is how many are alike."""

    check_id: str
    severity: str
    dimension: str
    message: str
    remedy: str
    patient_id: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    files: Sequence[int] = ()
    count: int = 1
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QualityRun:
    """The last complete run over a scope."""

    scope: str
    level: str
    at: float
    summary: Mapping[str, Any]


_COLUMNS = (
    "check_id", "severity", "dimension", "message", "remedy", "patient_id", "study_uid", "series_uid", "sop_uid",
    "files", "count", "evidence",
)  # fmt: skip


class Quality:
    """Read what checks look at, keep what they found. A `scope` is a set of sources that is checked together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def scope(source_ids: Collection[int]) -> str:
        """Return the name of the scope of some sources."""
        return ",".join(map(str, sorted(source_ids)))

    # What there is to check

    def seen(self, source_ids: Sequence[int]) -> Iterator[tuple[str, str, bytes, int]]:
        """Yield `(study UID, series UID, digest of its files, number of its files)` of each series not left out."""
        rows = self._each(
            "SELECT StudyInstanceUID, SeriesInstanceUID, file_id, file.size, mtime_ns, header_id "
            f"{_OF_SOURCES.format(sources=_marks(source_ids))} "
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
            _OF_SOURCES.format(sources=_marks(source_ids))
            + " AND SeriesInstanceUID = ? AND StudyInstanceUID = ?",
            (*source_ids, series_uid, study_uid),
        )
        instances = self._rows(
            "SELECT file_id, header_id, file.size AS size, held_back, source_id, folder, name, member, mtime_ns, "
            f"{', '.join(INSTANCE_LEVEL)} {where} ORDER BY CAST(InstanceNumber AS INTEGER), SOPInstanceUID, file_id",
            *values,
        )
        headers = self._rows(
            "SELECT * FROM header WHERE SeriesInstanceUID = ? AND StudyInstanceUID = ?", series_uid, study_uid
        )
        problems: dict[int, list[ProblemRecord]] = {}
        for row in self._rows(
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
        for row in self._each(
            "SELECT file.id AS number, folder, name, member, coalesce(file.size, 0) AS size, kind, message, sniffed, "
            "usable FROM problem LEFT JOIN file USING (source_id, folder, name, member) "
            f"WHERE source_id IN ({_marks(source_ids)}) "
            "AND NOT EXISTS (SELECT 1 FROM instance WHERE file_id = file.id) ORDER BY problem.id",
            *source_ids,
        ):
            problem = ProblemRecord(row["kind"], row["message"], row["sniffed"], bool(row["usable"]))
            yield row["number"], row["folder"], row["name"], row["member"], row["size"], problem

    def neighbours(self, source_ids: Sequence[int]) -> dict[bytes, list[tuple[str, str]]]:
        """Return the `(study UID, series UID)` of instances by folder, for folders with at most a few series."""
        found: dict[bytes, list[tuple[str, str]]] = {}
        for folder, study_uid, series_uid in self._each(
            "SELECT folder, StudyInstanceUID, SeriesInstanceUID "
            f"{_OF_SOURCES.format(sources=_marks(source_ids))} AND folder IN (SELECT folder FROM problem "
            f"WHERE source_id IN ({_marks(source_ids)}) AND usable = 0) "
            "GROUP BY folder, StudyInstanceUID, SeriesInstanceUID",
            *source_ids,
            *source_ids,
        ):
            found.setdefault(folder, []).append((study_uid, series_uid))
        return found

    def same_uid(self, source_ids: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
        """Yield the files that may be sent and share a SOP Instance UID, with their size and series."""
        where = f"{_OF_SOURCES.format(sources=_marks(source_ids))} AND held_back = 0"
        rows = self._each(
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
        where = f"{_LOOKED_AT.format(sources=_marks(source_ids))} AND {what} != ''"
        rows = self._each(
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
            for row in self._rows(
                f"SELECT header.*, instance.* {_OF_SOURCES.format(sources=_marks(source_ids))} "
                f"AND SOPInstanceUID IN ({_marks(page)})",
                *source_ids,
                *page,
            ):
                found.setdefault(row["SOPInstanceUID"], dict(row))
        return found

    def holds(self, study_uid: str, series_uid: str, sop_uid: str = "") -> bool:
        """Tell whether the index has a series, or one instance of it."""
        rows = self._rows(
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
            rows = self._rows(
                f"SELECT old FROM pseudonym WHERE kind = 'uid' AND old IN ({_marks(page)})", *page
            )
            found.update(row["old"] for row in rows)
        return found

    # What was read of files

    def looks(self, file_ids: Sequence[int]) -> dict[int, LookRow]:
        """Return what was read of some files, by file id; whoever asks compares size and time."""
        found: dict[int, LookRow] = {}
        for start in range(0, len(file_ids), _PAGE):
            page = file_ids[start : start + _PAGE]
            for row in self._rows(f"SELECT * FROM looked_at WHERE file_id IN ({_marks(page)})", *page):
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

    # What was found

    def checked(self, scope: str) -> dict[tuple[str, str], bytes]:
        """Return what the checks saw of each series when they last ran."""
        rows = self._each("SELECT study_uid, series_uid, seen FROM checked WHERE scope = ?", scope)
        return {(row["study_uid"], row["series_uid"]): row["seen"] for row in rows}

    def facts(self, scope: str) -> Iterator[dict[str, Any]]:
        """Yield the facts of each checked series, study by study."""
        for row in self._each(
            "SELECT facts FROM checked WHERE scope = ? ORDER BY study_uid, series_uid", scope
        ):
            yield json.loads(row["facts"])

    def store(
        self,
        scope: str,
        done: Sequence[tuple[str, str, bytes, Mapping[str, Any], Sequence[QualityFinding]]],
    ) -> None:
        """Keep what was found in series, as `(study UID, series UID, seen, facts, findings)`, in place of before."""
        now = time.time()
        with self._database.write() as connection:
            for study_uid, series_uid, seen, facts, findings in done:
                connection.execute(
                    "DELETE FROM checked WHERE scope = ? AND study_uid = ? AND series_uid = ?",
                    (scope, study_uid, series_uid),
                )
                cursor = connection.execute(
                    "INSERT INTO checked (scope, study_uid, series_uid, seen, facts, at) VALUES (?, ?, ?, ?, ?, ?)",
                    (scope, study_uid, series_uid, seen, json.dumps(facts), now),
                )
                _insert(connection, scope, cursor.lastrowid, findings)

    def finish(
        self,
        scope: str,
        level: str,
        gone: Iterable[tuple[str, str]],
        findings: Sequence[QualityFinding],
        summary: Mapping[str, Any],
    ) -> None:
        """Note that a run came to its end: series that are `gone` are forgotten, findings across series replaced."""
        with self._database.write() as connection:
            connection.executemany(
                "DELETE FROM checked WHERE scope = ? AND study_uid = ? AND series_uid = ?",
                [(scope, *series) for series in gone],
            )
            connection.execute("DELETE FROM quality_finding WHERE scope = ? AND checked_id IS NULL", (scope,))
            _insert(connection, scope, None, findings)
            connection.execute(
                "INSERT OR REPLACE INTO quality_run (scope, level, at, summary) VALUES (?, ?, ?, ?)",
                (scope, level, time.time(), json.dumps(summary)),
            )

    def runs(self) -> list[QualityRun]:
        """Return the last complete run of every scope, the newest first."""
        rows = self._rows("SELECT scope, level, at, summary FROM quality_run ORDER BY at DESC")
        return [QualityRun(row["scope"], row["level"], row["at"], json.loads(row["summary"])) for row in rows]

    def findings(self, scope: str) -> Iterator[QualityFinding]:
        """Yield what was found in a scope and not left out since, the gravest first."""
        for row in self._each(
            f"SELECT {', '.join(_COLUMNS)} FROM quality_finding WHERE scope = ? AND {_STANDING} "
            "ORDER BY severity = 'INFO', severity = 'WARN', check_id, patient_id, study_uid, series_uid, id",
            scope,
        ):
            values = dict(row)
            values["files"], values["evidence"] = json.loads(row["files"]), json.loads(row["evidence"])
            yield QualityFinding(**values)

    def counts(self, scope: str) -> list[tuple[str, str, str, int]]:
        """Count what was found in a scope and not left out since: `(check, severity, dimension, count)`."""
        rows = self._rows(
            "SELECT check_id, severity, dimension, sum(count) AS n FROM quality_finding "
            f"WHERE scope = ? AND {_STANDING} GROUP BY check_id, severity, dimension ORDER BY check_id, severity",
            scope,
        )
        return [(row["check_id"], row["severity"], row["dimension"], row["n"]) for row in rows]

    def blocking(
        self, source_ids: Collection[int], series: Collection[tuple[str, str]] | None = None
    ) -> dict[str, int]:
        """Count findings, by check, for which nothing of some sources should be sent: errors that were not left out.

        Parameters
        ----------
        series
            `(study UID, series UID)` to send; findings about other series and studies do not count then. None is all.
        """
        wanted = None if series is None else set(series)
        studies = None if wanted is None else {study for study, _ in wanted}
        blocking: dict[str, int] = {}
        for run in self.runs():
            if not {int(one) for one in run.scope.split(",") if one} & set(source_ids):
                continue
            for row in self._each(
                "SELECT check_id, study_uid, series_uid, count FROM quality_finding "
                f"WHERE scope = ? AND severity = 'ERR' AND {_STANDING}",
                run.scope,
            ):
                study, one = row["study_uid"], row["series_uid"]
                if studies is not None and study and study not in studies:
                    continue
                if wanted is not None and one and (study, one) not in wanted:
                    continue
                blocking[row["check_id"]] = blocking.get(row["check_id"], 0) + row["count"]
        return blocking

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._database.read() as connection:
            return connection.execute(query, values).fetchall()

    def _each(self, query: str, *values: object) -> Iterator[Any]:
        with self._database.read() as connection:
            yield from connection.execute(query, values)


def _insert(connection: Any, scope: str, checked_id: int | None, findings: Iterable[QualityFinding]) -> None:
    connection.executemany(
        f"INSERT INTO quality_finding (scope, checked_id, {', '.join(_COLUMNS)}) "
        f"VALUES (?, ?, {_marks(_COLUMNS)})",
        [(scope, checked_id, *(_column(one, name) for name in _COLUMNS)) for one in findings],
    )


def _column(finding: QualityFinding, name: str) -> object:
    value = getattr(finding, name)
    return json.dumps(list(value) if name == "files" else value) if name in ("files", "evidence") else value


def _grouped(rows: Iterable[Any], by: str) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for row in rows:
        if group and group[0][by] != row[by]:
            yield group
            group = []
        group.append(dict(row))
    if group:
        yield group


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
