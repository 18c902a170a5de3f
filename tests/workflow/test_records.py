"""Records of what a person did: evidence kept, nothing overwritten, nothing recorded that says nothing."""

import hashlib
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import Refused, SettingsError
from eucaim_nb.ledger import Ledger, _database
from eucaim_nb.ledger._events import Events
from eucaim_nb.workflow import StepState


@pytest.fixture
def agreement(tmp_path):
    """A signed agreement somewhere on the person's disk."""
    path = tmp_path / "Vereinbarung (ünterschrieben).pdf"
    path.write_bytes(b"%PDF-1.7 signed")
    return path


def paperwork(workspace, action_id: str) -> list[str]:
    folder = workspace.folder / "paperwork" / action_id
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def test_recorded_file_is_copied_hashed_and_closed_to_others(workspace, agreement):
    made = workflow.record(workspace, "dta", note="signed by both", file=agreement)
    assert made.file == workspace.folder / "paperwork" / "dta" / agreement.name
    assert made.file.read_bytes() == agreement.read_bytes() == b"%PDF-1.7 signed"
    assert made.sha256 == hashlib.sha256(b"%PDF-1.7 signed").hexdigest()
    assert (made.file_name, made.note, made.skipped) == (agreement.name, "signed by both", False)
    assert workflow.records(workspaces.open_workspace(workspace.folder)) == {"dta": made}
    if os.name == "posix":
        assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
        assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700


def test_second_file_of_the_same_name_never_overwrites_the_first(workspace, agreement):
    first = workflow.record(workspace, "dta", file=agreement)
    agreement.write_bytes(b"%PDF-1.7 another version")
    second = workflow.record(workspace, "dta", file=agreement)
    assert first.file is not None
    assert second.file is not None
    assert first.file != second.file
    assert first.file.read_bytes() == b"%PDF-1.7 signed"
    assert second.file.read_bytes() == b"%PDF-1.7 another version"
    assert second.file.suffix == ".pdf"
    assert workflow.records(workspace)["dta"] == second
    assert [row.withdrawn_because for row in workspace.ledger.records.all()] == ["recorded anew", ""]


def test_recording_the_same_twice_makes_one_record_and_one_copy(workspace, agreement):
    first = workflow.record(workspace, "dta", note="signed", file=agreement)
    assert workflow.record(workspace, "dta", note=" signed\n", file=agreement) == first
    assert len(workspace.ledger.records.all()) == 1
    assert paperwork(workspace, "dta") == [agreement.name]


def test_copy_that_was_deleted_is_made_again(workspace, agreement):
    first = workflow.record(workspace, "dta", file=agreement)
    assert first.file is not None
    first.file.unlink()
    again = workflow.record(workspace, "dta", file=agreement)
    assert again.file is not None
    assert again.file.read_bytes() == agreement.read_bytes()


def test_record_follows_a_link_to_the_document_itself(workspace, agreement, tmp_path):
    link = tmp_path / "link.pdf"
    link.symlink_to(agreement)
    made = workflow.record(workspace, "dta", file=link)
    assert made.file is not None
    assert not made.file.is_symlink()
    assert made.file.read_bytes() == agreement.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_file_whose_name_is_no_valid_text_is_kept_under_a_name_that_is(workspace, tmp_path):
    odd = os.fsencode(tmp_path) + b"/caf\xe9\n" + b"x" * 200 + b".pdf"
    with open(odd, "wb") as file:
        file.write(b"%PDF")
    made = workflow.record(workspace, "dta", file=workspaces.Path(os.fsdecode(odd)))
    assert made.file is not None
    assert made.file.read_bytes() == b"%PDF"
    assert made.file_name.encode().decode().isprintable()


def test_folder_missing_empty_large_and_odd_files_are_refused_in_words(workspace, tmp_path):
    (tmp_path / "empty.pdf").touch()
    with open(tmp_path / "large.zip", "wb") as file:
        file.truncate(200_000_001)
    odd = {"submission": "folder", "none.pdf": "cannot be read", "empty.pdf": "empty", "large.zip": "200 MB"}
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe.pdf")
        odd["pipe.pdf"] = "no ordinary file"
    for name, says in odd.items():
        with pytest.raises(SettingsError, match=says) as refused:
            workflow.record(workspace, "dta", note="signed", file=tmp_path / name)
        assert name in str(refused.value)
    assert workflow.records(workspace) == {}
    assert paperwork(workspace, "dta") == []


