"""What a person left out on purpose, with the reason; every later phase asks here."""

import sqlite3
import time
from dataclasses import dataclass

from ._database import Database
from ._events import append


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A series, or one instance of it, that no later phase takes; an original and its output share the `decision`."""

    decision: int
    study_uid: str
    series_uid: str
    sop_uid: str
    reason: str
    at: float


def not_excluded(
    study: str = "StudyInstanceUID", series: str = "SeriesInstanceUID", sop: str = "SOPInstanceUID"
) -> str:
    """Return the SQL condition that the instance with these columns was not left out."""
    return (
        f"NOT EXISTS (SELECT 1 FROM exclusion WHERE exclusion.study_uid = {study} "
        f"AND exclusion.series_uid = {series} AND exclusion.sop_uid IN ('', {sop}))"
    )


# Original -> output, and output -> original, of the instances of a series.
_OUTPUTS = """
    SELECT DISTINCT made.study_uid, made.series_uid, iif(:sop = '', '', made.sop_uid)
    FROM deidentified AS made JOIN instance ON instance.file_id = made.file_id JOIN header ON header.id = header_id
    WHERE made.state = 'written' AND header.StudyInstanceUID = :study AND header.SeriesInstanceUID = :series
      AND :sop IN ('', SOPInstanceUID)
"""
_ORIGINALS = """
    SELECT DISTINCT header.StudyInstanceUID, header.SeriesInstanceUID, iif(:sop = '', '', SOPInstanceUID)
    FROM deidentified AS made JOIN instance ON instance.file_id = made.file_id JOIN header ON header.id = header_id
    WHERE made.state = 'written' AND made.study_uid = :study AND made.series_uid = :series
      AND :sop IN ('', made.sop_uid)
"""

_FORGET_QUEUED = f"""
    DELETE FROM upload WHERE state IN ('queued', 'failed')
    AND NOT {not_excluded("study_instance_uid", "series_instance_uid", "sop_instance_uid")}
"""


class Exclusions:
    """Leave something out, take that back, and read what is left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, study_uid: str, series_uid: str, sop_uid: str, reason: str) -> int:
        """Leave out a series, or one instance of it, together with its original or its de-identified output.

        What waits in the journal of uploads and is left out now is forgotten there; what a node has stays.

        Returns
        -------
        int
            The number of the decision.
        """
        now = time.time()
        named = {"study": study_uid, "series": series_uid, "sop": sop_uid}
        with self._database.write() as connection:
            both = [(study_uid, series_uid, sop_uid)]
            for query in (_OUTPUTS, _ORIGINALS):
                both += [tuple(row) for row in connection.execute(query, named)]
            decision = (
                1 + connection.execute("SELECT coalesce(max(decision), 0) FROM exclusion").fetchone()[0]
            )
            connection.executemany(
                "INSERT INTO exclusion (decision, study_uid, series_uid, sop_uid, reason, at) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (study_uid, series_uid, sop_uid) DO UPDATE SET "
                "decision = excluded.decision, reason = excluded.reason, at = excluded.at",
                [(decision, *one, reason, now) for one in both],
            )
            connection.execute(_FORGET_QUEUED)
            append(
                connection,
                "left out",
                {"decision": decision, "what": "instance" if sop_uid else "series", "reason": reason},
            )
        return int(decision)

    def withdraw(self, decision: int) -> bool:
        """Take a decision back; return whether there was one."""
        with self._database.write() as connection:
            changed = connection.execute("DELETE FROM exclusion WHERE decision = ?", (decision,)).rowcount
            if changed:
                append(connection, "left out no longer", {"decision": decision})
        return bool(changed)

    def all(self) -> list[Exclusion]:
        """Return everything that is left out, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT decision, study_uid, series_uid, sop_uid, reason, at FROM exclusion ORDER BY decision, id"
            ).fetchall()
        return [_exclusion(row) for row in rows]


def _exclusion(row: sqlite3.Row) -> Exclusion:
    return Exclusion(**dict(row))
