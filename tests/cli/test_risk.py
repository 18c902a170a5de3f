"""`risk` from the command line: the keys that scripts rely on, and what the exit status says."""

import json

import pytest

from eucaim_nb.cli import main
from eucaim_nb.dicom import scan
from tests.deid.outputs import original, written

KEYS = {"leaks", "k", "sample_uniques", "prosecutor_max", "prosecutor_avg", "records_below_k"}


def test_the_answer_has_the_agreed_keys_and_findings_end_with_one(workspace, tmp_path, capsys):
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "1.dcm").write_bytes(written(original()))
    scan(workspace, [tmp_path / "originals"])
    assert main(["risk", str(workspace.folder), "--source", "original", "--k", "3", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) >= KEYS
    assert (answer["k"], answer["sample_uniques"], answer["records_below_k"]) == (1, 1, 1)
    assert (workspace.folder / "reports" / "risk.html").exists()


def test_nothing_to_assess_ends_with_two(workspace, capsys):
    assert main(["risk", str(workspace.folder), "--json"]) == 2
    assert "Scan a folder first" in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize("wrong", ["1", "0", "x"])
def test_a_k_that_protects_nobody_is_refused(workspace, wrong):
    with pytest.raises(SystemExit):
        main(["risk", str(workspace.folder), "--k", wrong])
