"""The entries of the catalogue, in one SQLite file."""

import json
import threading
from collections.abc import Iterable
from pathlib import Path

from .._sqlite import connect, transaction
from ._columns import Record, stamped

_SCHEMA = "CREATE TABLE IF NOT EXISTS entry (id TEXT PRIMARY KEY, record TEXT NOT NULL)"
_SAVE = "INSERT INTO entry VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record"


class Entries:
    """Records by their id. Safe for many threads.

    Parameters
    ----------
    path : Path
        The file; made if missing.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._sql = connect(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._sql.close()

    def all(self) -> list[Record]:
        """Return all records, oldest first."""
        with self._lock:
            rows = self._sql.execute("SELECT record FROM entry ORDER BY rowid").fetchall()
        return [json.loads(row[0]) for row in rows]

    def register(self, records: Iterable[Record]) -> list[Record]:
        """Keep these records, or none of them if the process ends, in the place of those with the same id."""
        kept = []
        with self._lock, transaction(self._sql):
            for one in records:
                row = self._sql.execute("SELECT record FROM entry WHERE id = ?", (one["id"],)).fetchone()
                kept.append(stamped(one, json.loads(row[0]) if row else None))
                self._sql.execute(_SAVE, (one["id"], json.dumps(kept[-1])))
        return kept

    def remove(self, ident: str) -> bool:
        """Remove a record; return whether there was one."""
        with self._lock:
            return self._sql.execute("DELETE FROM entry WHERE id = ?", (ident,)).rowcount > 0

    def wipe(self) -> int:
        """Remove all; return how many there were."""
        with self._lock:
            return self._sql.execute("DELETE FROM entry").rowcount