@pytest.mark.parametrize("note", ["", "  \n"])
def test_record_that_says_nothing_is_refused(workspace, note):
    with pytest.raises(SettingsError, match="nothing to record"):
        workflow.record(workspace, "dta", note=note)
    assert workflow.records(workspace) == {}


def test_ticked_checklist_is_enough_and_is_kept_with_the_record(workspace):
    made = workflow.record(workspace, "dta", checks=["signed-eucaim", "filled"])
    assert made.checks == ("filled", "signed-eucaim")


def test_ticks_kept_earlier_survive_reopening_and_go_into_the_record(workspace):
    workflow.keep_checks(workspace, "dta", {"filled", "signed-holder"})
    workflow.keep_checks(workspace, "dta", {"filled"})
    again = workspaces.open_workspace(workspace.folder)
    assert workflow.checks(again, "dta") == {"filled"}
    assert workflow.checks(again, "documentation") == frozenset()
    assert workflow.record(again, "dta").checks == ("filled",)
    workflow.withdraw(again, "dta")
    assert workflow.checks(again, "dta") == {"filled"}


def test_line_that_is_not_on_the_checklist_of_this_node_is_refused(workspace):
    with pytest.raises(SettingsError, match="no line 'dreams'"):
        workflow.keep_checks(workspace, "dta", {"dreams"})
    with pytest.raises(SettingsError, match="no line 'accessibility'"):
        workflow.record(workspace, "create-dataset", note="x", checks=["accessibility"])


def test_withdrawn_record_keeps_its_row_and_its_file(workspace, agreement):
    made = workflow.record(workspace, "dta", note="signed", file=agreement)
    workflow.withdraw(workspace, "dta", reason="the wrong annex")
    assert workflow.records(workspace) == {}
    assert made.file is not None
    assert made.file.read_bytes() == agreement.read_bytes()
    (row,) = workspace.ledger.records.all()
    assert (row.note, row.sha256, row.withdrawn_because) == ("signed", made.sha256, "the wrong annex")
    assert row.withdrawn_at is not None
    assert row.withdrawn_at >= made.at
    with pytest.raises(SettingsError, match="not recorded"):
        workflow.withdraw(workspace, "dta")


def test_optional_action_may_be_skipped_with_a_reason_only(workspace):
    with pytest.raises(SettingsError, match="why"):
        workflow.skip(workspace, "risk", " ")
    made = workflow.skip(workspace, "risk", "the data are public already")
    assert made.skipped
    assert workflow.action("risk", workspace).state is workflow.StepState.SKIPPED


def test_clinical_data_may_be_skipped_although_they_are_not_optional(workspace):
    assert workflow.skip(workspace, "upload-clinical", "images only").skipped


@pytest.mark.parametrize("action_id", ["dta", "deidentify", "upload-images", "registry"])
def test_action_that_the_procedure_demands_cannot_be_skipped(workspace, action_id):
    with pytest.raises(Refused, match="cannot be skipped"):
        workflow.skip(workspace, action_id, "no time")
    assert workflow.records(workspace) == {}


@pytest.mark.parametrize("action", ["extract", "deidentify", "upload-images"])
def test_what_the_program_does_itself_is_claimed_with_a_note_only(workspace, tmp_path, action):
    (tmp_path / "proof.txt").write_text("done")
    with pytest.raises(Refused, match="another tool"):
        workflow.record(workspace, action, file=tmp_path / "proof.txt")
    workflow.record(workspace, action, note="sent with CTP by our PACS team")
    status = workflow.action(action, workspace)
    assert (status.state, status.record.note) == (StepState.DONE, "sent with CTP by our PACS team")


def test_images_sent_with_another_tool_unblock_what_comes_after(workspace):
    assert workflow.action("upload-clinical", workspace).state is StepState.BLOCKED
    workflow.record(workspace, "upload-images", note="sent with CTP by our PACS team")
    assert workflow.action("upload-clinical", workspace).state is StepState.TODO


