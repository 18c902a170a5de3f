"""The journal of transfers: one row per instance and node, with the state it has reached."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ._database import IN_SOURCES, Database, placeholders
from ._exclusions import not_excluded
from ._upload_rows import (
    Mark,
    SeriesUpload,
    StudyUpload,
    UploadCounts,
    UploadItem,
    UploadRecord,
    UploadState,
    item_of,
)

_PLACE = "mtime_ns, root, folder, name, member"

_ITEM = f"""
    sop_instance_uid AS sop_uid, study_instance_uid AS study_uid, series_instance_uid AS series_uid, patient_id,
    digest, state, attempts, upload.size AS size, known_size IS NOT NULL AS taken, listed_as, {_PLACE}
"""

_CANDIDATES = f"""
    FROM instance JOIN header ON header.id = header_id
    JOIN file ON file.id = file_id JOIN source ON source.id = source_id
    WHERE held_back = 0 AND {IN_SOURCES} AND {not_excluded()}
"""

# The file is still the one that the node took. All names without a table are those of the row in the journal.
_UNCHANGED = """known_size = excluded.size
    AND known_mtime_ns = (SELECT file.mtime_ns FROM file WHERE file.id = excluded.file_id)"""

_ENQUEUE = f"""
    INSERT INTO upload (node, sop_instance_uid, study_instance_uid, series_instance_uid, patient_id,
                        file_id, size, state, changed_at)
    SELECT ?, SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID, coalesce(PatientID, ''),
           min(file_id), instance.size, 'queued', ?
    {_CANDIDATES} AND StudyInstanceUID = ? AND SeriesInstanceUID = ?
    GROUP BY SOPInstanceUID
    ON CONFLICT (node, sop_instance_uid) DO UPDATE SET
        study_instance_uid = excluded.study_instance_uid,
        series_instance_uid = excluded.series_instance_uid,
        patient_id = excluded.patient_id,
        file_id = excluded.file_id,
        size = excluded.size,
        digest = '',
        attempts = iif({_UNCHANGED}, attempts, 0),
        state = iif({_UNCHANGED} AND state IN ('verified', 'acknowledged'), state, 'queued')
"""

_CHANGED = """
    SELECT count(*) FROM upload JOIN file ON file.id = file_id WHERE node = ? AND source_id IN ({sources})
    AND (known_size != upload.size OR known_mtime_ns != file.mtime_ns)
"""

_MARK = """
    UPDATE upload SET state = ?, status = coalesce(?, status), message = ?, attempts = attempts + ?, changed_at = ?,
        known_size = coalesce(?, known_size), known_mtime_ns = coalesce(?, known_mtime_ns),
        proof = coalesce(?, proof), warning = coalesce(?, warning), listed_as = coalesce(?, listed_as)
    WHERE node = ? AND sop_instance_uid = ?
"""

_OUTPUTS = b"deidentified"
"""How the index names the folder of the workspace's own outputs."""

_RECORDS = """
    SELECT sop_instance_uid AS sop_uid, study_instance_uid AS study_uid, series_instance_uid AS series_uid, patient_id,
           upload.state AS state, upload.size AS size, attempts, status, message, upload.changed_at AS changed_at,
           digest AS md5, coalesce(made.sha256, '') AS sha256
    FROM upload LEFT JOIN file ON file.id = upload.file_id LEFT JOIN source ON source.id = source_id
    LEFT JOIN deidentified AS made ON source.root = ? AND made.state = 'written'
         AND made.series_uid = series_instance_uid AND made.study_uid = study_instance_uid
         AND made.sop_uid = sop_instance_uid AND made.size = upload.size
    WHERE node = ? ORDER BY patient_id, study_instance_uid, series_instance_uid, upload.file_id, sop_instance_uid
"""

_LEFT_OUT = f"""
    SELECT coalesce(sum(taken AND held_back), 0) AS held_back,
           coalesce(sum(taken AND NOT held_back), 0)
               - count(DISTINCT iif(taken AND NOT held_back, SOPInstanceUID, NULL)) AS duplicates,
           coalesce(sum(NOT taken), 0) AS excluded
    FROM (SELECT held_back, SOPInstanceUID, {not_excluded()} AS taken FROM instance
          JOIN header ON header.id = header_id JOIN file ON file.id = file_id WHERE source_id IN ({{sources}}))
"""

_STILL_WANTED = not_excluded("study_instance_uid", "series_instance_uid", "sop_instance_uid")

_IN_SERIES = "upload INDEXED BY upload_by_series"
"""SQLite would go through all rows of the node by itself."""

_OF_SERIES = "node = ? AND study_instance_uid = ? AND series_instance_uid = ?"


