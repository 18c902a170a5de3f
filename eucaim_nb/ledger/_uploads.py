"""The journal of transfers: one row per instance and node, with the state it has reached."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ._database import Database


class UploadState(StrEnum):
    """How far an instance has come. Only `VERIFIED` says that the server itself listed it."""

    QUEUED = "queued"
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UploadItem:
    """One instance to send: where its bytes are and what it is called on the server. `size` is in bytes."""

    sop_uid: str
    study_uid: str
    series_uid: str
    state: UploadState
    attempts: int
    size: int
    root: bytes
    folder: bytes
    name: bytes
    member: str


@dataclass(frozen=True, slots=True)
class UploadCounts:
    """Instances by state, and the bytes of those verified."""

    queued: int = 0
    sending: int = 0
    acknowledged: int = 0
    verified: int = 0
    failed: int = 0
    bytes_verified: int = 0

    @property
    def total(self) -> int:
        """All instances in the journal."""
        return self.queued + self.sending + self.acknowledged + self.verified + self.failed


class Uploads:
    """Queue instances for a node and note what becomes of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def candidate_series(self, source_ids: Sequence[int]) -> list[tuple[str, str]]:
        """Return the `(study UID, series UID)` of some sources that have an instance which may be sent."""
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT StudyInstanceUID, SeriesInstanceUID {_candidates(source_ids)} "
                "GROUP BY StudyInstanceUID, SeriesInstanceUID ORDER BY min(file_id)",
                tuple(source_ids),
            ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def candidates(self, source_ids: Sequence[int], study_uid: str, series_uid: str) -> list[UploadItem]:
        """Return the instances of a series that `enqueue` would queue, without queueing them."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT SOPInstanceUID AS sop_uid, StudyInstanceUID AS study_uid, SeriesInstanceUID AS "
                "series_uid,"
                " 'queued' AS state, 0 AS attempts, min(file_id), instance.size AS size, root, folder, "
                "name, member "
                f"{_candidates(source_ids)} AND StudyInstanceUID = ? AND SeriesInstanceUID = ? "
                "GROUP BY SOPInstanceUID ORDER BY min(file_id)",
                (*source_ids, study_uid, series_uid),
            ).fetchall()
        return [_item(row) for row in rows]

    def enqueue(self, node: str, source_ids: Sequence[int], series: Iterable[tuple[str, str]]) -> None:
        """Queue every instance of the chosen `(study UID, series UID)` that may be sent; what was
        verified stays so.

        An instance that lies in several files is queued once, from the file indexed first.
        """
        insert = (
            "INSERT INTO upload (node, sop_instance_uid, study_instance_uid, series_instance_uid, "
            "patient_id, file_id, size,"
            " state, changed_at) "
            "SELECT ?, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID, coalesce(PatientID, ''), "
            "min(file_id),"
            f" instance.size, 'queued', ? {_candidates(source_ids)} AND StudyInstanceUID = ? AND "
            "SeriesInstanceUID = ? "
            "GROUP BY SOPInstanceUID "
            "ON CONFLICT (node, sop_instance_uid) DO UPDATE SET file_id = excluded.file_id, size = "
            "excluded.size,"
            " study_instance_uid = excluded.study_instance_uid, series_instance_uid = "
            "excluded.series_instance_uid,"
            " patient_id = excluded.patient_id, state = iif(state = 'verified', state, 'queued')"
        )
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(insert, [(node, now, *source_ids, study, one) for study, one in series])

    def items(self, node: str, study_uid: str, series_uid: str) -> list[UploadItem]:
        """Return the journal rows of a series that still have a file, in the order of the files."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sop_instance_uid AS sop_uid, study_instance_uid AS study_uid, series_instance_uid "
                "AS series_uid,"
                " state, attempts, upload.size AS size, root, folder, name, member FROM upload JOIN file ON "
                "file.id = file_id JOIN source ON source.id = source_id "
                "WHERE node = ? AND study_instance_uid = ? AND series_instance_uid = ? ORDER BY file_id",
                (node, study_uid, series_uid),
            ).fetchall()
        return [_item(row) for row in rows]

    def series(self, node: str) -> list[tuple[str, str]]:
        """Return every `(study UID, series UID)` in the journal of a node."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT DISTINCT study_instance_uid, series_instance_uid FROM upload WHERE node = ? "
                "ORDER BY patient_id, study_instance_uid, series_instance_uid",
                (node,),
            ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def uids(self, node: str, study_uid: str, series_uid: str, states: Sequence[UploadState]) -> set[str]:
        """Return the SOP Instance UIDs of a series that are in one of the states."""
        marks = ", ".join("?" * len(states))
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sop_instance_uid FROM upload WHERE node = ? AND study_instance_uid = ? AND "
                "series_instance_uid = ? "
                f"AND state IN ({marks})",
                (node, study_uid, series_uid, *states),
            ).fetchall()
        return {row[0] for row in rows}

    def mark(
        self,
        node: str,
        sop_uids: Iterable[str],
        state: UploadState,
        *,
        status: int | None = None,
        message: str = "",
        attempt: bool = False,
    ) -> None:
        """Set the state of instances; `status` is the HTTP status, `attempt` counts one more try."""
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE upload SET state = ?, status = ?, message = ?, attempts = attempts + ?, changed_at "
                "= ? "
                "WHERE node = ? AND sop_instance_uid = ?",
                [(state, status, message, attempt, now, node, uid) for uid in sop_uids],
            )

    def counts(self, node: str) -> UploadCounts:
        """Count the instances of a node's journal by state."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT state, count(*) AS n, sum(size) AS bytes FROM upload WHERE node = ? GROUP BY state",
                (node,),
            ).fetchall()
        counted: dict[str, Any] = {row["state"]: row["n"] for row in rows}
        counted["bytes_verified"] = sum(row["bytes"] for row in rows if row["state"] == UploadState.VERIFIED)
        return UploadCounts(**counted)

    def series_states(self, node: str) -> dict[tuple[str, str], dict[str, int]]:
        """Count by state for each `(study UID, series UID)` of a node's journal."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT study_instance_uid, series_instance_uid, state, count(*) AS n FROM upload WHERE "
                "node = ? "
                "GROUP BY study_instance_uid, series_instance_uid, state",
                (node,),
            ).fetchall()
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            found.setdefault((row[0], row[1]), {})[row["state"]] = row["n"]
        return found

    def failures(self, node: str, limit: int = 500) -> list[dict[str, Any]]:
        """Return failed instances with the reason the node gave."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sop_instance_uid, study_instance_uid, series_instance_uid, patient_id, attempts, "
                "status, message "
                "FROM upload WHERE node = ? AND state = 'failed' ORDER BY patient_id, series_instance_uid "
                "LIMIT ?",
                (node, limit),
            ).fetchall()
        return [dict(row) for row in rows]

    def left_out(self, source_ids: Sequence[int]) -> dict[str, int]:
        """Count what `enqueue` does not take: held_back files, and further files of an instance already taken."""
        marks = ", ".join("?" * len(source_ids))
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(held_back), 0) AS held_back, "
                "count(*) - coalesce(sum(held_back), 0) - count(DISTINCT iif(held_back, NULL, "
                "SOPInstanceUID)) AS duplicates "
                f"FROM instance JOIN file ON file.id = file_id WHERE source_id IN ({marks})",
                tuple(source_ids),
            ).fetchone()
        return dict(row)


def _candidates(source_ids: Sequence[int]) -> str:
    marks = ", ".join("?" * len(source_ids))
    return (
        "FROM instance JOIN header ON header.id = header_id JOIN file ON file.id = file_id JOIN source ON "
        "source.id = source_id "
        f"WHERE held_back = 0 AND source_id IN ({marks})"
    )


def _item(row: Any) -> UploadItem:
    return UploadItem(
        sop_uid=row["sop_uid"],
        study_uid=row["study_uid"],
        series_uid=row["series_uid"],
        state=UploadState(row["state"]),
        attempts=row["attempts"],
        size=row["size"],
        root=row["root"],
        folder=row["folder"],
        name=row["name"],
        member=row["member"],
    )