def test_action_that_does_not_exist_is_refused_with_the_names_of_those_that_do(workspace):
    with pytest.raises(SettingsError, match="documentation, dta"):
        workflow.record(workspace, "dreams", note="x")


def test_blocked_action_is_recorded_only_with_a_note_that_says_how_it_was_done(workspace, agreement):
    with pytest.raises(Refused, match=r"blocked.*DTA"):
        workflow.record(workspace, "metadata", file=agreement)
    assert paperwork(workspace, "metadata") == []
    workflow.record(workspace, "metadata", file=agreement, note="made by the coordinator")
    assert workflow.action("metadata", workspace).state is workflow.StepState.DONE


def test_audit_trail_has_action_and_digest_but_no_note_and_no_file_name(workspace, tmp_path):
    named = tmp_path / "consent Erika Mustermann.pdf"
    named.write_bytes(b"%PDF")
    workflow.record(workspace, "dta", note="Erika Mustermann signed", file=named)
    workflow.withdraw(workspace, "dta", reason="Mustermann moved")
    workflow.skip(workspace, "risk", "Mustermann says so")
    events = [event for event in workspace.ledger.events.all() if event.action != "workspace created"]
    assert [(event.action, event.detail["id"]) for event in events] == [
        ("action recorded", "dta"),
        ("record withdrawn", "dta"),
        ("action skipped", "risk"),
    ]
    assert events[0].detail["sha256"] == hashlib.sha256(b"%PDF").hexdigest()
    assert "Mustermann" not in repr(events)


def test_many_who_record_at_once_leave_one_standing_record_and_every_file(workspace, tmp_path):
    files = []
    for number in range(8):
        files.append(tmp_path / str(number) / "signed.pdf")
        files[-1].parent.mkdir()
        files[-1].write_bytes(b"%d" % number)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda file: workflow.record(workspace, "dta", file=file), files))
    assert len(made) == len(workspace.ledger.records.all()) == 8
    standing = [row for row in workspace.ledger.records.all() if row.withdrawn_at is None]
    assert [row.sha256 for row in standing] == [workflow.records(workspace)["dta"].sha256]
    kept = {path.read_bytes() for path in (workspace.folder / "paperwork" / "dta").iterdir()}
    assert kept == {b"%d" % number for number in range(8)}


def test_note_longer_than_a_note_is_refused_and_hostile_text_is_kept_as_it_is(workspace):
    with pytest.raises(SettingsError, match="10,000"):
        workflow.record(workspace, "dta", note="x" * 10_001)
    hostile = "<script>alert(1)</script> '); DROP TABLE record; --\udce9"
    assert workflow.record(workspace, "dta", note=hostile).note == hostile.replace("\udce9", "?")


def test_workspace_of_before_there_were_records_can_record(tmp_path, monkeypatch):
    first = _database._schema_steps()[:1]
    with monkeypatch.context() as earlier:
        earlier.setattr(_database, "_schema_steps", lambda: first)
        earlier.setattr(Events, "record", lambda *_, **__: None)
        old = workspaces.create(tmp_path / "old", node="upv")
    with sqlite3.connect(old.folder / "ledger.sqlite") as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
        connection.execute("INSERT INTO event (at, action, detail) VALUES (1, 'workspace created', '{}')")
    opened = workspaces.open_workspace(old.folder)
    workflow.record(opened, "dta", note="signed")
    assert "dta" in workflow.records(opened)
    assert opened.ledger.events.all()[0].action == "workspace created"


def test_moved_workspace_still_finds_its_evidence(workspace, agreement, tmp_path):
    workflow.record(workspace, "dta", file=agreement)
    workspace.folder.rename(tmp_path / "moved")
    made = workflow.records(workspaces.open_workspace(tmp_path / "moved"))["dta"]
    assert made.file is not None
    assert made.file.is_relative_to(tmp_path / "moved")
    assert made.file.read_bytes() == agreement.read_bytes()


def test_database_itself_refuses_two_standing_records_of_an_action(workspace):
    workflow.record(workspace, "dta", note="signed")
    path = workspace.folder / "ledger.sqlite"
    assert Ledger(path).records.standing()
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO record (action, at) VALUES ('dta', 1)")
