"""Every notebook runs from top to bottom, with a workspace and without one, and only reads."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from eucaim_nb import workspace as workspaces

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def run(path, folder):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def contents(folder):
    # Reading may touch SQLite's own side files.
    return {path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("EUCAIM_NB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("EUCAIM_NB_HOME", str(tmp_path / "practice"))
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("opened", [True, False], ids=["workspace", "no-workspace"])
def test_notebook_runs_without_error_and_writes_nothing(path, opened, tmp_path, state):
    if opened:
        made = workspaces.create(tmp_path / "submission", node="practice-upv", project="PRACTICE|MAIN")
        workspaces.remember(made)
        made.ledger.index.totals()
    before = contents(tmp_path)
    notebook = run(path, state)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert [
        output
        for output in notebook.cells[1].outputs
        if "application/vnd.jupyter.widget-view+json" in output.data
    ]
    assert contents(tmp_path) == before
