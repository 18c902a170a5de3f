"""The rows of the archive: items of the tree, and files."""

from dataclasses import dataclass
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    key INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
    parent INTEGER REFERENCES item ON DELETE CASCADE,
    id TEXT NOT NULL, label TEXT NOT NULL, xsi_type TEXT NOT NULL, fields TEXT NOT NULL, made TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS sibling ON item (IFNULL(parent, 0), kind, label)
    WHERE kind != 'prearchive';
CREATE TABLE IF NOT EXISTS file (
    item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE, path TEXT NOT NULL, blob TEXT NOT NULL UNIQUE,
    md5 TEXT NOT NULL, bytes INTEGER NOT NULL, content_type TEXT NOT NULL,
    format TEXT NOT NULL, content TEXT NOT NULL, tags TEXT NOT NULL, PRIMARY KEY (item, path));
CREATE TABLE IF NOT EXISTS role (
    item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE, login TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (item, login));
CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token (alias TEXT PRIMARY KEY, secret TEXT NOT NULL, login TEXT NOT NULL);
"""


class Taken(Exception):
    """A sibling of the same kind has this label."""


@dataclass(frozen=True, slots=True)
class Item:
    """A project, subject, experiment, scan, resource, or session in the prearchive."""

    key: int
    kind: str
    parent: int | None
    id: str
    label: str
    xsi_type: str
    fields: dict[str, Any]
    made: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a resource; `blob` is the name of its bytes on disk."""

    path: str
    blob: str
    md5: str
    bytes: int
    content_type: str = "application/octet-stream"
    format: str = ""
    content: str = ""
    tags: str = ""
