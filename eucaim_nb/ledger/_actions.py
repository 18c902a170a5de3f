"""What a person recorded of the actions of the procedure, and the lines they ticked."""

import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ._database import Database
from ._events import append


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """An action recorded as done or skipped; `at` is in seconds since the epoch (UTC)."""

    action: str
    at: float
    skipped: bool
    note: str
    file: str | None
    """Relative to the workspace, with '/'."""
    file_name: str
    sha256: str
    checks: tuple[str, ...]
    withdrawn_at: float | None = None
    withdrawn_because: str = ""


class ActionRecords:
    """Record actions, withdraw records and read them. At most one record of an action stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ActionRecord) -> None:
        """Add a record in place of the one that stands; the audit trail gets the action and the file's digest only."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE record SET withdrawn_at = ?, withdrawn_because = 'recorded anew' "
                "WHERE action = ? AND withdrawn_at IS NULL",
                (record.at, record.action),
            )
            connection.execute(
                "INSERT INTO record (action, at, skipped, note, file, file_name, sha256, checks) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.action,
                    record.at,
                    record.skipped,
                    record.note,
                    record.file,
                    record.file_name,
                    record.sha256,
                    json.dumps(record.checks),
                ),
            )
            append(
                connection,
                "action skipped" if record.skipped else "action recorded",
                {"id": record.action, "sha256": record.sha256},
            )

    def withdraw(self, action: str, because: str) -> bool:
        """Withdraw the standing record of an action; return whether there was one."""
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE record SET withdrawn_at = ?, withdrawn_because = ? "
                "WHERE action = ? AND withdrawn_at IS NULL",
                (time.time(), because, action),
            ).rowcount
            if changed:
                append(connection, "record withdrawn", {"id": action})
        return bool(changed)

    def standing(self) -> list[ActionRecord]:
        """Return the records that were not withdrawn."""
        return self._select("WHERE withdrawn_at IS NULL")

    def all(self) -> list[ActionRecord]:
        """Return every record, withdrawn ones included, oldest first."""
        return self._select("")

    def keep_checks(self, action: str, checks: Collection[str]) -> None:
        """Keep which lines of a checklist are ticked, in place of what was kept before."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO checklist (action, checks) VALUES (?, ?) "
                "ON CONFLICT (action) DO UPDATE SET checks = excluded.checks",
                (action, json.dumps(sorted(checks))),
            )

    def checks(self, action: str) -> frozenset[str]:
        """Return the ticked lines of a checklist."""
        with self._database.read() as connection:
            row = connection.execute("SELECT checks FROM checklist WHERE action = ?", (action,)).fetchone()
        return frozenset(json.loads(row["checks"])) if row else frozenset()

    def _select(self, where: str) -> list[ActionRecord]:
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT * FROM record {where} ORDER BY id").fetchall()
        return [_record(row) for row in rows]


def _record(row: Any) -> ActionRecord:
    values = dict(row)
    del values["id"]
    values["skipped"] = bool(values["skipped"])
    values["checks"] = tuple(json.loads(values["checks"]))
    return ActionRecord(**values)
