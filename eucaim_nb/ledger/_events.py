"""The audit trail: what a person decided, and when."""

import getpass
import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ._database import Database


@dataclass(frozen=True, slots=True)
class Event:
    """One decision or milestone; `detail` holds counts, names of settings and typed reasons, never a patient value."""

    at: float
    action: str
    detail: Mapping[str, object]
    who: str = ""
    """The account on the computer that it came from; empty where that is not known."""


class Events:
    """Append and read the audit trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, action: str, **detail: object) -> None:
        """Append an event dated now."""
        with self._database.write() as connection:
            append(connection, action, detail)

    def all(self) -> list[Event]:
        """Return every event, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT at, action, detail, who FROM event ORDER BY id").fetchall()
        return list(map(_event, rows))

    def latest(self, action: str) -> Event | None:
        """Return the last event of an action."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT at, action, detail, who FROM event WHERE action = ? ORDER BY id DESC LIMIT 1", (action,)
            ).fetchone()
        return None if row is None else _event(row)


def _event(row: sqlite3.Row) -> Event:
    return Event(row["at"], row["action"], json.loads(row["detail"]), row["who"])


def append(connection: sqlite3.Connection, action: str, detail: Mapping[str, object]) -> None:
    """Append an event dated now, in the caller's transaction."""
    connection.execute(
        "INSERT INTO event (at, action, detail, who) VALUES (?, ?, ?, ?)",
        (time.time(), action, json.dumps(detail), _account()),
    )


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run under a number that has no name
        return ""
