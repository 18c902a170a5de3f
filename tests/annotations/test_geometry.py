"""A mask that does not lie on the images is never written as if it did."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from pydicom import dcmread

from benchmarks.quality import stacks
from eucaim_nb import workspace as workspaces
from eucaim_nb.annotations import Outcome, State, Verdict, outcomes, segment
from eucaim_nb.dicom import scan
from eucaim_nb.workspace import Workspace

from .phantoms import GAP, LABELS, SPACING, Phantom, files_of, phantom, structures, write_mha, write_nifti


def _moved(image: sitk.Image, *millimetres: float) -> sitk.Image:
    moved = sitk.Image(image)
    axes = np.array(image.GetDirection()).reshape(3, 3)
    moved.SetOrigin((np.array(image.GetOrigin()) + axes @ millimetres).tolist())
    return moved


def _stretched(image: sitk.Image, *factors: float) -> sitk.Image:
    stretched = sitk.Image(image)
    stretched.SetSpacing((np.array(image.GetSpacing()) * factors).tolist())
    return stretched


def _rotated(image: sitk.Image) -> sitk.Image:
    rotated = sitk.Image(image)
    cosine, sine = np.cos(np.deg2rad(3)), np.sin(np.deg2rad(3))
    axes = np.array(image.GetDirection()).reshape(3, 3)
    rotated.SetDirection((axes @ [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]).ravel().tolist())
    return rotated


WRONG: dict[str, tuple[Callable[[sitk.Image], sitk.Image], Verdict]] = {
    "moved by half a pixel": (lambda image: _moved(image, 0.35, 0, 0), Verdict.RESAMPLE),
    "moved by 0.4 mm along the slices": (lambda image: _moved(image, 0, 0, 0.4), Verdict.RESAMPLE),
    "larger pixels": (lambda image: _stretched(image, 1.1, 1.1, 1), Verdict.RESAMPLE),
    "thicker slices": (lambda image: _stretched(image, 1, 1, 1.3), Verdict.RESAMPLE),
    "slices between": (lambda image: sitk.Expand(image, (1, 1, 3), sitk.sitkNearestNeighbor), Verdict.RESAMPLE),
    "rotated": (_rotated, Verdict.RESAMPLE),
    "of another place": (lambda image: _moved(image, 0, 0, 500.0), Verdict.INCOMPATIBLE),
    "a whole voxel outside": (lambda image: _moved(image, 8 * SPACING[1], 0, 4 * GAP), Verdict.CROPPED),
}


def _one(workspace: Workspace, masks: Path, **options: object) -> Outcome:
    segment(workspace, masks=masks, labels=LABELS, **options)  # type: ignore[arg-type]
    (found,) = outcomes(workspace)
    return found


@pytest.mark.parametrize("case", WRONG)
def test_mask_of_another_grid_is_refused(scanned: Workspace, images: Phantom, masks: Path, case: str) -> None:
    arrange, verdict = WRONG[case]
    write_mha(arrange(images.image()), masks / f"{images.patient_id}")
    found = _one(scanned, masks)
    assert found.state is State.REFUSED
    assert found.verdict == verdict
    assert found.reason
    assert not list(scanned.segmentations(1).glob("*"))


def test_mask_of_another_grid_is_resampled_only_when_asked(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(_moved(images.image(), 0.2, 0, 0), masks / images.patient_id)
    found = _one(scanned, masks, resample=True)
    assert found.state is State.WRITTEN
    assert found.resampled
    assert any("resampled" in remark for remark in found.remarks)
    for one in found.segments:
        voxels, centroid = images.truth(one["number"])
        assert one["voxels"] == voxels  # the nearest neighbour of a mask moved by less than half a pixel is itself
        np.testing.assert_allclose(one["centroid_mm"], centroid, atol=0.05)


def test_rounding_of_headers_is_no_other_grid(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(_moved(images.image(), 1e-4, -1e-4, 1e-4), masks / images.patient_id)
    assert _one(scanned, masks).verdict == Verdict.EXACT


def test_labels_where_a_slice_is_missing_are_not_dropped_in_silence(
    images: Phantom, tmp_path: Path, masks: Path
) -> None:
    whole = images.image()
    files_of(Phantom(images.orientation, images.datasets[:4] + images.datasets[5:], images.labels), tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    write_nifti(whole, masks / images.patient_id)
    found = _one(workspace, masks)
    assert found.state is State.REFUSED
    assert "slices are missing" in found.reason
    kept = sitk.GetArrayFromImage(whole)
    kept[4] = 0
    empty_there = sitk.GetImageFromArray(kept)
    empty_there.CopyInformation(whole)
    write_nifti(empty_there, masks / images.patient_id)
    assert _one(workspace, masks).segments[0]["voxels"] == int((kept == 1).sum())


def test_tilted_gantry_is_refused_with_its_reason(images: Phantom, tmp_path: Path, masks: Path) -> None:
    image = images.image()
    for number, header in enumerate(images.datasets):
        x, y, z = (float(one) for one in header.ImagePositionPatient)
        header.ImagePositionPatient = [f"{x:.4f}", f"{y + 0.3 * number:.4f}", f"{z:.4f}"]
    files_of(images, tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    write_mha(image, masks / images.patient_id)
    found = _one(workspace, masks)
    assert found.state is State.REFUSED
    assert "tilted gantry" in found.reason


def test_contours_on_a_tilted_series_come_out_where_they_were_drawn(
    images: Phantom, tmp_path: Path, masks: Path
) -> None:
    for number, header in enumerate(images.datasets):
        x, y, z = (float(one) for one in header.ImagePositionPatient)
        header.ImagePositionPatient = [f"{x:.4f}", f"{y + 0.3 * number:.4f}", f"{z:.4f}"]
    files_of(images, tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    structures(images).save_as(masks / "rt.dcm", enforce_file_format=True)
    for one in _one(workspace, masks).segments:
        voxels, centroid = images.truth(one["number"])
        assert one["voxels"] == voxels
        np.testing.assert_allclose(one["centroid_mm"], centroid, atol=0.01)


def test_phases_of_one_series_are_told_apart(tmp_path: Path, masks: Path) -> None:
    images = phantom("axial", 3)
    second = deepcopy(images.datasets)
    for number, header in enumerate(second):
        header.SOPInstanceUID = stacks.uid(3, "second phase", number)
        header.InstanceNumber = str(int(header.InstanceNumber) + 100)
    both = Phantom("axial", [*images.datasets, *second], images.labels)
    files_of(both, tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    write_nifti(images.image(), masks / images.patient_id)
    found = _one(workspace, masks)
    assert found.verdict == Verdict.EXACT
    assert "phases" in " ".join(found.remarks)
    first = {one.SOPInstanceUID for one in images.datasets}
    written = dcmread(workspace.folder / found.output)
    (series,) = written.ReferencedSeriesSequence
    assert {one.ReferencedSOPInstanceUID for one in series.ReferencedInstanceSequence} == first