class Uploads:
    """Queue instances for a node and note what becomes of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def candidate_series(self, source_ids: Sequence[int]) -> list[tuple[str, str]]:
        """Return the `(study UID, series UID)` of some sources that have an instance which may be sent."""
        rows = self._database.rows(
            f"SELECT StudyInstanceUID, SeriesInstanceUID {_CANDIDATES.format(sources=placeholders(source_ids))} "
            "GROUP BY StudyInstanceUID, SeriesInstanceUID ORDER BY min(file_id)",
            *source_ids,
        )
        return [(row[0], row[1]) for row in rows]

    def candidates(self, source_ids: Sequence[int], study_uid: str, series_uid: str) -> list[UploadItem]:
        """Return the instances of a series that `enqueue` would queue, without queueing them."""
        rows = self._database.rows(
            "SELECT SOPInstanceUID AS sop_uid, StudyInstanceUID AS study_uid, SeriesInstanceUID AS series_uid, "
            "coalesce(PatientID, '') AS patient_id, '' AS digest, 'queued' AS state, 0 AS attempts, min(file_id), "
            f"0 AS taken, '' AS listed_as, instance.size AS size, {_PLACE} "
            f"{_CANDIDATES.format(sources=placeholders(source_ids))} "
            "AND StudyInstanceUID = ? AND SeriesInstanceUID = ? "
            "GROUP BY SOPInstanceUID ORDER BY min(file_id)",
            *source_ids,
            study_uid,
            series_uid,
        )
        return [item_of(row) for row in rows]

    def enqueue(self, node: str, source_ids: Sequence[int], series: Iterable[tuple[str, str]]) -> None:
        """Queue what may be sent of the chosen `(study UID, series UID)`; what was verified stays so.

        An instance whose file changed since then is queued again. One that lies in several files is queued once,
        from the file indexed first.
        """
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(
                _ENQUEUE.format(sources=placeholders(source_ids)),
                [(node, now, *source_ids, study, one) for study, one in series],
            )

    def changed(self, node: str, source_ids: Sequence[int]) -> int:
        """Count the queued instances of some sources whose file is another one than the node took."""
        rows = self._database.rows(_CHANGED.format(sources=placeholders(source_ids)), node, *source_ids)
        return int(rows[0][0])

    def items(self, node: str, study_uid: str, series_uid: str) -> list[UploadItem]:
        """Return the journal rows of a series that have a file and were not left out, in the order of the files."""
        rows = self._database.rows(
            f"SELECT {_ITEM} FROM {_IN_SERIES} JOIN file ON file.id = file_id JOIN source ON source.id = source_id "
            f"WHERE {_OF_SERIES} AND {_STILL_WANTED} ORDER BY file_id",
            node,
            study_uid,
            series_uid,
        )
        return [item_of(row) for row in rows]

    def sent(self, node: str, study_uid: str, series_uid: str) -> list[UploadItem]:
        """Return every journal row of a series, with or without a file."""
        rows = self._database.rows(
            f"SELECT {_ITEM} FROM {_IN_SERIES} LEFT JOIN file ON file.id = file_id "
            f"LEFT JOIN source ON source.id = source_id WHERE {_OF_SERIES} ORDER BY file_id",
            node,
            study_uid,
            series_uid,
        )
        return [item_of(row) for row in rows]

    def note_digests(self, node: str, digests: Mapping[str, str]) -> None:
        """Keep the MD5 of what is sent, by SOP Instance UID."""
        if not digests:
            return
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE upload SET digest = ? WHERE node = ? AND sop_instance_uid = ?",
                [(digest, node, uid) for uid, digest in digests.items()],
            )

    def series(self, node: str) -> list[tuple[str, str]]:
        """Return every `(study UID, series UID)` in the journal of a node."""
        rows = self._database.rows(
            "SELECT DISTINCT study_instance_uid, series_instance_uid FROM upload WHERE node = ? "
            "ORDER BY patient_id, study_instance_uid, series_instance_uid",
            node,
        )
        return [(row[0], row[1]) for row in rows]

    def uids(self, node: str, study_uid: str, series_uid: str, states: Sequence[UploadState]) -> set[str]:
        """Return the SOP Instance UIDs of a series that are in one of the states."""
        rows = self._database.rows(
            f"SELECT sop_instance_uid FROM {_IN_SERIES} WHERE {_OF_SERIES} AND state IN ({placeholders(states)})",
            node,
            study_uid,
            series_uid,
            *states,
        )
        return {row[0] for row in rows}

    def mark(
        self, node: str, sop_uids: Iterable[str], state: UploadState, *, status: int | None = None, message: str = ""
    ) -> None:
        """Set the state of instances; `status` is the HTTP status."""
        self.note(node, [Mark(uid, state, status, message) for uid in sop_uids])

    def note(self, node: str, marks: Collection[Mark]) -> None:
        """Take steps in their order, all of them or none."""
        if not marks:
            return
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(
                _MARK,
                [
                    (m.state, m.status, m.message, m.attempt, now)
                    + (m.known or (None, None))
                    + (m.proof, m.warning, m.listed_as, node, m.sop_uid)
                    for m in marks
                ],
            )

    def release(self, node: str) -> None:
        """Queue again what was being sent when an upload ended."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE upload SET state = 'queued', changed_at = ? WHERE node = ? AND state = 'sending'",
                (time.time(), node),
            )

    def doubt(self, node: str, since: float) -> None:
        """Take for being sent, as long as nobody has looked, what the node acknowledged since then."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE upload SET state = 'sending' WHERE node = ? AND state = 'acknowledged' AND changed_at >= ?",
                (node, since),
            )

    def counts(self, node: str) -> UploadCounts:
        """Count the instances of a node's journal by state."""
        rows = self._database.rows(
            "SELECT state, count(*) AS n, sum(size) AS bytes FROM upload WHERE node = ? GROUP BY state", node
        )
        counted: dict[str, Any] = {row["state"]: row["n"] for row in rows}
        counted["bytes_verified"] = sum(row["bytes"] for row in rows if row["state"] == UploadState.VERIFIED)
        return UploadCounts(**counted)

    def studies(self, node: str) -> list[StudyUpload]:
        """Return how far each study of a node's journal is, patient by patient."""
        rows = self._database.rows(
            "SELECT min(patient_id) AS patient_id, study_instance_uid, count(DISTINCT series_instance_uid) AS series, "
            "count(*) AS instances, sum(size) AS bytes, sum(state = 'verified') AS verified, "
            "sum(state IN ('sending', 'acknowledged')) AS under_way, sum(state = 'failed') AS failed "
            "FROM upload WHERE node = ? GROUP BY study_instance_uid ORDER BY patient_id, study_instance_uid",
            node,
        )
        return [StudyUpload(*row) for row in rows]

    def by_series(self, node: str) -> list[SeriesUpload]:
        """Return every series of a node's journal, patient by patient, with what of it is verified."""
        rows = self._database.rows(
            "SELECT patient_id, study_instance_uid, series_instance_uid, max(listed_as), count(*), "
            "sum(state = 'verified') FROM upload WHERE node = ? GROUP BY study_instance_uid, series_instance_uid "
            "ORDER BY patient_id, study_instance_uid, series_instance_uid",
            node,
        )
        return [
            SeriesUpload(patient, study, one, listed.split("/")[1] if listed else one, count, verified)
            for patient, study, one, listed, count, verified in rows
        ]

    def series_states(self, node: str) -> dict[tuple[str, str], dict[str, int]]:
        """Count by state for each `(study UID, series UID)` of a node's journal."""
        rows = self._database.rows(
            "SELECT study_instance_uid, series_instance_uid, state, count(*) AS n FROM upload WHERE node = ? "
            "GROUP BY study_instance_uid, series_instance_uid, state",
            node,
        )
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            found.setdefault((row[0], row[1]), {})[row["state"]] = row["n"]
        return found

    def failures(self, node: str, limit: int = 500) -> list[dict[str, Any]]:
        """Return failed instances with the reason the node gave."""
        rows = self._database.rows(
            "SELECT sop_instance_uid, study_instance_uid, series_instance_uid, patient_id, attempts, status, message "
            "FROM upload WHERE node = ? AND state = 'failed' ORDER BY patient_id, series_instance_uid LIMIT ?",
            node,
            limit,
        )
        return [dict(row) for row in rows]

    def records(self, node: str) -> list[UploadRecord]:
        """Return the whole journal of a node, patient by patient."""
        rows = self._database.rows(_RECORDS, _OUTPUTS, node)
        return [UploadRecord(**{**dict(row), "state": UploadState(row["state"])}) for row in rows]

    def failed_series(self, node: str) -> set[tuple[str, str]]:
        """Return the `(study UID, series UID)` that have a failed instance."""
        rows = self._database.rows(
            "SELECT DISTINCT study_instance_uid, series_instance_uid FROM upload WHERE node = ? AND state = 'failed'",
            node,
        )
        return {(row[0], row[1]) for row in rows}

    def warnings(self, node: str, limit: int = 500) -> list[dict[str, Any]]:
        """Return instances that the node stored with a warning, and the warning."""
        rows = self._database.rows(
            "SELECT sop_instance_uid, study_instance_uid, series_instance_uid, patient_id, state, warning "
            "FROM upload WHERE node = ? AND warning != '' ORDER BY patient_id, series_instance_uid LIMIT ?",
            node,
            limit,
        )
        return [dict(row) for row in rows]

    def left_out(self, source_ids: Sequence[int]) -> dict[str, int]:
        """Count what `enqueue` does not take: files held back, further files of an instance, and exclusions."""
        return dict(self._database.rows(_LEFT_OUT.format(sources=placeholders(source_ids)), *source_ids)[0])
