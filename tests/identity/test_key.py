"""The key is made once, kept from others, never lost in silence, and can be carried over."""

import json
import multiprocessing
import os
import stat
import sys

import pytest

from eucaim_nb.errors import Refused, SettingsError, WorkspaceError
from eucaim_nb.identity import Key, export_key, import_key, key_of, new_key
from eucaim_nb.workspace import create, open_workspace

PASSPHRASE = "ein längeres Kennwort"


@pytest.fixture
def workspace(tmp_path):
    return create(tmp_path / "one", node="practice-upv")


@pytest.fixture
def other(tmp_path):
    return create(tmp_path / "two", node="practice-upv")


def file_of(workspace):
    return workspace.folder / "private" / "pseudonym.key"


def test_key_is_made_once_and_kept(workspace):
    made = key_of(workspace)
    assert key_of(open_workspace(workspace.folder)) == made
    assert [
        event.detail for event in workspace.ledger.events.all() if event.action == "pseudonym key made"
    ] == [{"fingerprint": made.fingerprint}]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_key_file_is_for_its_owner_only(workspace):
    key_of(workspace)
    assert stat.S_IMODE(os.stat(file_of(workspace)).st_mode) == 0o600
    assert [each.name for each in file_of(workspace).parent.iterdir()] == ["pseudonym.key"]


def test_key_is_in_no_text_and_not_in_the_ledger(workspace):
    key = key_of(workspace)
    assert key.secret.hex() not in repr(key) + str(key)
    assert repr(key.secret) not in repr(key)
    assert key.secret.hex().encode() not in (workspace.folder / "ledger.sqlite").read_bytes()
    assert len(key.fingerprint) == 16
    assert key.fingerprint not in key.secret.hex()
    assert new_key() != new_key()


def _secret(folder, start, answers):
    workspace = open_workspace(folder)
    start.wait()
    answers.put(key_of(workspace).secret)


def test_processes_that_ask_at_the_same_moment_get_the_same_key(workspace):
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_secret, args=(workspace.folder, start, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    secrets = {answers.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()
    assert secrets == {key_of(workspace).secret}


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"eucaim_nb pseudonym key 1\n00\n"])
def test_damaged_key_is_not_replaced_but_said(workspace, damage):
    key_of(workspace)
    file_of(workspace).write_bytes(damage)
    with pytest.raises(WorkspaceError, match="damaged"):
        key_of(workspace)
    assert file_of(workspace).read_bytes() == damage


def test_one_changed_digit_of_the_key_is_noticed(workspace):
    key_of(workspace)
    lines = file_of(workspace).read_text().split("\n")
    lines[1] = ("1" if lines[1][0] == "0" else "0") + lines[1][1:]
    file_of(workspace).write_text("\n".join(lines))
    with pytest.raises(WorkspaceError, match="damaged"):
        key_of(workspace)


def test_lost_key_is_not_made_anew_because_patients_would_change_their_pseudonym(workspace):
    key_of(workspace)
    file_of(workspace).unlink()
    with pytest.raises(WorkspaceError, match="gone"):
        key_of(workspace)


def test_exported_key_opens_in_another_workspace_with_the_passphrase_only(workspace, other, tmp_path):
    file = export_key(workspace, tmp_path / "copy.json", PASSPHRASE)
    assert key_of(workspace).secret.hex() not in file.read_text()
    with pytest.raises(SettingsError, match="passphrase"):
        import_key(other, file, "another passphrase")
    # The same letters, decomposed, as another computer may type them.
    assert import_key(other, file, PASSPHRASE.replace("ä", "a\u0308")) == key_of(workspace)
    assert key_of(other) == key_of(workspace)


def test_import_never_takes_the_place_of_a_key_in_use_unless_told(workspace, other, tmp_path):
    file = export_key(workspace, tmp_path / "copy.json", PASSPHRASE)
    used = key_of(other)
    with pytest.raises(Refused, match=used.fingerprint):
        import_key(other, file, PASSPHRASE)
    assert key_of(other) == used
    assert import_key(other, file, PASSPHRASE, replace=True) == key_of(other) == key_of(workspace)
    assert other.ledger.events.all()[-1].detail["before"] == used.fingerprint
    assert import_key(other, file, PASSPHRASE) == key_of(workspace)


def test_import_mends_a_lost_or_damaged_key(workspace, tmp_path):
    key = key_of(workspace)
    file = export_key(workspace, tmp_path / "copy.json", PASSPHRASE)
    file_of(workspace).unlink()
    assert import_key(workspace, file, PASSPHRASE) == key
    file_of(workspace).write_bytes(b"damaged")
    assert import_key(workspace, file, PASSPHRASE) == key_of(workspace) == key


def test_altered_or_foreign_files_are_not_imported(workspace, other, tmp_path):
    file = export_key(workspace, tmp_path / "copy.json", PASSPHRASE)
    content = json.loads(file.read_text())
    changes = [
        ("sealed", content["sealed"][:-4]),
        ("sealed", "?"),
        ("nonce", ""),
        ("kdf", "scrypt n=2 r=8 p=1"),
    ]
    for name, value in changes:
        (tmp_path / "changed.json").write_text(json.dumps({**content, name: value}))
        with pytest.raises(SettingsError):
            import_key(other, tmp_path / "changed.json", PASSPHRASE)
    for text in ("", "[]", "{}", "x" * 10_000):
        (tmp_path / "changed.json").write_text(text)
        with pytest.raises(SettingsError):
            import_key(other, tmp_path / "changed.json", PASSPHRASE)
    with pytest.raises(SettingsError):
        import_key(other, tmp_path / "absent.json", PASSPHRASE)
    assert not file_of(other).exists()


def test_export_overwrites_nothing_and_stays_out_of_what_is_passed_on(workspace, tmp_path):
    (tmp_path / "there.json").write_text("mine")
    with pytest.raises(Refused, match="exists"):
        export_key(workspace, tmp_path / "there.json", PASSPHRASE)
    assert (tmp_path / "there.json").read_text() == "mine"
    for folder in ("reports", "dataset", "."):
        with pytest.raises(Refused, match="passed on"):
            export_key(workspace, workspace.folder / folder / "key.json", PASSPHRASE)
    assert export_key(workspace, workspace.folder / "private" / "copy.json", PASSPHRASE).exists()
    with pytest.raises(SettingsError, match="12 characters"):
        export_key(workspace, tmp_path / "weak.json", "short")
    assert not (tmp_path / "weak.json").exists()


def test_key_has_32_bytes():
    with pytest.raises(ValueError, match="32"):
        Key(b"short")
