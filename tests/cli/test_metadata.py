"""`metadata` from the command line: filled, checked and written without a browser."""

import json

import pytest

from eucaim_nb import workflow
from eucaim_nb.cli import main
from eucaim_nb.dataset.record import load
from eucaim_nb.workflow import StepState
from tests.dataset.record.filled import everything

KEYS = {"errors", "warnings", "files"}


def answer(capsys):
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def complete(workspace, tmp_path, capsys):
    """A workspace whose record was read from a file."""
    path = tmp_path / "earlier.json"
    path.write_text(
        json.dumps({"values": {key: list(held) for key, held in everything().values.items()}}), "utf-8"
    )
    assert main(["metadata", str(workspace.folder), "fill", "--from", str(path), "--json"]) == 0
    assert set(answer(capsys)) >= KEYS
    return workspace


def state(workspace):
    return workflow.action("metadata", workspace).state


def test_empty_record_tells_every_mandatory_field_and_ends_with_one(workspace, capsys):
    assert main(["metadata", str(workspace.folder), "fill", "--set", "dcat:version=1.0.0", "--json"]) == 1
    told = answer(capsys)
    assert "dct:title" in {one["field"] for one in told["errors"]}
    assert "dcat:version" not in {one["field"] for one in told["errors"]}
    assert {one["field"] for one in told["warnings"]} == {"healthdcatap:hdab"}
    assert "dcat:version" in told["filled"]
    assert load(workspace).version == 1


def test_complete_record_validates_and_is_written_in_every_form(complete, capsys):
    assert main(["metadata", str(complete.folder), "validate", "--json"]) == 0
    assert answer(capsys)["errors"] == []
    assert state(complete) is StepState.TODO
    assert main(["metadata", str(complete.folder), "export", "--json"]) == 0
    told = answer(capsys)
    assert len(told["files"]) == 6
    assert told["violations"] == []
    assert state(complete) is StepState.DONE


def test_status_says_that_files_are_older_than_the_record(complete, capsys):
    main(["metadata", str(complete.folder), "export", "--form", "xlsx", "--quiet"])
    main(["metadata", str(complete.folder), "fill", "--set", "dct:title=Other", "--quiet"])
    assert state(complete) is StepState.ATTENTION
    main(["metadata", str(complete.folder), "fill", "--set", "dct:title=", "--quiet"])
    main(["metadata", str(complete.folder), "export", "--form", "xlsx", "--quiet"])
    assert "1 error stands" in workflow.action("metadata", complete).sentence


@pytest.mark.parametrize(
    "wrong", ["dct:mood=good", "dct:title", "dct:publisher=Hospital", "dct:issued=yesterday"]
)
def test_a_field_or_value_that_cannot_be_is_refused(workspace, capsys, wrong):
    assert main(["metadata", str(workspace.folder), "fill", "--set", wrong, "--json"]) == 2
    assert load(workspace) is None


def test_without_a_record_there_is_nothing_to_write(workspace, capsys):
    assert main(["metadata", str(workspace.folder), "export", "--json"]) == 2
    assert "metadata WS fill" in answer(capsys)["error"]
