"""The notebooks are generated, carry nothing that ran, and lead to each other."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from eucaim_nb.reference import actions, phases
from eucaim_nb.ui.shells import IN_CODE, shells, write

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
AVAILABLE = [phase for phase in phases() if phase.available]
NAMES = [f"{phase.notebook}.ipynb" for phase in AVAILABLE]


@pytest.fixture(params=NAMES)
def notebook(request):
    return nbformat.read(NOTEBOOKS / request.param, as_version=nbformat.NO_CONVERT)


def test_notebooks_are_what_is_generated():
    """If this fails: python -m eucaim_nb.ui.shells."""
    assert {path.name for path in NOTEBOOKS.glob("*.ipynb")} == set(NAMES)
    for name, text in shells().items():
        assert (NOTEBOOKS / name).read_text(encoding="utf-8") == text


def test_generating_twice_gives_the_same_bytes(tmp_path):
    write(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_notebook_is_valid_and_as_jupyter_saves_it(notebook):
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" in shells().values()


def test_notebook_carries_no_output_count_or_widget_state(notebook):
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "title"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_cell_ids_are_the_same_words_in_every_notebook(notebook):
    assert [cell.id for cell in notebook.cells] == ["title", "page", "next", "in-code", "code"]


def test_first_cell_says_where_one_is(notebook):
    title, purpose, crumbs = notebook.cells[0].source.split("\n\n")
    assert title.startswith("# ")
    assert len(re.findall(r"[.?](\s|$)", purpose)) <= 2
    assert re.match(rf"Phase \d+ of {len(phases())} · ", crumbs)
    assert ("[Status board](00_start.ipynb)" in crumbs) == (title != "# Start")


def test_page_cell_is_one_call(notebook):
    page = notebook.cells[1]
    assert len(page.source.splitlines()) <= 5
    assert "pages.show(" in page.source


def test_code_is_folded_in_lab_and_left_out_of_the_page(notebook):
    heading, code = notebook.cells[3:]
    assert heading.metadata["jp-MarkdownHeadingCollapsed"]
    assert code.metadata["jupyter"]["source_hidden"]
    ast.parse(code.source)
    removed = json.loads((NOTEBOOKS / "voila.json").read_text())["TagRemovePreprocessor"]["remove_cell_tags"]
    for cell in (heading, code):
        assert cell.metadata.tags == [IN_CODE]
        assert IN_CODE in removed


def test_code_is_about_its_own_phase_and_records_nothing_by_itself(notebook):
    page, code = notebook.cells[1].source, notebook.cells[4].source
    phase = next(phase for phase in AVAILABLE if f'"{phase.id}"' in page)
    assert phase.id == "start" or f'"{phase.id}"' in code
    own = {action.id for action in actions() if action.phase == phase.id}
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        if ast.unparse(call.func) == "workflow.record":
            assert call.args[1].value in own
    # What changes something stands in functions that the cell defines and does not call.
    defined = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
    outside = [node for node in ast.parse(code).body if not isinstance(node, ast.FunctionDef)]
    called = {
        ast.unparse(node.func) for part in outside for node in ast.walk(part) if isinstance(node, ast.Call)
    }
    changing = {"workflow.record", "workflow.skip", "workflow.withdraw", "workflow.keep_checks"}
    assert not called & (defined | changing)


def test_links_lead_to_notebooks_that_exist_and_forward_through_all(notebook):
    for cell in (notebook.cells[0], notebook.cells[2]):
        for target in re.findall(r"\]\(([^)]+)\)", cell.source):
            assert target in NAMES
    place = next(n for n, phase in enumerate(AVAILABLE) if f'"{phase.id}"' in notebook.cells[1].source)
    for cell in (notebook.cells[0], notebook.cells[2]):
        assert place == len(NAMES) - 1 or f"]({NAMES[place + 1]})" in cell.source
        assert place == 0 or f"]({NAMES[place - 1]})" in cell.source
