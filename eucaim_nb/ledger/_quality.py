"""What the quality checks found."""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._database import Database, placeholders
from ._exclusions import not_excluded

_STANDING = not_excluded("quality_finding.study_uid", "quality_finding.series_uid", "quality_finding.sop_uid")


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
    """Keep what checks found, and read it back. A `scope` is a set of sources that is checked together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def scope(source_ids: Collection[int]) -> str:
        """Return the name of the scope of some sources."""
        return ",".join(map(str, sorted(source_ids)))

    def checked(self, scope: str) -> dict[tuple[str, str], bytes]:
        """Return what the checks saw of each series when they last ran."""
        rows = self._database.each("SELECT study_uid, series_uid, seen FROM checked WHERE scope = ?", scope)
        return {(row["study_uid"], row["series_uid"]): row["seen"] for row in rows}

    def facts(self, scope: str) -> Iterator[dict[str, Any]]:
        """Yield the facts of each checked series, study by study."""
        for row in self._database.each(
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
        rows = self._database.rows("SELECT scope, level, at, summary FROM quality_run ORDER BY at DESC")
        return [QualityRun(row["scope"], row["level"], row["at"], json.loads(row["summary"])) for row in rows]

    def findings(self, scope: str) -> Iterator[QualityFinding]:
        """Yield what was found in a scope and not left out since, the gravest first."""
        for row in self._database.each(
            f"SELECT {', '.join(_COLUMNS)} FROM quality_finding WHERE scope = ? AND {_STANDING} "
            "ORDER BY severity = 'INFO', severity = 'WARN', check_id, patient_id, study_uid, series_uid, id",
            scope,
        ):
            values = dict(row)
            values["files"], values["evidence"] = json.loads(row["files"]), json.loads(row["evidence"])
            yield QualityFinding(**values)

    def counts(self, scope: str) -> list[tuple[str, str, str, int]]:
        """Count what was found in a scope and not left out since: `(check, severity, dimension, count)`."""
        rows = self._database.rows(
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
            for row in self._database.each(
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


def _insert(connection: Any, scope: str, checked_id: int | None, findings: Iterable[QualityFinding]) -> None:
    connection.executemany(
        f"INSERT INTO quality_finding (scope, checked_id, {', '.join(_COLUMNS)}) "
        f"VALUES (?, ?, {placeholders(_COLUMNS)})",
        [(scope, checked_id, *(_column(one, name) for name in _COLUMNS)) for one in findings],
    )


def _column(finding: QualityFinding, name: str) -> object:
    value = getattr(finding, name)
    return json.dumps(list(value) if name == "files" else value) if name in ("files", "evidence") else value
