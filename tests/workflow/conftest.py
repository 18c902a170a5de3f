"""Workspaces whose ledger says that images were indexed, sent and verified."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from eucaim_nb.ledger import DeidRow, DeidState, FileRecord, InstanceRecord, UploadState
from eucaim_nb.workspace import Workspace

UIDS = ["1.4.1", "1.4.2", "1.4.3"]


@pytest.fixture
def index() -> Callable[[Workspace], None]:
    """Put three instances into the index of a workspace."""

    def put(workspace: Workspace) -> None:
        values = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.3", "PatientID": "P1", "Modality": "CT"}
        index = workspace.ledger.index
        index.store(
            index.source(b"/x"),
            [
                FileRecord(b"a", uid.encode(), 100, 1, instance=InstanceRecord(values | {"SOPInstanceUID": uid}))
                for uid in UIDS
            ],
        )

    return put


@pytest.fixture
def verify(index) -> Callable[..., None]:
    """Have the ledger say that the first `count` of three sent instances are verified at the node."""

    def put(workspace: Workspace, count: int = len(UIDS)) -> None:
        index(workspace)
        uploads, node = workspace.ledger.uploads, workspace.settings.node
        ids = [number for number, _, _ in workspace.ledger.index.sources()]
        uploads.enqueue(node, ids, uploads.candidate_series(ids))
        uploads.mark(node, UIDS[:count], UploadState.VERIFIED)

    return put


@pytest.fixture
def deidentify() -> Callable[..., None]:
    """Have the ledger say that `written` of the three instances are de-identified and `verified` of them verified."""

    def put(workspace: Workspace, written: int = len(UIDS), verified: int = len(UIDS)) -> None:
        ledger = workspace.ledger.deidentified
        originals = workspace.ledger.originals.of_series(workspace.originals(), "1.2", "1.3")
        files = [one.file_id for one in originals]
        ledger.begin("recipe", {})
        row = DeidRow(None, "recipe", DeidState.WRITTEN, source_size=100, source_mtime_ns=1)
        ledger.store([replace(row, file_id=number, output=f"{number}.dcm") for number in files[:written]])
        ledger.note_verified([made.id for made in ledger.rows()][:verified])

    return put
