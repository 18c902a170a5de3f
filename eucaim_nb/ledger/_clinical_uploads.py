"""The journal of clinical data: one row per piece and node, with the state it has reached."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from ._database import Database
from ._upload_rows import UploadState

Piece = tuple[str, str]
"""What a piece is, and whose or which: `("form", pseudonym)`, `("file", name)`."""


@dataclass(frozen=True, slots=True)
class ClinicalUpload:
    """What became of one piece: `digest` is the SHA-256 of what the node must give back, `status` the last HTTP one."""

    kind: str
    name: str
    digest: str
    size: int
    state: UploadState
    attempts: int
    status: int | None
    message: str
    changed_at: float


class ClinicalUploads:
    """Queue pieces of clinical data for a node and note what becomes of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, node: str, pieces: Iterable[tuple[str, str, str, int]]) -> None:
        """Queue `(kind, name, digest, size)` in place of all that was queued before; what was verified and is the same
        stays so.
        """
        now = time.time()
        with self._database.write() as connection:
            connection.execute("CREATE TEMPORARY TABLE chosen (kind TEXT, name TEXT, digest TEXT, size INTEGER)")
            connection.executemany("INSERT INTO chosen VALUES (?, ?, ?, ?)", pieces)
            connection.execute(
                "DELETE FROM clinical_upload WHERE node = ? AND (kind, name) NOT IN (SELECT kind, name FROM chosen)",
                (node,),
            )
            connection.execute(
                "INSERT INTO clinical_upload (node, kind, name, digest, size, state, changed_at) "
                "SELECT ?, kind, name, digest, size, 'queued', ? FROM chosen WHERE true "
                "ON CONFLICT (node, kind, name) DO UPDATE SET "
                "state = iif(state = 'verified' AND digest = excluded.digest, state, 'queued'), "
                "digest = excluded.digest, size = excluded.size",
                (node, now),
            )

    def mark(
        self,
        node: str,
        pieces: Iterable[Piece],
        state: UploadState,
        *,
        status: int | None = None,
        message: str = "",
        attempt: bool = False,
    ) -> None:
        """Set the state of pieces; `status` is the HTTP status, `attempt` counts one more try."""
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE clinical_upload SET state = ?, status = coalesce(?, status), message = ?, "
                "attempts = attempts + ?, changed_at = ? WHERE node = ? AND kind = ? AND name = ?",
                [(state, status, message, attempt, now, node, *piece) for piece in pieces],
            )

    def release(self, node: str) -> None:
        """Queue again what was being sent when an upload ended."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE clinical_upload SET state = 'queued', changed_at = ? "
                "WHERE node = ? AND state IN ('sending', 'acknowledged')",
                (time.time(), node),
            )

    def records(self, node: str) -> list[ClinicalUpload]:
        """Return the whole journal of a node."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT kind, name, digest, size, state, attempts, status, message, changed_at "
                "FROM clinical_upload WHERE node = ? ORDER BY kind, name",
                (node,),
            ).fetchall()
        return [ClinicalUpload(**{**dict(row), "state": UploadState(row["state"])}) for row in rows]

    def counts(self, node: str) -> dict[UploadState, int]:
        """Count the pieces of a node's journal by state."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT state, count(*) AS n FROM clinical_upload WHERE node = ? GROUP BY state", (node,)
            ).fetchall()
        return {UploadState(row["state"]): row["n"] for row in rows}
