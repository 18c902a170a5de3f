"""Opening the file: connections, locking policy and migrations."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from eucaim_nb.errors import WorkspaceError

BUSY_SECONDS = 30.0

IN_SOURCES = "+source_id IN ({sources})"
"""A condition on files: the plus makes SQLite look up a series that is asked for, not all files of a source."""


class Database:
    """One SQLite file and how it is opened.

    Every use opens a connection of its own and closes it again, so that no lock outlives the statement
    that needed it,
    threads share nothing, and the folder can be moved while a page is open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for queries."""
        with _in_words(), closing(self._connect()) as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of one query."""
        with self.read() as connection:
            return connection.execute(query, values).fetchall()

    def each(self, query: str, *values: object) -> Iterator[Any]:
        """Yield the rows of one query, which holds a connection meanwhile."""
        with self.read() as connection:
            yield from connection.execute(query, values)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one write transaction: committed at the end, rolled back on an exception."""
        with _in_words(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _connect(self) -> sqlite3.Connection:
        if not self.path.parent.is_dir():
            raise WorkspaceError("The workspace folder is gone. Was it moved or is the drive not connected?")
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        # Enough for one batch of rows, so that SQLite does not take the exclusive lock before the commit.
        connection.execute("PRAGMA cache_size = -16000")
        return connection

    def migrate(self) -> None:
        """Bring the schema up to the newest version this program knows, keeping all rows.

        Raises
        ------
        WorkspaceError
            The file was written by a newer version of the program, or is not a ledger at all.
        """
        steps = _schema_steps()
        with self.read() as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            if _version(connection) == len(steps):
                return
        with self.write() as connection:
            # Asked again inside the transaction: another page may have migrated in the meantime.
            for number in range(_version(connection), len(steps)):
                for statement in _statements(steps[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            if _version(connection) > len(steps):
                raise WorkspaceError(
                    "This workspace was last used by a newer version of eucaim_nb. Update this installation "
                    "to open it."
                )


def placeholders(values: Collection[object]) -> str:
    """Return as many question marks as there are values, for a list in a query."""
    return ", ".join("?" * len(values))


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn SQLite's errors, whose texts hold no values, into words a user can act on."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # a mistake of this program, not of the file
    except sqlite3.OperationalError as error:
        raise WorkspaceError(
            f"The workspace's ledger could not be used: {error}. Is the disk full, read-only or no longer "
            "connected?"
        ) from error
    except sqlite3.DatabaseError as error:
        raise WorkspaceError(
            f"The workspace's ledger is damaged or no ledger at all: {error}. "
            "Restore ledger.sqlite from a backup, or move it away and scan again."
        ) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _schema_steps() -> list[str]:
    folder = files("eucaim_nb.ledger").joinpath("schema")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [folder.joinpath(name).read_text(encoding="utf-8") for name in names]


def _statements(script: str) -> Iterator[str]:
    """Split a script at complete statements: `executescript` would commit the surrounding transaction."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
