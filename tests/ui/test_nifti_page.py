"""NIfTI files on the upload page of Health-RI: what they were made of is confirmed, headers are made, both are sent."""

import shutil
import time

import pytest

from eucaim_nb import jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.transfer.nifti import find
from eucaim_nb.ui.pages._upload import _UploadPage
from tests.ui.widgets import in_sight, labels, named, text, until


@pytest.fixture
def workspace(tmp_path, cohort, nodes):
    return workspaces.create(
        tmp_path / "submission", node="practice-health-ri", project="PRACTICE", practice=str(tmp_path / "ready.json")
    )


@pytest.fixture
def folder(tmp_path, cohort):
    """The masks of the sample: two on a CT of the cohort, one on a CT that lacks slices."""
    target = tmp_path / "nifti"
    target.mkdir()
    for mask in cohort.folder.rglob("*.nii.gz"):
        shutil.copy(mask, target)
    return target


def looked(page, folder):
    page.other_ways.nifti.line.click()
    panel = page.other_ways.nifti.root
    named(panel, "Folder with the NIfTI files").value = str(folder)
    named(panel, "Look at the files").click()
    until(lambda: "can be sent with a header" in text(panel) and "Which series" in text(panel))
    return panel


def test_headers_are_written_as_confirmed_and_the_files_sent_with_a_reason(workspace, cohort, folder):
    scan(workspace, [cohort.folder])
    deidentify(workspace, workers=1)
    page = _UploadPage(workspace)
    panel = looked(page, folder)
    assert "only this series has the same geometry".capitalize() in text(panel)
    assert "no series has this geometry".capitalize() in text(panel)
    named(panel, "Folder with the NIfTI files").value = str(folder.parent)
    assert not [one for one in in_sight(panel) if "Write" in (getattr(one, "description", "") or "")]
    named(panel, "Folder with the NIfTI files").value = str(folder)
    time.sleep(0.6)  # a second click within half a second is one click
    named(panel, "Look at the files").click()
    until(lambda: [one for one in in_sight(panel) if "_lung" in (getattr(one, "description", "") or "")])
    named(panel, "_lung.nii.gz").value = named(panel, "_lung.nii.gz").options[1][1]  # a person knows better
    named(panel, "_breast.nii.gz").value = ""
    named(panel, "Write 2 headers").click()
    until(lambda: "Send 2 NIfTI files" in " ".join(labels(panel)))
    assert len(find(workspace, folder).pairs) == 2
    named(panel, "Send 2 NIfTI files").click()
    assert jobs.latest(workspace, "nifti") is None
    named(panel, "Reason why these files").value = "invented voxels"
    time.sleep(0.6)  # a second click within half a second is one click
    named(panel, "Send 2 NIfTI files").click()
    until(lambda: "Stored and verified 4 of 4" in text(panel))


def test_without_images_headers_of_ones_own_can_be_sent(workspace, folder):
    page = _UploadPage(workspace)
    page.other_ways.nifti.line.click()
    panel = page.other_ways.nifti.root
    named(panel, "Folder with the NIfTI files").value = str(folder)
    named(panel, "Look at the files").click()
    until(lambda: "3 cannot yet" in text(panel) and "De-identify them first" in text(page.page.root))
    assert not [one for one in in_sight(panel) if "Write" in (getattr(one, "description", "") or "")]


def test_the_upv_node_takes_no_nifti(tmp_path, cohort):
    upv = workspaces.create(
        tmp_path / "upv", node="practice-upv", practice=str(tmp_path / "ready.json"), project="PRACTICE"
    )
    scan(upv, [cohort.folder])
    assert _UploadPage(upv).other_ways.nifti is None
