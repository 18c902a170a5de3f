"""What the dataset service remembers, in one SQLite file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._sqlite import connect

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS dataset (id TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS creation (
    id TEXT PRIMARY KEY, started REAL NOT NULL, step INTEGER NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS access (id TEXT, username TEXT, PRIMARY KEY (id, username));
CREATE TABLE IF NOT EXISTS subproject (code TEXT PRIMARY KEY, document TEXT NOT NULL);
"""
_SAVE = "INSERT INTO dataset VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document"


@dataclass(slots=True)
class Creation:
    """How far the creation of a dataset has come; there is none once it succeeded."""

    ident: str
    started: float
    step: int = 0
    status: str = "pending"
    message: str = "Launching dataset creation job..."


class Database:
    """Datasets, creations, accesses and subprojects. The room sees to it that one thread at a time is here."""

    def __init__(self, path: Path) -> None:
        self._sql = connect(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._sql.close()

    def datasets(self) -> list[Document]:
        """List all datasets, the first one made first."""
        return [
            json.loads(row[0]) for row in self._sql.execute("SELECT document FROM dataset ORDER BY rowid")
        ]

    def dataset(self, ident: str) -> Document | None:
        """Return one dataset."""
        row = self._sql.execute("SELECT document FROM dataset WHERE id = ?", (ident,)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def save(self, dataset: Document) -> None:
        """Keep a new or changed dataset."""
        self._sql.execute(_SAVE, (dataset["id"], json.dumps(dataset)))

    def delete(self, ident: str) -> None:
        """Forget a dataset and all that belongs to it."""
        for table in ("dataset", "creation", "access"):
            self._sql.execute(f"DELETE FROM {table} WHERE id = ?", (ident,))  # noqa: S608 - names from above

    def creation(self, ident: str) -> Creation | None:
        """Return the creation of a dataset that is not complete."""
        row = self._sql.execute("SELECT * FROM creation WHERE id = ?", (ident,)).fetchone()
        return None if row is None else Creation(*row)

    def creations(self) -> list[Creation]:
        """List the creations that are not complete."""
        return [Creation(*row) for row in self._sql.execute("SELECT * FROM creation ORDER BY rowid")]

    def save_creation(self, one: Creation) -> None:
        """Keep how far a creation has come."""
        values = (one.ident, one.started, one.step, one.status, one.message[:512])
        self._sql.execute("REPLACE INTO creation VALUES (?, ?, ?, ?, ?)", values)

    def end_creation(self, ident: str) -> None:
        """Note that a dataset is complete."""
        self._sql.execute("DELETE FROM creation WHERE id = ?", (ident,))

    def accesses(self, ident: str) -> list[str]:
        """List who was given access to a dataset."""
        found = self._sql.execute("SELECT username FROM access WHERE id = ? ORDER BY username", (ident,))
        return [row[0] for row in found]

    def give_access(self, ident: str, username: str) -> None:
        """Give a person access."""
        self._sql.execute("INSERT OR IGNORE INTO access VALUES (?, ?)", (ident, username))

    def take_access(self, ident: str, username: str) -> None:
        """Take it away again."""
        self._sql.execute("DELETE FROM access WHERE id = ? AND username = ?", (ident, username))

    def subprojects(self) -> list[Document]:
        """List the subprojects of the one project there is."""
        return [
            json.loads(row[0]) for row in self._sql.execute("SELECT document FROM subproject ORDER BY code")
        ]

    def save_subproject(self, subproject: Document) -> None:
        """Keep a new or changed subproject."""
        self._sql.execute(
            "REPLACE INTO subproject VALUES (?, ?)", (subproject["code"], json.dumps(subproject))
        )
