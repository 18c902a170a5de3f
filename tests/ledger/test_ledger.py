"""The ledger file: migrations, locking, damage, two users at once."""

import sqlite3
import subprocess
import sys
import time

import pytest

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import FileRecord, InstanceRecord, Ledger
from eucaim_nb.ledger._index import INSTANCE_LEVEL, SERIES_LEVEL


def records(count: int, folder: bytes = b"a") -> list[FileRecord]:
    values = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.3", "PatientID": "P1", "Modality": "CT"}
    return [
        FileRecord(folder, b"%d" % i, 100, 1, instance=InstanceRecord(values | {"SOPInstanceUID": f"1.4.{i}"}))
        for i in range(count)
    ]


def test_new_ledger_has_the_newest_schema_and_no_wal(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] >= 1
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.sqlite"]


def test_ledger_turned_to_wal_by_another_tool_is_turned_back(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    Ledger(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_schema_has_a_column_for_every_index_attribute(tmp_path):
    Ledger(tmp_path / "ledger.sqlite")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        header = {row[1] for row in connection.execute("PRAGMA table_info(header)")}
        instance = {row[1] for row in connection.execute("PRAGMA table_info(instance)")}
    assert set(SERIES_LEVEL) <= header
    assert set(INSTANCE_LEVEL) <= instance


def test_migration_of_an_older_ledger_keeps_its_rows(tmp_path, monkeypatch):
    from eucaim_nb.ledger import _database

    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    ledger.index.store(ledger.index.source(b"/x"), records(3))
    steps = [*_database._schema_steps(), "CREATE TABLE newer (id INTEGER);\n"]
    monkeypatch.setattr(_database, "_schema_steps", lambda: steps)
    assert Ledger(path).index.totals().instances == 3
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(steps)
        connection.execute("SELECT * FROM newer")


def test_failed_migration_leaves_the_ledger_as_it_was(tmp_path, monkeypatch):
    from eucaim_nb.ledger import _database

    path = tmp_path / "ledger.sqlite"
    Ledger(path)
    steps = [*_database._schema_steps(), "CREATE TABLE half (id INTEGER);\nCREATE TABLE half (id INTEGER);\n"]
    with monkeypatch.context() as patched:
        patched.setattr(_database, "_schema_steps", lambda: steps)
        with pytest.raises(WorkspaceError):
            Ledger(path)
    assert Ledger(path).index.totals().files == 0
    with sqlite3.connect(path) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(b"this is no database at all" * 100), "damaged or no ledger"),
        (lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99").connection.commit(), "newer version"),
    ],
)
def test_unusable_ledger_says_why(tmp_path, damage, says):
    path = tmp_path / "ledger.sqlite"
    damage(path)
    with pytest.raises(WorkspaceError, match=says):
        Ledger(path)


def test_two_processes_writing_at_once_lose_nothing(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path)
    code = (
        "import sys; from pathlib import Path; from eucaim_nb.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for i in range(60): ledger.events.record('tick', who=sys.argv[2], i=i)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), who]) for who in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    events = Ledger(path).events.all()
    assert len(events) == 120
    assert [e.detail["i"] for e in events if e.detail["who"] == "a"] == list(range(60))


def test_a_page_can_read_while_a_worker_holds_a_write_transaction(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    source = ledger.index.source(b"/x")
    ledger.index.store(source, records(500))
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO event (at, action, detail) VALUES (0, 'x', '{}')")
    began = time.monotonic()
    assert ledger.index.totals().instances == 500
    assert time.monotonic() - began < 5
    writer.execute("ROLLBACK")
    writer.close()


def test_write_killed_in_the_middle_leaves_the_rows_of_before(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    ledger.index.store(ledger.index.source(b"/x"), records(10))
    code = (
        "import os, sys, sqlite3\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('PRAGMA cache_size = 2')\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "insert = \"INSERT INTO event (at, action, detail) VALUES (0, 'half', ?)\"\n"
        "for i in range(20000): c.execute(insert, ('x' * 200,))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == -9
    after = Ledger(path)
    assert after.events.all() == []
    assert after.index.totals().instances == 10


def test_rolled_back_batch_does_not_leave_dangling_header_ids(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    source = ledger.index.source(b"/x")
    broken = [*records(1), FileRecord(b"a", b"0", None, 1)]  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        ledger.index.store(source, broken)
    ledger.index.store(source, records(2))
    assert ledger.index.series()[0].instances == 2


def test_names_that_are_no_text_survive(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    source = ledger.index.source(b"/x\xff")
    record = FileRecord(b"dir\xfe", b"na\nme\xff", 1, 2)
    ledger.index.store(source, [record])
    assert list(ledger.index.known(source, b"dir\xfe")) == [b"na\nme\xff"]
