"""The index of instances: which files there are, what their headers say, and what is wrong with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from eucaim_nb.reference import index_attributes

from ._database import Database, placeholders
from ._records import FileRecord, Known, ProblemRecord, SeriesRow, Totals

SERIES_LEVEL = ("TransferSyntaxUID", *(a.keyword for a in index_attributes() if a.level == "series"))
INSTANCE_LEVEL = tuple(a.keyword for a in index_attributes() if a.level == "instance")
_MOST_HEADERS_REMEMBERED = 20_000


_SERIES = """
    WITH counted AS (
        SELECT header_id, count(DISTINCT SOPInstanceUID) AS instances, sum(size) AS bytes,
               sum(held_back) AS held_back
        FROM instance WHERE {where} GROUP BY header_id)
    SELECT coalesce(PatientID, '') AS patient_id, StudyInstanceUID AS study_uid,
           SeriesInstanceUID AS series_uid, coalesce(min(StudyDate), '') AS study_date,
           coalesce(min(StudyDescription), '') AS study_description, coalesce(min(Modality), '') AS modality,
           coalesce(min(SeriesNumber), '') AS number, coalesce(min(SeriesDescription), '') AS description,
           coalesce(min(BodyPartExamined), '') AS body_part, coalesce(min(Manufacturer), '') AS manufacturer,
           sum(instances) AS instances, sum(bytes) AS bytes, sum(held_back) AS held_back, count(*) AS variants
    FROM counted JOIN header ON header.id = header_id
    GROUP BY coalesce(PatientID, ''), StudyInstanceUID, SeriesInstanceUID
    ORDER BY patient_id, study_date, study_uid, CAST(number AS INTEGER), series_uid
