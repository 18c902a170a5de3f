"""`status` and `record`: the procedure from the command line."""

import json

import pytest

from eucaim_nb.cli import main


def test_status_gives_all_phases_and_all_actions(run, workspace):
    status, found = run("status", workspace.folder)
    assert status == 0
    assert [len(found["phases"]), len(found["actions"])] == [14, 18]
    assert {"id", "title", "state", "sentence", "blockers"} <= set(found["phases"][0])
    keys = {"number", "id", "title", "phase", "optional", "state", "sentence", "blockers", "note", "file"}
    assert all(keys <= set(action) for action in found["actions"])
    assert [action["number"] for action in found["actions"]] == list(range(1, 19))


def test_status_board_names_every_action_and_what_blocks_it(workspace, capsys):
    assert main(["status", str(workspace.folder)]) == 0
    board = capsys.readouterr().out
    assert "0 of 18 actions are done" in board
    assert "Annotate the data (optional)" in board
    assert "The DTA is not recorded as signed." in board


def test_recorded_action_shows_in_status_with_note_and_file(run, workspace, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(b"%PDF")
    status, made = run("record", workspace.folder, "dta", "--file", tmp_path / "signed.pdf", "--note", "both signed")
    assert (status, made["state"], made["note"]) == (0, "done", "both signed")
    assert len(made["sha256"]) == 64
    dta = run("status", workspace.folder)[1]["actions"][1]
    assert (dta["id"], dta["state"], dta["note"]) == ("dta", "done", "both signed")
    assert dta["file"] == str(workspace.folder / "paperwork" / "dta" / "signed.pdf")


def test_action_is_skipped_and_withdrawn_by_command(run, workspace):
    status, skipped = run("record", workspace.folder, "risk", "--skip", "--note", "public data")
    assert (status, skipped["state"]) == (0, "skipped on purpose")
    status, withdrawn = run("record", workspace.folder, "risk", "--withdraw")
    assert (status, withdrawn["state"], withdrawn["note"]) == (0, "to do", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["dta"], "nothing to record"),
        (["dta", "--skip", "--note", "x"], "cannot be skipped"),
        (["dta", "--withdraw"], "not recorded"),
        (["dta", "--file", "{tmp}/none.pdf"], "cannot be read"),
        (["risk", "--skip", "--note", "x", "--file", "{tmp}/none.pdf"], "--file"),
        (["upload-images"], "another tool"),
        (["registry"], "nothing to record"),
    ],
)
def test_record_that_is_refused_exits_with_2_and_says_why(run, workspace, tmp_path, arguments, says):
    status, answer = run("record", workspace.folder, *(one.format(tmp=tmp_path) for one in arguments))
    assert status == 2
    assert says in answer["error"]
    assert all(action["note"] == "" for action in run("status", workspace.folder)[1]["actions"])


@pytest.mark.parametrize("arguments", [["dreams"], ["risk", "--skip", "--withdraw"]])
def test_wrong_arguments_of_record_exit_with_2(workspace, arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["record", str(workspace.folder), *arguments])
    assert ended.value.code == 2


def test_help_of_record_has_an_example_and_names_the_actions(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["record", "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert "example: eucaim-nb record" in out
    assert "catalogue-entry" in out


@pytest.mark.parametrize(("node", "family"), [("practice-upv", "upv"), ("practice-health-ri", "health_ri")])
def test_practice_workspace_takes_the_project_of_its_own_node(run, tmp_path, node, family):
    ready = {"upv": {"project": "P|MAIN"}, "health_ri": {"project": "XP"}}
    (tmp_path / "ready.json").write_text(json.dumps(ready))
    status, made = run("init", tmp_path / "ws", "--node", node, "--practice", tmp_path / "ready.json")
    assert (status, made["project"]) == (0, ready[family]["project"])
