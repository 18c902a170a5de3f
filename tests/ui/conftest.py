"""What every test of a page may use."""

from pathlib import Path

import pytest

from eucaim_nb.dicom import scan
from eucaim_nb.practice.sample import Cohort
from eucaim_nb.ui.components import _job
from eucaim_nb.workspace import Workspace
from tests.ui.launched import environment


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages look at their jobs often."""
    monkeypatch.setattr(_job, "_LOOK_SECONDS", 0.02)


@pytest.fixture
def scanned(workspace: Workspace, cohort: Cohort) -> Workspace:
    """A workspace with the sample cohort in its index."""
    changed = workspace.change(sources=[str(cohort.folder)])
    scan(changed, [cohort.folder])
    return changed


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment for a launched program, whose workspace the test finds with `workspace.current`."""
    found = environment(tmp_path)
    for name in ("EUCAIM_NB_STATE", "EUCAIM_NB_HOME"):
        monkeypatch.setenv(name, found[name])
    return found