"""


class Index:
    """Write what a scan finds, and read it back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._headers: dict[bytes, int] = {}

    # Writing

    def source(self, root: bytes) -> int:
        """Return the id of a scanned folder, making a row for a new one."""
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO source (root) VALUES (?)", (root,))
            row = connection.execute("SELECT id FROM source WHERE root = ?", (root,)).fetchone()
        return int(row["id"])

    def known(self, source_id: int, folder: bytes) -> dict[bytes, Known]:
        """Return what is remembered of the plain files of one folder, by name."""
        rows = self._database.rows(
            "SELECT id, name, size, mtime_ns FROM file WHERE source_id = ? AND folder = ? AND member = ''",
            source_id,
            folder,
        )
        return {row["name"]: Known(row["id"], row["size"], row["mtime_ns"]) for row in rows}

    def store(
        self,
        source_id: int,
        records: Sequence[FileRecord],
        oddities: Sequence[tuple[bytes, bytes, ProblemRecord]] = (),
    ) -> None:
        """Write records, replacing what was known of the same places, in one transaction.

        `oddities` are problems of things that are not files, as `(folder, name, problem)`; a folder
        itself has no name.
        """
        try:
            self._store(source_id, records, oddities)
        except BaseException:
            self._headers.clear()  # ids of rows that were rolled back
            raise

    def _store(
        self,
        source_id: int,
        records: Sequence[FileRecord],
        oddities: Sequence[tuple[bytes, bytes, ProblemRecord]],
    ) -> None:
        with self._database.write() as connection:
            places = [(source_id, r.folder, r.name, r.member) for r in records]
            at = "WHERE source_id = ? AND folder = ? AND name = ? AND member = ?"
            connection.executemany(f"DELETE FROM instance WHERE file_id IN (SELECT id FROM file {at})", places)
            connection.executemany(f"DELETE FROM problem {at}", places)
            # A file that is indexed again keeps its id: the journal of uploads refers to it.
            connection.executemany(
                "INSERT INTO file (source_id, folder, name, member, size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (source_id, folder, name, member) DO UPDATE SET "
                "size = excluded.size, mtime_ns = excluded.mtime_ns",
                [(*place, r.size, r.mtime_ns) for place, r in zip(places, records, strict=True)],
            )
            ids = [connection.execute(f"SELECT id FROM file {at}", place).fetchone()[0] for place in places]
            numbered = list(zip(ids, records, strict=True))
            connection.executemany(
                f"INSERT INTO instance (file_id, header_id, size, held_back, {', '.join(INSTANCE_LEVEL)}) "
                f"VALUES (?, ?, ?, ?, {placeholders(INSTANCE_LEVEL)})",
                [
                    (
                        i,
                        self._header_id(connection, r.instance.values),
                        r.size,
                        r.instance.held_back,
                        *(r.instance.values.get(k) for k in INSTANCE_LEVEL),
                    )
                    for i, r in numbered
                    if r.instance is not None
                ],
            )
            of_files = [(r.folder, r.name, r.member, p) for r in records for p in r.problems]
            of_others = [(folder, name, "", p) for folder, name, p in oddities]
            _insert_problems(connection, source_id, [*of_files, *of_others])

    def forget_oddities(self, source_id: int) -> None:
        """Drop problems of folders, links and other entries that are not files: every scan finds them anew."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM problem WHERE source_id = ? AND NOT EXISTS (SELECT 1 FROM file "
                "WHERE file.source_id = problem.source_id AND file.folder = problem.folder "
                "AND file.name = problem.name)",
                (source_id,),
            )

    def forget(self, source_id: int, folder: bytes, names: Iterable[bytes]) -> None:
        """Drop files, and the members of archives, that are no longer there."""
        places = [(source_id, folder, name) for name in names]
        if not places:
            return
        with self._database.write() as connection:
            connection.executemany("DELETE FROM file WHERE source_id = ? AND folder = ? AND name = ?", places)
            connection.executemany(
                "DELETE FROM problem WHERE source_id = ? AND folder = ? AND name = ?", places
            )

    def folders(self, source_id: int) -> list[bytes]:
        """Return every folder of a source that the index has rows for."""
        rows = self._database.rows(
            "SELECT folder FROM file WHERE source_id = ?1 UNION SELECT folder FROM problem WHERE source_id = ?1",
            source_id,
        )
        return [row["folder"] for row in rows]

    def forget_folders(self, source_id: int, folders: Iterable[bytes]) -> None:
        """Drop everything known of folders that are no longer there."""
        places = [(source_id, folder) for folder in folders]
        if not places:
            return
        with self._database.write() as connection:
            connection.executemany("DELETE FROM file WHERE source_id = ? AND folder = ?", places)
            connection.executemany("DELETE FROM problem WHERE source_id = ? AND folder = ?", places)

    def set_scanned(self, source_id: int, when: str) -> None:
        """Note when a source was last scanned to its end (ISO 8601, UTC)."""
        with self._database.write() as connection:
            connection.execute("UPDATE source SET scanned_at = ? WHERE id = ?", (when, source_id))

    def _header_id(self, connection: Any, values: Mapping[str, str]) -> int:
        row = [values.get(keyword) for keyword in SERIES_LEVEL]
        digest = blake2b(
            "\x1f".join("\x00" if v is None else v for v in row).encode(errors="surrogatepass"),
            digest_size=16,
        )
        key = digest.digest()
        known = self._headers.get(key)
        if known is not None:
            return known
        connection.execute(
            f"INSERT OR IGNORE INTO header (digest, {', '.join(SERIES_LEVEL)}) VALUES (?, "
            f"{placeholders(SERIES_LEVEL)})",
            (key, *row),
        )
        found = int(connection.execute("SELECT id FROM header WHERE digest = ?", (key,)).fetchone()[0])
        if len(self._headers) >= _MOST_HEADERS_REMEMBERED:
            self._headers.clear()
        self._headers[key] = found
        return found

    # Reading

    def sources(self) -> list[tuple[int, bytes, str | None]]:
        """Return id, root and time of the last complete scan of each source."""
        rows = self._database.rows("SELECT id, root, scanned_at FROM source ORDER BY id")
        return [(row["id"], row["root"], row["scanned_at"]) for row in rows]

    def has_instances(self) -> bool:
        """Tell whether any instance is indexed, without counting them."""
        return bool(self._database.rows("SELECT 1 FROM instance LIMIT 1"))

    def totals(self, source_ids: Collection[int] | None = None) -> Totals:
        """Count over the whole index, or over some sources."""
        where, values = _in_sources(source_ids)
        of_instance, _ = _of_sources(source_ids)
        # One short statement for each count: a join over all instances takes ten times as long, and while a
        # page reads, no scan can write.
        with self._database.read() as connection:

            def row(sql: str) -> Any:
                return connection.execute(sql, values).fetchone()

            files = row(f"SELECT count(*) FROM file WHERE member = '' AND {where}")[0]
            problems = row(f"SELECT count(*) FROM problem WHERE {where}")[0]
            instances = row(f"SELECT count(DISTINCT SOPInstanceUID) FROM instance WHERE {of_instance}")[0]
            size = row(f"SELECT coalesce(sum(size), 0) FROM instance WHERE {of_instance}")[0]
            of_headers = row(
                "SELECT count(DISTINCT SeriesInstanceUID) AS series, "
                "count(DISTINCT StudyInstanceUID) AS studies, "
                "count(DISTINCT coalesce(PatientID, '')) AS patients FROM header WHERE EXISTS "
                f"(SELECT 1 FROM instance WHERE header_id = header.id AND {of_instance})"
            )
        return Totals(files=files, instances=instances, problems=problems, bytes=size, **dict(of_headers))

    def series(
        self, source_ids: Collection[int] | None = None, study_uid: str | None = None
    ) -> list[SeriesRow]:
        """Return the series of the index in the order patient, study date, study, series number."""
        where, values = _of_sources(source_ids)
        if study_uid is not None:
            where += " AND header_id IN (SELECT id FROM header WHERE StudyInstanceUID = ?)"
            values.append(study_uid)
        # Grouping by header first keeps the join with the wide header table small.
        rows = self._database.rows(_SERIES.format(where=where), *values)
        return [SeriesRow(**dict(row)) for row in rows]

    def headers(self, keywords: Sequence[str], source_ids: Collection[int] | None = None) -> list[dict[str, str]]:
        """Return every combination of some attributes that series share, in their order; what is absent is empty.

        Raises
        ------
        ValueError
            One of them is no attribute of a series.
        """
        if unknown := set(keywords) - set(SERIES_LEVEL):
            raise ValueError(f"The index keeps no {sorted(unknown)[0]} per series")
        where, values = _of_sources(source_ids)
        names = ", ".join(f"coalesce({keyword}, '') AS {keyword}" for keyword in keywords)
        rows = self._database.rows(
            f"SELECT DISTINCT {names} FROM header WHERE EXISTS "
            f"(SELECT 1 FROM instance WHERE header_id = header.id AND {where}) ORDER BY {', '.join(keywords)}",
            *values,
        )
        return [dict(row) for row in rows]

    def instances(self, series_uid: str, source_ids: Collection[int] | None = None) -> list[dict[str, Any]]:
        """Return every indexed attribute of the instances of a series, by instance number.

        Each row also has `file_id, root, folder, name, member, size, held_back`.
        """
        where, values = _in_sources(source_ids)
        rows = self._database.rows(
            "SELECT header.*, instance.*, root, folder, name, member FROM instance "
            "JOIN header ON header.id = header_id JOIN file ON file.id = file_id "
            "JOIN source ON source.id = source_id "
            # The plus makes SQLite look up the series, instead of going through all files of the sources.
            f"WHERE SeriesInstanceUID = ? AND +{where} "
            "ORDER BY CAST(InstanceNumber AS INTEGER), SOPInstanceUID, file_id",
            series_uid,
            *values,
        )
        return [dict(row) for row in rows]

    def a_file_of_each_patient(self, source_ids: Collection[int] | None = None) -> list[tuple[bytes, bytes, bytes]]:
        """Return `(root, folder, name)` of one file for each Patient ID, members of archives left out."""
        where, values = _in_sources(source_ids)
        rows = self._database.rows(
            "SELECT root, folder, name, min(file_id) FROM instance JOIN header ON header.id = header_id "
            "JOIN file ON file.id = file_id JOIN source ON source.id = source_id "
            f"WHERE member = '' AND {where} GROUP BY PatientID",
            *values,
        )
        return [(row["root"], row["folder"], row["name"]) for row in rows]

    def place(self, file_id: int) -> tuple[bytes, bytes, bytes, str] | None:
        """Return `(root, folder, name, member)` of a file."""
        rows = self._database.rows(
            "SELECT root, folder, name, member FROM file JOIN source ON source.id = source_id WHERE file.id = ?",
            file_id,
        )
        return tuple(rows[0]) if rows else None

    def problems(
        self, source_ids: Collection[int] | None = None, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes, bytes, str, ProblemRecord]]:
        """Yield `(root, folder, name, member, problem)`, in the order of the folders."""
        where, values = _in_sources(source_ids)
        # All at once: while somebody reads one after the other, no scan can write.
        rows = self._database.rows(
            "SELECT root, folder, name, member, kind, message, sniffed, usable FROM problem "
            f"JOIN source ON source.id = source_id WHERE {where} ORDER BY source_id, folder, name, member LIMIT ?",
            *values,
            -1 if limit is None else limit,
        )
        yield from ((*row[:4], _problem(*row[4:])) for row in rows)

    def problem_counts(self, source_ids: Collection[int] | None = None) -> dict[str, int]:
        """Count problems by kind."""
        where, values = _in_sources(source_ids)
        rows = self._database.rows(
            f"SELECT kind, count(*) AS n FROM problem WHERE {where} GROUP BY kind ORDER BY n DESC", *values
        )
        return {row["kind"]: row["n"] for row in rows}


def _in_sources(source_ids: Collection[int] | None) -> tuple[str, list[Any]]:
    if source_ids is None:
        return "1", []
    return f"source_id IN ({placeholders(source_ids)})", list(source_ids)


def _of_sources(source_ids: Collection[int] | None) -> tuple[str, list[Any]]:
    """Return the condition for rows of `instance`, which know their source by their file only."""
    where, values = _in_sources(source_ids)
    # Not `file_id IN (...)`: SQLite may go through that list again for every row of an outer query.
    exists = f"EXISTS (SELECT 1 FROM file WHERE file.id = file_id AND {where})"
    return (where if source_ids is None else exists), values


@lru_cache(maxsize=1000)
def _problem(kind: str, message: str, sniffed: str, usable: int) -> ProblemRecord:
    # Many files have the same problem: one record for all of them saves most of the memory of a long list.
    return ProblemRecord(kind, message, sniffed, bool(usable))


def _insert_problems(
    connection: Any, source_id: int, problems: Iterable[tuple[bytes, bytes, str, ProblemRecord]]
) -> None:
    connection.executemany(
        "INSERT INTO problem (source_id, folder, name, member, kind, message, sniffed, usable) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (source_id, folder, name, member, p.kind, p.message, p.sniffed, p.usable)
            for folder, name, member, p in problems
        ],
    )
