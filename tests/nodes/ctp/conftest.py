"""The sample cohort, de-identified here and by the script for CTP."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError

from eucaim_nb import deid
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.nodes.health_ri import ctp
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.transfer.ctp import make, send

from .interpreter import Quarantine, Script

ENGINES = ["interpreter", *(["ctp"] if os.environ.get("CTP_HOME") else [])]
"""Where CTP_HOME names a real CTP, it must do what the interpreter does; elsewhere the interpreter alone tells."""


def rules(profile: str = "eucaim") -> ctp.Rules:
    return ctp.Rules(**deid.plain_rules(deid.load_profile(profile)))


@pytest.fixture(scope="session")
def treated_here(cohort, tmp_path_factory, _state_of_the_session) -> Iterator[SimpleNamespace]:
    """A workspace whose images this program de-identified, with the files for CTP and a node that runs."""
    folder = tmp_path_factory.mktemp("ctp")
    with PracticeNodes(folder / "nodes") as nodes:
        (folder / "ready.json").write_text(json.dumps(nodes.ready()))
        workspace = workspaces.create(
            folder / "submission",
            node="practice-health-ri",
            project="PRACTICE",
            practice=str(folder / "ready.json"),
        )
        scan(workspace, [cohort.folder])
        deid.deidentify(workspace)
        made = make(workspace, rules())
        outputs = {one.SOPInstanceUID: one for one in _datasets(workspace.deidentified)}
        yield SimpleNamespace(workspace=workspace, nodes=nodes, made=made, outputs=outputs, cohort=cohort)


@pytest.fixture(scope="session")
def _state_of_the_session(tmp_path_factory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EUCAIM_NB_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def by_interpreter(treated_here) -> dict[str, Dataset]:
    """What the interpreter makes of every original, by SOP Instance UID."""
    folder = treated_here.made.folder
    script = Script((folder / ctp.ANONYMIZER).read_text(), (folder / ctp.LOOKUP).read_text())
    route = Script((folder / ctp.ROUTING).read_text())
    found = {}
    for original in _datasets(treated_here.cohort.folder):
        try:
            made = route.apply(script.apply(original))
        except Quarantine:
            continue
        found[made.SOPInstanceUID] = made
    return found


@pytest.fixture(scope="session")
def by_ctp(treated_here) -> dict[str, Dataset]:
    """What a real CTP brought to the practice node, by SOP Instance UID."""
    send(treated_here.workspace, deidentify=True, override="a test")
    found = {}
    for path in (treated_here.workspace.folder.parent / "nodes").rglob("*"):
        if path.is_file():
            try:
                one = dcmread(path)
            except (InvalidDicomError, AttributeError, NotImplementedError):
                continue
            found[one.SOPInstanceUID] = one
    return found


@pytest.fixture(scope="session", params=ENGINES)
def treated(request) -> dict[str, Dataset]:
    """What the script makes of every original, by each engine there is."""
    return request.getfixturevalue(f"by_{request.param}")


def _datasets(folder: Path) -> Iterator[Dataset]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                one = dcmread(path)
                if one.get("SOPInstanceUID"):
                    yield one
            except (InvalidDicomError, NotImplementedError, AttributeError):
                continue
