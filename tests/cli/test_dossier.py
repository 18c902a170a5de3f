"""`dossier` and `register` from the command line: the agreed keys, and what the exit status says."""

import json
from pathlib import Path

import pytest

from eucaim_nb.cli import main
from eucaim_nb.dataset import record
from tests.dataset.test_catalogue import ENTRY, IDENT, VALUES, register


@pytest.fixture
def told(capsys):
    """Run a command with --json, and return its exit status and its one JSON object."""

    def run(*arguments):
        status = main([*map(str, arguments), "--json", "--quiet"])
        return status, json.loads(capsys.readouterr().out)

    return run


def test_a_dossier_is_made_and_verified_and_a_changed_file_is_named(workspace, told):
    status, made = told("dossier", workspace.folder)
    assert status == 0
    assert set(made) >= {"file", "sha256", "valid"}
    status, found = told("dossier", "verify", made["file"])
    assert (status, found["valid"], found["sha256"]) == (0, True, made["sha256"])
    record.save(workspace, record.Record().changed(VALUES))
    assert told("dossier", "verify", made["file"])[1]["added"] == ["dataset/record.json"]
    told("dossier", workspace.folder)
    (workspace.folder / "dataset" / "record.json").unlink()
    status, found = told("dossier", "verify", made["file"], "--key", made["fingerprint"])
    assert (status, found["valid"], found["missing"]) == (1, False, ["dataset/record.json"])


@pytest.mark.parametrize(
    "arguments", [("verify",), ("verify", "none.html"), ("a", "b"), ("none", "--key", "0"), ("verify", "x", "--pdf")]
)
def test_what_cannot_be_run_ends_with_two(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, said = told("dossier", *arguments)
    assert status == 2
    assert said["error"]


def test_registering_says_the_files_and_what_blocks(workspace, told):
    assert told("register", workspace.folder)[1]["files"] == []
    record.save(workspace, record.Record().changed(VALUES))
    status, said = told("register", workspace.folder, "--override", "signed on paper")
    assert status == 1
    assert said["blockers"]
    assert any(file.endswith("metadata.csv") for file in said["files"])
    [mail] = [Path(file) for file in said["files"] if file.endswith("registry.eml")]
    assert b"metadata-molgenis.xlsx" in mail.read_bytes()


def test_looking_up_ends_with_zero_only_when_the_entry_is_shown_and_equal(workspace, nodes, told):
    record.save(workspace, record.Record().changed(VALUES))
    status, said = told("register", workspace.folder, "--look-up")
    assert (status, said["presence"]) == (1, "unknown")
    row = record.row(record.load(workspace))
    register(nodes, ENTRY | {name: row[name] for name in ("interoperability_tier", "imaging_modality", "sex")})
    status, said = told("register", workspace.folder, "--look-up")
    assert (status, said["presence"], said["differing"], said["identifier"]) == (0, "shown", 0, IDENT)
    nodes.faults.set(["catalogue:status=500"])
    assert told("register", workspace.folder, "--look-up")[0] == 2
