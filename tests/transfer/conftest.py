"""A workspace with the sample cohort scanned, and what the server itself says it holds."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from eucaim_nb.dicom import scan
from eucaim_nb.transfer import UploadSummary, upload


@pytest.fixture
def scanned(workspace, cohort):
    """The workspace, with the sample cohort in its index."""
    scan(workspace, [cohort.folder])
    return workspace


@pytest.fixture
def send(scanned, cohort) -> Callable[..., UploadSummary]:
    """Upload the sample cohort, as far as it may be sent."""
    return lambda **options: upload(scanned, source=str(cohort.folder), override="invented people", **options)


@pytest.fixture
def held(nodes) -> Callable[[], set[str]]:
    """SOP Instance UIDs that the practice node holds, by its own account."""
    return lambda: {row["sop"] for row in control(nodes, "/instances")["instances"]}


def control(nodes, path: str = "") -> Any:
    return requests.get(nodes.control + path, timeout=10).json()


def sendable(workspace) -> set[str]:
    """SOP Instance UIDs that an upload of everything must bring to the server."""
    ids = [number for number, _, _ in workspace.ledger.index.sources()]
    uploads = workspace.ledger.uploads
    return {i.sop_uid for pair in uploads.candidate_series(ids) for i in uploads.candidates(ids, *pair)}
