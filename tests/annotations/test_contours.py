"""Contours fill what a person outlined: holes stay open, and what cannot be filled is told."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from eucaim_nb.annotations import Outcome, State, outcomes, segment
from eucaim_nb.workspace import Workspace

from .phantoms import LABELS, SPACING, Phantom, contour, structures


def _with(
    images: Phantom, *outlines: list[tuple[float, float]], plane: int = 4, kind: str = "CLOSED_PLANAR"
) -> FileDataset:
    """Return a structure set with one structure, outlined by points (column, row) on one image."""
    made = structures(images)
    made.StructureSetROISequence = made.StructureSetROISequence[:1]
    made.ROIContourSequence = made.ROIContourSequence[:1]
    image = images.datasets[plane]
    axes = np.array(image.ImageOrientationPatient, dtype=float).reshape(2, 3)
    origin = np.array(image.ImagePositionPatient, dtype=float)
    made.ROIContourSequence[0].ContourSequence = [
        contour(
            origin + np.array([column * SPACING[1] * axes[0] + row * SPACING[0] * axes[1] for column, row in outline]),
            image,
            kind,
        )
        for outline in outlines
    ]
    return made


def _made(workspace: Workspace, masks: Path, structure_set: FileDataset) -> Outcome:
    structure_set.save_as(masks / "rt.dcm", enforce_file_format=True)
    segment(workspace, masks=masks, labels=LABELS)
    (found,) = outcomes(workspace)
    return found


def _square(low: float, high: float) -> list[tuple[float, float]]:
    return [(low, low), (high, low), (high, high), (low, high)]


@pytest.mark.parametrize(
    ("outlines", "pixels"),
    [
        ([_square(2.5, 12.5)], 100),
        ([_square(3, 12)], 100),
        ([_square(2.5, 12.5), _square(5.5, 8.5)], 91),
        ([_square(2.5, 12.5), _square(4.5, 9.5), _square(5.5, 7.5)], 79),
        ([[*_square(2.5, 12.5), (2.5, 2.5), (5.5, 5.5), *reversed(_square(5.5, 8.5)), (5.5, 5.5), (2.5, 2.5)]], 91),
        ([[(2.5, 2.5), (12.5, 2.5), (2.5, 12.5)]], 55),
    ],
    ids=["along borders", "through centres", "hole", "island in a hole", "keyhole", "triangle"],
)
def test_outline_becomes_the_pixels_that_were_meant(
    scanned: Workspace, images: Phantom, masks: Path, outlines: list[list[tuple[float, float]]], pixels: int
) -> None:
    found = _made(scanned, masks, _with(images, *outlines))
    assert [one["voxels"] for one in found.segments] == [pixels]


def test_contours_between_the_images_are_left_out_and_told(scanned: Workspace, images: Phantom, masks: Path) -> None:
    made = _with(images, _square(2.5, 12.5))
    made.ROIContourSequence[0].ContourSequence += (
        structures(images, shift=-100).ROIContourSequence[0].ContourSequence[:2]
    )
    found = _made(scanned, masks, made)
    assert [one["voxels"] for one in found.segments] == [100]
    assert "2 contours lie off the planes" in " ".join(found.remarks)


def test_structure_set_of_points_alone_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    found = _made(scanned, masks, _with(images, _square(2.5, 12.5), kind="OPEN_PLANAR"))
    assert found.state is State.REFUSED
    assert "open lines" in found.reason


def test_structure_set_is_kept_beside_its_segmentation(scanned: Workspace, images: Phantom, masks: Path) -> None:
    found = _made(scanned, masks, structures(images))
    indexed = {one.modality for one in scanned.ledger.index.series(scanned.originals())}
    assert {"CT", "SEG", "RTSTRUCT"} == indexed
    assert "Anna" not in (scanned.folder / found.output).read_bytes().decode("latin-1")


def test_structures_that_overlap_both_stay_whole(scanned: Workspace, images: Phantom, masks: Path) -> None:
    made = structures(images)
    made.ROIContourSequence[1].ContourSequence = _with(images, _square(2.5, 12.5)).ROIContourSequence[0].ContourSequence
    found = _made(scanned, masks, made)
    assert [one["voxels"] for one in found.segments] == [images.truth(1)[0], 100]
