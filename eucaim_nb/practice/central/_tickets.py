"""The tickets of the helpdesk with their articles, in one SQLite file."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .._sqlite import connect, transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, grp TEXT NOT NULL, customer TEXT NOT NULL,
    state TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket INTEGER NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
    body TEXT NOT NULL, content_type TEXT NOT NULL, type TEXT NOT NULL, internal INTEGER NOT NULL, made TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article INTEGER NOT NULL, filename TEXT NOT NULL, mime_type TEXT NOT NULL,
    data BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an article; the number is given when it is kept."""

    filename: str
    mime_type: str
    data: bytes
    id: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """A message of a ticket, from the customer or an agent; number and time are given when it is kept."""

    sender: str
    subject: str
    body: str
    content_type: str = "text/plain"
    type: str = "note"
    internal: bool = False
    attachments: tuple[Attachment, ...] = ()
    id: int = 0
    made: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket; `group` and `state` are names."""

    id: int
    title: str
    group: str
    customer: str
    state: str
    made: str
    changed: str


class Tickets:
    """All tickets. Safe for many threads.

    Parameters
    ----------
    path : Path
        The file; made if missing.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._sql = connect(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._sql.close()

    def open(
        self, title: str, group: str, customer: str, first: Article, answer: Article | None, state: str
    ) -> Ticket:
        """Keep a new ticket with its article, and the answer if there is one."""
        now = _now()
        with self._lock, transaction(self._sql):
            ident = self._sql.execute(
                "INSERT INTO ticket (title, grp, customer, state, made, changed) VALUES (?, ?, ?, ?, ?, ?)",
                (title, group, customer, state, now, now),
            ).lastrowid
            for article in (first, answer):
                if article is not None:
                    self._add(int(ident or 0), article, now)
        return Ticket(int(ident or 0), title, group, customer, state, now, now)

    def all(self) -> list[Ticket]:
        """Return all tickets, oldest first."""
        return [Ticket(*row) for row in self._rows("SELECT * FROM ticket ORDER BY id")]

    def ticket(self, ident: int) -> Ticket | None:
        """Return one ticket."""
        return next((Ticket(*row) for row in self._rows("SELECT * FROM ticket WHERE id = ?", ident)), None)

    def articles(self, ticket: int) -> list[Article]:
        """Return the articles of a ticket, oldest first."""
        found = []
        for row in self._rows("SELECT * FROM article WHERE ticket = ? ORDER BY id", ticket):
            ident, _, sender, subject, body, content_type, kind, internal, made = row
            files = self._rows("SELECT * FROM attachment WHERE article = ? ORDER BY id", ident)
            attachments = tuple(Attachment(name, mime, data, number) for number, _, name, mime, data in files)
            found.append(
                Article(sender, subject, body, content_type, kind, bool(internal), attachments, ident, made)
            )
        return found

    def wipe(self) -> int:
        """Remove all; return how many tickets there were."""
        with self._lock, transaction(self._sql):
            self._sql.execute("DELETE FROM attachment")
            self._sql.execute("DELETE FROM article")
            return self._sql.execute("DELETE FROM ticket").rowcount

    def _add(self, ticket: int, article: Article, now: str) -> None:
        values = (ticket, article.sender, article.subject, article.body, article.content_type, article.type)
        ident = self._sql.execute(
            "INSERT INTO article (ticket, sender, subject, body, content_type, type, internal, made)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, article.internal, now),
        ).lastrowid
        for one in article.attachments:
            self._sql.execute(
                "INSERT INTO attachment (article, filename, mime_type, data) VALUES (?, ?, ?, ?)",
                (ident, one.filename, one.mime_type, one.data),
            )

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._sql.execute(query, values).fetchall()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
