"""What became of each original in the de-identification, and the crosswalk between old and new identifiers."""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ._database import Database, placeholders
from ._deid_rows import DeidCounts, DeidFinding, DeidRow, DeidState

_PAGE = 1000

_COLUMNS = (
    "file_id", "recipe", "state", "kind", "severity", "reason", "source_size", "source_mtime_ns", "source_sha256",
    "baseline", "output", "size", "mtime_ns", "sha256", "patient", "study_uid", "series_uid", "sop_uid", "days",
    "counts", "blanked", "changed_at", "verified_at",
)  # fmt: skip

_PUT = f"""
    INSERT INTO deidentified ({", ".join(_COLUMNS)}) VALUES ({", ".join("?" * len(_COLUMNS))})
    ON CONFLICT (file_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""


class Deidentified:
    """Note what became of each original, and read it back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Writing

    def begin(self, recipe: str, content: Mapping[str, object]) -> None:
        """Keep what files are about to be de-identified with, by its digest."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO recipe (digest, content, first_used_at) VALUES (?, ?, ?)",
                (recipe, json.dumps(content, sort_keys=True), time.time()),
            )

    def store(self, rows: Sequence[DeidRow], crosswalk: Iterable[tuple[str, str, str]] = ()) -> None:
        """Write rows, each in place of what was known of its file, and `(kind, old, new)` of the crosswalk."""
        if not rows:
            return
        now = time.time()
        with self._database.write() as connection:
            # An output has one original: the one it was made from last.
            connection.executemany(
                "DELETE FROM deidentified WHERE output = ? AND output != '' AND file_id IS NOT ?",
                [(row.output, row.file_id) for row in rows if row.output],
            )
            connection.executemany(
                "DELETE FROM deidentified_finding WHERE deidentified_id = "
                "(SELECT id FROM deidentified WHERE file_id = ?)",
                [(row.file_id,) for row in rows],
            )
            connection.executemany(_PUT, [_values(row, now) for row in rows])
            connection.executemany(
                "INSERT INTO pseudonym (kind, old, new, recipe) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (kind, old, new) DO UPDATE SET recipe = excluded.recipe",
                [(*pair, rows[0].recipe) for pair in crosswalk],
            )

    def note_verified(
        self, verified: Collection[int], findings: Mapping[int, Sequence[DeidFinding]] = MappingProxyType({})
    ) -> None:
        """Note which outputs were verified and what was found, both by the id of the row, in place of before."""
        now = time.time()
        with self._database.write() as connection:
            every = [(number,) for number in {*verified, *findings}]
            connection.executemany("DELETE FROM deidentified_finding WHERE deidentified_id = ?", every)
            connection.executemany("UPDATE deidentified SET verified_at = NULL WHERE id = ?", every)
            connection.executemany(
                "UPDATE deidentified SET verified_at = ? WHERE id = ?", [(now, number) for number in verified]
            )
            connection.executemany(
                "INSERT INTO deidentified_finding (deidentified_id, kind, severity, tag, message) "
                "VALUES (?, ?, ?, ?, ?)",
                [
                    (number, one.kind, one.severity, one.tag, one.message)
                    for number, found in findings.items()
                    for one in found
                ],
            )

    def forget_gone(self) -> None:
        """Drop what is known of originals that are no longer in the index and have no output."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM deidentified WHERE file_id IS NULL AND state != 'written'")

    def forget_unused_pseudonyms(self) -> None:
        """Drop what no output was made with any more, after a change of the key for instance."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM pseudonym WHERE recipe NOT IN (SELECT recipe FROM deidentified WHERE state = 'written')"
            )

    # Reading

    def recipe(self, digest: str) -> dict[str, Any]:
        """Return what `begin` kept."""
        rows = self._database.rows("SELECT content FROM recipe WHERE digest = ?", digest)
        return dict(json.loads(rows[0][0])) if rows else {}

    def standing_recipes(self) -> list[dict[str, Any]]:
        """Return what the outputs that stand were made with, the most used first."""
        rows = self._database.rows(
            "SELECT content FROM deidentified JOIN recipe ON digest = recipe WHERE state = 'written' "
            "GROUP BY recipe ORDER BY count(*) DESC, recipe"
        )
        return [dict(json.loads(row[0])) for row in rows]

    def known(self, file_ids: Sequence[int]) -> dict[int, DeidRow]:
        """Return what is known of some files, by file id."""
        found: dict[int, DeidRow] = {}
        for start in range(0, len(file_ids), _PAGE):
            page = file_ids[start : start + _PAGE]
            rows = self._database.rows(f"SELECT * FROM deidentified WHERE file_id IN ({placeholders(page)})", *page)
            found.update((row["file_id"], _row(row)) for row in rows)
        return found

    def rows(self, state: DeidState | None = None) -> Iterator[DeidRow]:
        """Yield every row, or those in one state, a page at a time."""
        last = 0
        while page := self._database.rows(
            f"SELECT * FROM deidentified WHERE id > ? {'AND state = ?' if state else ''} ORDER BY id LIMIT {_PAGE}",
            last,
            *([state] if state else []),
        ):
            yield from (_row(row) for row in page)
            last = page[-1]["id"]

    def outputs(self) -> set[str]:
        """Return every output that belongs to a row."""
        return {row[0] for row in self._database.rows("SELECT output FROM deidentified WHERE output != ''")}

    def verified_outputs(self, study_uid: str, series_uid: str) -> dict[str, tuple[int, int]]:
        """Return size and modification time of the verified outputs of a series, by output."""
        rows = self._database.rows(
            "SELECT output, size, mtime_ns FROM deidentified "
            "WHERE series_uid = ? AND study_uid = ? AND state = 'written' AND verified_at IS NOT NULL",
            series_uid,
            study_uid,
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def counts(self, source_ids: Sequence[int] | None = None) -> DeidCounts:
        """Count by state over everything, or over the files of some sources."""
        where = (
            "1"
            if source_ids is None
            else f"file_id IN (SELECT id FROM file WHERE source_id IN ({placeholders(source_ids)}))"
        )
        rows = self._database.rows(
            f"SELECT state, count(*), count(verified_at) FROM deidentified WHERE {where} GROUP BY state",
            *(source_ids or ()),
        )
        by_state = {DeidState(row[0]).value: row[1] for row in rows}
        return DeidCounts(**by_state, verified=sum(row[2] for row in rows if row[0] == DeidState.WRITTEN))

    def finding_counts(self) -> dict[str, int]:
        """Count findings by kind."""
        return self._count_findings("kind")

    def severity_counts(self) -> dict[str, int]:
        """Count findings by severity."""
        return self._count_findings("severity")

    def _count_findings(self, by: str) -> dict[str, int]:
        rows = self._database.rows(
            f"SELECT {by}, count(*) AS n FROM (SELECT {by} FROM deidentified WHERE kind != '' "
            f"UNION ALL SELECT {by} FROM deidentified_finding) GROUP BY {by} ORDER BY n DESC, {by}"
        )
        return {row[0]: row[1] for row in rows}

    def findings(self, limit: int | None = None) -> Iterator[DeidFinding]:
        """Yield what a person should know, in the order of the files; no text holds a value of an original."""
        rows = self._database.rows(
            "SELECT made.file_id, made.output, found.kind, found.severity, found.tag, found.message, "
            "root, folder, name, member FROM ("
            "SELECT id, kind, severity, '' AS tag, reason AS message FROM deidentified WHERE kind != '' "
            "UNION ALL SELECT deidentified_id, kind, severity, tag, message FROM deidentified_finding) AS found "
            "JOIN deidentified AS made ON made.id = found.id LEFT JOIN file ON file.id = made.file_id "
            "LEFT JOIN source ON source.id = source_id ORDER BY source_id, folder, name, member LIMIT ?",
            -1 if limit is None else limit,
        )
        for row in rows:
            place = None if row["root"] is None else (row["root"], row["folder"], row["name"], row["member"])
            yield DeidFinding(
                row["file_id"], row["kind"], row["severity"], row["message"], row["tag"], row["output"], place
            )

    def crosswalk(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield `(old, new)` of the crosswalk, by old."""
        last = ("", "")
        while page := self._database.rows(
            f"SELECT old, new FROM pseudonym WHERE kind = ? AND (old, new) > (?, ?) ORDER BY old, new LIMIT {_PAGE}",
            kind,
            *last,
        ):
            yield from ((row[0], row[1]) for row in page)
            last = (page[-1][0], page[-1][1])

    def olds(self, kind: str, new: Collection[str]) -> dict[str, str]:
        """Return what some new identifiers of the crosswalk stand for; those it does not know are not among them."""
        found: dict[str, str] = {}
        wanted = sorted(new)
        for start in range(0, len(wanted), _PAGE):
            page = wanted[start : start + _PAGE]
            rows = self._database.rows(
                f"SELECT new, old FROM pseudonym WHERE kind = ? AND new IN ({placeholders(page)})", kind, *page
            )
            found.update((row["new"], row["old"]) for row in rows)
        return found

    def study_days(self) -> list[tuple[str, str, int]]:
        """Return `(patient, study UID, days since the patient's first study)` of the outputs, all as they are now."""
        rows = self._database.rows(
            "SELECT patient, study_uid, min(days) FROM deidentified WHERE state = 'written' AND days IS NOT NULL "
            "GROUP BY patient, study_uid ORDER BY patient, min(days), study_uid"
        )
        return [(row[0], row[1], row[2]) for row in rows]


def _values(row: DeidRow, now: float) -> tuple[object, ...]:
    special = {
        "counts": json.dumps(dict(row.counts), sort_keys=True),
        "blanked": json.dumps(row.blanked),
        "changed_at": now,
    }
    return tuple(special.get(name, getattr(row, name)) for name in _COLUMNS)


def _row(row: Any) -> DeidRow:
    values = dict(row)
    blanked = tuple(tuple(box) for box in json.loads(values["blanked"]))
    return DeidRow(
        **{**values, "state": DeidState(values["state"]), "counts": _counts(values["counts"]), "blanked": blanked}
    )


@lru_cache(maxsize=1000)
def _counts(text: str) -> Mapping[str, int]:
    return MappingProxyType(json.loads(text))
