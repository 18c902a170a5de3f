"""A workspace in which one series was scanned, and a folder for masks."""

from pathlib import Path

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.workspace import Workspace

from .phantoms import Phantom, files_of, phantom


@pytest.fixture
def images() -> Phantom:
    return phantom("oblique", 1)


@pytest.fixture
def scanned(images: Phantom, tmp_path: Path) -> Workspace:
    files_of(images, tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    return workspace


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    return folder
