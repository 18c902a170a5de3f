"""Leaks of many files, counted: one row for each place, whatever the file and the item of a sequence."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ._leak import Leak

_ITEM = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class LeakRow:
    """A leak at one place of many files; `count` is how often, `files` in how many. Other fields as in `Leak`."""

    place: str
    attribute: str
    kind: str
    detector: str
    severity: str
    excerpt: str
    remedy: str
    hidden: bool
    count: int
    files: int


class LeakCounts:
    """Adds leaks up; its size does not grow with the number of files."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}

    def add(self, leaks: Iterable[Leak]) -> None:
        """Count the leaks of one file."""
        seen: set[tuple[str, str, str, str]] = set()
        for leak in leaks:
            said = asdict(leak)
            said["place"] = _ITEM.sub("[…]", leak.place)
            key = self._put({**said, "kind": leak.kind.value, "severity": leak.severity.value, "count": 1, "files": 0})
            if key not in seen:
                self._rows[key]["files"] += 1
                seen.add(key)

    def merge(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows that were counted elsewhere, as plain values."""
        for row in rows:
            files = int(row["files"])
            key = self._put({**row, "files": 0})
            self._rows[key]["files"] += files

    def _put(self, row: dict[str, Any]) -> tuple[str, str, str, str]:
        key = (row["place"], row["kind"], row["detector"], row["severity"])
        if key in self._rows:
            self._rows[key]["count"] += row["count"]
        else:
            self._rows[key] = dict(row)
        return key

    def plain(self) -> list[dict[str, Any]]:
        """Return the rows as plain values."""
        return list(self._rows.values())

    def rows(self) -> list[LeakRow]:
        """Return the rows, the gravest and most frequent first."""
        made = [LeakRow(**row) for row in self._rows.values()]
        return sorted(made, key=lambda row: (row.severity, -row.files, row.place, row.detector))
