"""The SQLite files of practice nodes: each has one connection, which the threads of its node share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreInUse(Exception):
    """Another process serves this folder."""


def connect(path: Path, schema: str) -> sqlite3.Connection:
    """Open a file, made with its folder if missing; each statement is a transaction unless one is begun."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(schema)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do everything inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def connect_alone(path: Path, schema: str) -> sqlite3.Connection:
    """Open a file in an existing folder that no other process can open meanwhile.

    Raises
    ------
    StoreInUse
        Another process has it open.
    """
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(schema)
    except sqlite3.OperationalError as error:
        connection.close()
        raise StoreInUse(
            f"{path.parent} is in use by another practice node: stop that one, or choose another folder"
        ) from error
    return connection
