"""What the node knows: a tree of items in SQLite, and one file of bytes, under a name of its own, per upload."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._spool import Spool
from .._sqlite import connect_alone
from ._records import SCHEMA, Item, StoredFile, Taken


class Archive:
    """The items in one folder. Safe for many threads, and for one process at a time.

    A file exists once its row does. Its bytes are on disk before that, and bytes without a row are removed at
    the next start, so a process killed at any moment leaves whole files only.

    Parameters
    ----------
    folder : Path
        Made if missing.

    Raises
    ------
    StoreInUse
        Another process has it open.
    """

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "files"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._orphans: list[str] = []
        self._db = connect_alone(folder / "archive.sqlite", SCHEMA)
        self._db.execute("PRAGMA foreign_keys = ON")
        self.incoming = folder / "incoming"
        self.spool = Spool(self.incoming)
        known = {row["blob"] for row in self._db.execute("SELECT blob FROM file")}
        for path in self._blobs.iterdir():
            if path.name not in known:
                path.unlink()

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do everything inside, or nothing of it; nobody else changes anything meanwhile."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                    self._orphans.clear()
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
                    self.discard(self._orphans)
                    self._orphans.clear()
            finally:
                self._depth -= 1

    def item(self, key: int) -> Item | None:
        """Return the item with this key."""
        return next(iter(self._items("WHERE key = ?", (key,))), None)

    def children(self, parent: Item | None, kind: str) -> list[Item]:
        """Return the children of one kind, oldest first; of `None`, the items at the top."""
        return self._items(
            "WHERE IFNULL(parent, 0) = ? AND kind = ? ORDER BY key", (parent.key if parent else 0, kind)
        )

    def child(self, parent: Item | None, kind: str, name: str) -> Item | None:
        """Return the child with this ID or label."""
        found = [one for one in self.children(parent, kind) if name in (one.id, one.label)]
        return min(found, key=lambda one: one.id != name, default=None)

    def of_kind(self, kind: str) -> list[Item]:
        """Return all items of one kind, oldest first."""
        return self._items("WHERE kind = ? ORDER BY key", (kind,))

    def up(self, item: Item, kind: str) -> Item | None:
        """Return the item itself, or the nearest one above it, of this kind."""
        above: Item | None = item
        while above is not None and above.kind != kind:
            above = None if above.parent is None else self.item(above.parent)
        return above

    def add(
        self,
        kind: str,
        parent: Item | None,
        label: str,
        xsi_type: str,
        fields: dict[str, Any] | None = None,
        *,
        id: str | None = None,
    ) -> Item:
        """Make an item; without an ID it gets an accession number.

        Raises
        ------
        Taken
            The label is in use.
        """
        with self.change():
            try:
                key = self._db.execute(
                    "INSERT INTO item (kind, parent, id, label, xsi_type, fields, made)"
                    " VALUES (?, ?, '', ?, ?, ?, strftime('%Y-%m-%d %H:%M:%f', 'now'))",
                    (kind, parent.key if parent else None, label, xsi_type, json.dumps(fields or {})),
                ).lastrowid
            except sqlite3.IntegrityError as error:
                raise Taken(label) from error
            number = str(key) if kind == "resource" else f"PRACTICE_{kind[0].upper()}{key:05d}"
            given = id or number
            self._db.execute("UPDATE item SET id = ? WHERE key = ?", (given, key))
            made = self.item(key or 0)
            assert made is not None
            return made

    def update(self, item: Item, **changes: Any) -> Item:
        """Change the label, parent, type or fields of an item.

        Raises
        ------
        Taken
            The label is in use.
        """
        changed = replace(item, **changes)
        with self.change():
            try:
                self._db.execute(
                    "UPDATE item SET id = ?, parent = ?, label = ?, xsi_type = ?, fields = ? WHERE key = ?",
                    (
                        changed.id,
                        changed.parent,
                        changed.label,
                        changed.xsi_type,
                        json.dumps(changed.fields),
                        item.key,
                    ),
                )
            except sqlite3.IntegrityError as error:
                raise Taken(changed.label) from error
        return changed

    def remove(self, item: Item) -> None:
        """Remove an item with everything below it."""
        with self.change():
            for resource in self.below(item, "resource"):
                self._orphans += [one.blob for one in self.files(resource)]
            self._db.execute("DELETE FROM item WHERE key = ?", (item.key,))

    def below(self, item: Item, kind: str) -> list[Item]:
        """Return the items of one kind at or below an item."""
        return self._items(
            "WHERE kind = ? AND key IN (WITH RECURSIVE under(key) AS (SELECT ? UNION ALL"
            " SELECT item.key FROM item JOIN under ON item.parent = under.key) SELECT key FROM under)"
            " ORDER BY key",
            (kind, item.key),
        )

    def files(self, resource: Item, path: str | None = None) -> list[StoredFile]:
        """Return the files of a resource, by path; or the one with this path."""
        rows = self._rows(
            "SELECT * FROM file WHERE item = ? AND (? IS NULL OR path = ?) ORDER BY path",
            (resource.key, path, path),
        )
        return [StoredFile(**{name: row[name] for name in row.keys() if name != "item"}) for row in rows]  # noqa: SIM118

    def put_file(self, resource: Item, file: StoredFile) -> None:
        """Note a file whose bytes are on disk, instead of one with the same path."""
        with self.change():
            self.drop_file(resource, file.path)
            values = (file.path, file.blob, file.md5, file.bytes, file.content_type)
            self._db.execute(
                "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (resource.key, *values, file.format, file.content, file.tags),
            )

    def drop_file(self, resource: Item, path: str) -> None:
        """Forget a file."""
        with self.change():
            rows = self._rows("SELECT blob FROM file WHERE item = ? AND path = ?", (resource.key, path))
            self._orphans += [row["blob"] for row in rows]
            self._db.execute("DELETE FROM file WHERE item = ? AND path = ?", (resource.key, path))

    def move_file(self, source: Item, path: str, target: Item) -> None:
        """Give a file to another resource, instead of one with the same path there."""
        with self.change():
            self.drop_file(target, path)
            self._db.execute(
                "UPDATE file SET item = ? WHERE item = ? AND path = ?", (target.key, source.key, path)
            )

    def take_in(self, spooled: Path) -> str:
        """Keep the bytes of a spooled part, and return the name of the blob."""
        blob = secrets.token_hex(16)
        spooled.rename(self.open_path(blob))
        return blob

    def discard(self, blobs: Iterable[str]) -> None:
        """Forget bytes that no row refers to."""
        for blob in blobs:
            with suppress(OSError):  # Windows keeps a file that is being read: the next start removes it
                self.open_path(blob).unlink()

    def open_path(self, blob: str) -> Path:
        """Return where the bytes of a blob are."""
        return self._blobs / blob

    def roles(self, project: Item) -> dict[str, str]:
        """Return the role of every user of a project."""
        rows = self._rows("SELECT login, role FROM role WHERE item = ? ORDER BY login", (project.key,))
        return {row["login"]: row["role"] for row in rows}

    def set_role(self, project: Item, login: str, role: str | None) -> None:
        """Give a user a role in a project, or take it away."""
        with self.change():
            self._db.execute("DELETE FROM role WHERE item = ? AND login = ?", (project.key, login))
            if role is not None:
                self._db.execute("INSERT INTO role VALUES (?, ?, ?)", (project.key, login, role))

    def add_token(self, alias: str, secret: str, login: str) -> None:
        """Keep an alias token."""
        with self.change():
            self._db.execute("INSERT INTO token VALUES (?, ?, ?)", (alias, secret, login))

    def token(self, alias: str) -> tuple[str, str] | None:
        """Return the secret and the user of an alias token."""
        rows = self._rows("SELECT secret, login FROM token WHERE alias = ?", (alias,))
        return (rows[0]["secret"], rows[0]["login"]) if rows else None

    def keep_request(self, document: dict[str, Any]) -> dict[str, Any]:
        """Keep a new or changed request to import from the inbox, and return it with its number as `id`."""
        with self.change():
            values = (document.get("id"), json.dumps(document))
            number = self._db.execute("REPLACE INTO request VALUES (?, ?)", values).lastrowid
        return document | {"id": number}

    def request(self, number: int) -> dict[str, Any] | None:
        """Return the request with this number."""
        return next((one for one in self.requests() if one["id"] == number), None)

    def requests(self) -> list[dict[str, Any]]:
        """Return all requests to import from the inbox, oldest first."""
        rows = self._rows("SELECT id, document FROM request ORDER BY id", ())
        return [json.loads(row["document"]) | {"id": row["id"]} for row in rows]

    def _items(self, where: str, values: tuple[Any, ...]) -> list[Item]:
        rows = self._rows(f"SELECT * FROM item {where}", values)  # noqa: S608 - from this module
        return [Item(**{**dict(row), "fields": json.loads(row["fields"])}) for row in rows]

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()
