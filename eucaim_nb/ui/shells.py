"""The notebooks are shells: a title, one call that shows the page, links, and the same in code. They are generated.

`python -m eucaim_nb.ui.shells [FOLDER]` writes them from the phases and the code examples of `eucaim_nb.reference`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from eucaim_nb.reference import Phase, phases
from eucaim_nb.ui.examples import example

_NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
Cell = dict[str, Any]

_HINT = "# In JupyterLab: click here and press Shift+Enter to see the page."

IN_CODE = "in-code"
"""Tag of the cells that JupyterLab folds and the pages leave out."""


def shells() -> dict[str, str]:
    """Return the text of every notebook by its file name."""
    return {_file(phase): _text(phase) for phase in _available()}


def write(folder: Path = _NOTEBOOKS) -> None:
    """Write the notebooks."""
    for name, text in shells().items():
        (folder / name).write_text(text, encoding="utf-8")


def _available() -> list[Phase]:
    return [phase for phase in phases() if phase.available]


def _text(phase: Phase) -> str:
    cells = [
        _markdown("title", f"# {phase.title}\n\n{phase.purpose}\n\n{_crumbs(phase)}"),
        _code("page", f'{_HINT}\nfrom eucaim_nb.ui import pages\n\npages.show("{phase.id}")'),
        _markdown("next", f"**What now**\n\n{_links(phase)}"),
        # JupyterLab folds everything below a collapsed heading.
        _markdown(
            "in-code",
            "## The same in code\n\nWhat the page does, as functions. Running this cell only reads.",
            {"jp-MarkdownHeadingCollapsed": True, "tags": [IN_CODE]},
        ),
        _code("code", example(phase.id), {"jupyter": {"source_hidden": True}, "tags": [IN_CODE]}),
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "title": f"{phase.title} - EUCAIM",
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    # As Jupyter writes it, so that saving it there changes nothing else.
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _crumbs(phase: Phase) -> str:
    before, after = _neighbours(phase)
    parts = [f"Phase {phase.number} of {len(phases())}"]
    if before:
        parts.append(f"Previous: {_link(before)}")
    if after:
        parts.append(f"Next: {_link(after)}")
    first = _available()[0]
    if first != phase:
        parts.append(f"[Status board]({_file(first)})")
    return " · ".join(parts)


def _links(phase: Phase) -> str:
    before, after = _neighbours(phase)
    lines = [f"- Go on: {_link(after)}"] if after else []
    if before:
        lines.append(f"- Go back: {_link(before)}")
    first = _available()[0]
    if first not in (phase, before, after):
        lines.append(f"- See how far the submission has come: {_link(first)}")
    return "\n".join(lines)


def _neighbours(phase: Phase) -> tuple[Phase | None, Phase | None]:
    before = [other for other in _available() if other.number < phase.number]
    after = [other for other in _available() if other.number > phase.number]
    return (before[-1] if before else None, after[0] if after else None)


def _link(phase: Phase) -> str:
    return f"[{phase.title}]({_file(phase)})"


def _file(phase: Phase) -> str:
    return f"{phase.notebook}.ipynb"


def _markdown(name: str, text: str, metadata: Cell | None = None) -> Cell:
    return {
        "cell_type": "markdown",
        "id": name,
        "metadata": metadata or {},
        "source": text.splitlines(keepends=True),
    }


def _code(name: str, text: str, metadata: Cell | None = None) -> Cell:
    return {**_markdown(name, text, metadata), "cell_type": "code", "execution_count": None, "outputs": []}


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:]))
