"""The subjects whose clinical data the node holds, in one SQLite file."""

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._sqlite import connect, transaction
from ._forms import Form

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subject (
    number INTEGER PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, form TEXT NOT NULL,
    UNIQUE (project, name))
"""
_KEEP = """
INSERT INTO subject (project, name, form) VALUES (?, ?, ?)
ON CONFLICT (project, name) DO UPDATE SET form = excluded.form
"""


class Subjects:
    """Subjects with their eForms, by project. Safe for many threads.

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

    def keep(self, project: str, forms: Iterable[Form]) -> set[str]:
        """Keep all these forms, or none if the process ends; return the names that were there before."""
        with self._lock, transaction(self._sql):
            known = self._names(project)
            for form in forms:
                self._sql.execute(_KEEP, (project, form.subject, form.content))
        return known

    def names(self, project: str) -> set[str]:
        """Return the names of the subjects of a project."""
        with self._lock:
            return self._names(project)

    def forms(self, project: str) -> dict[str, Any]:
        """Return the eForm of every subject of a project, in order of arrival."""
        query = "SELECT name, form FROM subject WHERE project = ? ORDER BY number"
        with self._lock:
            rows = self._sql.execute(query, (project,)).fetchall()
        return {name: json.loads(form) for name, form in rows}

    def wipe(self) -> int:
        """Forget everybody; return how many there were."""
        with self._lock:
            return self._sql.execute("DELETE FROM subject").rowcount

    def _names(self, project: str) -> set[str]:
        return {row[0] for row in self._sql.execute("SELECT name FROM subject WHERE project = ?", (project,))}
