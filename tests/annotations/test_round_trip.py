"""Masks of every format, otherwise arranged, come out as segmentations with the same voxels at the same place."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from eucaim_nb import workspace as workspaces
from eucaim_nb.annotations import Outcome, SegmentSummary, outcomes, segment
from eucaim_nb.dicom import scan
from eucaim_nb.workspace import Workspace

from .phantoms import FORMATS, LABELS, NAMES, ORIENTATIONS, VARIANTS, Phantom, files_of, phantom, structures
from .seg_readers import by_dcmqi

PHANTOMS = {orientation: phantom(orientation, seed) for seed, orientation in enumerate(ORIENTATIONS, 1)}
CASES = [
    *((orientation, name, variant) for orientation in ORIENTATIONS for name in FORMATS for variant in VARIANTS),
    *((orientation, "rtstruct", "plain") for orientation in ORIENTATIONS),
]


class Converted:
    """A workspace with four series, and what became of every mask."""

    def __init__(self, folder: Path) -> None:
        masks = folder / "masks"
        masks.mkdir()
        self.masks: dict[tuple[str, str, str], str] = {}
        for orientation, found in PHANTOMS.items():
            files_of(found, folder / "images" / orientation)
            for name, write in FORMATS.items():
                for variant, arrange in VARIANTS.items():
                    path = write(arrange(found.image()), masks / f"{found.patient_id}_{variant}")
                    self.masks[orientation, name, variant] = path.name
            path = masks / f"{found.patient_id}_rt.dcm"
            structures(found).save_as(path, enforce_file_format=True)
            self.masks[orientation, "rtstruct", "plain"] = path.name
        (folder / "labels.json").write_text(json.dumps(LABELS))
        self.workspace: Workspace = workspaces.create(folder / "submission", node="upv")
        scan(self.workspace, [folder / "images"])
        self.summary: SegmentSummary = segment(self.workspace, masks=masks, labels=folder / "labels.json")
        self.outcomes: dict[str, Outcome] = {one.mask: one for one in outcomes(self.workspace)}

    def file(self, case: tuple[str, str, str]) -> Path:
        """Return the segmentation of a mask."""
        outcome = self.outcomes[self.masks[case]]
        assert not outcome.reason
        return self.workspace.folder / outcome.output


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return Converted(tmp_path_factory.mktemp("round-trip"))


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_no_voxel_moves_on_the_way_from_mask_to_segmentation(
    converted: Converted, case: tuple[str, str, str], tmp_path: Path
) -> None:
    found: Phantom = PHANTOMS[case[0]]
    read = by_dcmqi(converted.file(case), tmp_path / "dcmqi")
    assert set(read) == set(NAMES)
    told = {one["number"]: one for one in converted.outcomes[converted.masks[case]].segments}
    for value in NAMES:
        voxels, centroid = found.truth(value)
        assert read[value][0] == told[value]["voxels"] == voxels
        np.testing.assert_allclose(read[value][1], centroid, atol=0.05)
        np.testing.assert_allclose(told[value]["centroid_mm"], centroid, atol=0.05)


@pytest.mark.parametrize("case", [one for one in CASES if one[0] == "oblique"], ids="-".join)
def test_every_frame_refers_to_the_image_at_its_own_place(converted: Converted, case: tuple[str, str, str]) -> None:
    images = {one.SOPInstanceUID: one for one in PHANTOMS[case[0]].datasets}
    written = dcmread(converted.file(case))
    assert len(written.PerFrameFunctionalGroupsSequence) > 5
    for frame in written.PerFrameFunctionalGroupsSequence:
        (source,) = frame.DerivationImageSequence[0].SourceImageSequence
        image = images[source.ReferencedSOPInstanceUID]
        np.testing.assert_allclose(
            [float(one) for one in frame.PlanePositionSequence[0].ImagePositionPatient],
            [float(one) for one in image.ImagePositionPatient],
            atol=1e-4,
        )


def test_every_mask_found_its_series(converted: Converted) -> None:
    assert converted.summary.written == len(CASES)
    assert converted.summary.refused == 0
    for (orientation, *_), name in converted.masks.items():
        assert converted.outcomes[name].series_uid == PHANTOMS[orientation].series_uid
