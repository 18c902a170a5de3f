"""What every test may use: a state folder of its own, sample data, a workspace, running practice nodes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.practice.sample import Cohort, write_cohort
from eucaim_nb.workspace import Workspace
from tests.dataset.submissions import (  # noqa: F401 - fixtures
    at_health_ri,
    at_upv,
    cleared,
    creation_pace,
    export_dataset,
    fault,
    newcomer,
    two_patients,
    uploaded_studies,
)
from tests.nodes.people import SOMEWHERE_ELSE
from tests.ui.browser import browser, chromium_session, new_browser, screenshots  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the list of recent workspaces of whoever runs them."""
    monkeypatch.setenv("EUCAIM_NB_STATE", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("EUCAIM_NB_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """The sample cohort, written once; tests only read it."""
    return write_cohort(tmp_path_factory.mktemp("sample") / "cohort", patients=4)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[PracticeNodes]:
    """Practice nodes of one test."""
    with PracticeNodes(tmp_path / "nodes") as running:
        (tmp_path / "ready.json").write_text(json.dumps(running.ready()))
        yield running


@pytest.fixture
def own_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the computer of the person at the browser, wherever the tests run."""
    for name in SOMEWHERE_ELSE:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new workspace for the practice UPV node, which need not be running."""
    return workspaces.create(
        tmp_path / "submission", node="practice-upv", practice=str(tmp_path / "ready.json")
    )
