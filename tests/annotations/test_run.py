"""A folder of masks is worked through once, whatever interrupts it, and what comes out goes with the images."""

import json
import shutil
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from benchmarks.quality import stacks
from eucaim_nb import jobs, quality
from eucaim_nb import workspace as workspaces
from eucaim_nb.annotations import LEFT_OUT, About, State, about, keep_about, match, outcomes, segment
from eucaim_nb.annotations._read_back import pixels_of
from eucaim_nb.cli import main
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.transfer._gate import count_unverified
from eucaim_nb.transfer._plan import chosen_series
from eucaim_nb.transfer._source import source_ids
from eucaim_nb.workspace import Workspace
from tests.dicom3tools import errors

from .phantoms import COLUMNS, LABELS, ROWS, Phantom, files_of, phantom, structures, write_mha, write_nifti


def _segs(folder: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.dcm")}


class _StopAfter(Progress):
    def __init__(self, masks: int) -> None:
        super().__init__()
        self._masks = masks

    def advance(self, count: int = 1) -> None:
        super().advance(count)
        if self.done == self._masks:
            raise Stopped


# Again


def test_stopped_in_the_middle_the_next_run_does_the_rest(scanned: Workspace, images: Phantom, masks: Path) -> None:
    for number in range(3):
        write_mha(images.image(), masks / f"{images.patient_id}_{number}")
    with pytest.raises(Stopped):
        segment(scanned, masks=masks, labels=LABELS, progress=_StopAfter(2))
    before = _segs(scanned.segmentations(1))
    assert len(before) == 2
    summary = segment(scanned, masks=masks, labels=LABELS)
    assert (summary.written, summary.unchanged) == (1, 2)
    after = _segs(scanned.segmentations(1))
    assert before.items() <= after.items()
    assert len(after) == 3


def test_other_labels_make_another_instance_in_place_of_the_old_one(
    scanned: Workspace, images: Phantom, masks: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS)
    (before,) = outcomes(scanned)
    segment(scanned, masks=masks, labels={**LABELS, "2": {**LABELS["2"], "description": "Core of the tumour"}})
    (after,) = outcomes(scanned)
    assert after.output == before.output
    assert after.sop_uid != before.sop_uid
    assert [one.modality for one in scanned.ledger.index.series()].count("SEG") == 1


def test_what_is_refused_now_leaves_no_old_segmentation_behind(
    scanned: Workspace, images: Phantom, masks: Path
) -> None:
    path = write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS)
    path.write_bytes(path.read_bytes()[:-1000])
    assert segment(scanned, masks=masks, labels=LABELS).refused == 1
    assert not _segs(scanned.segmentations(1))
    assert "SEG" not in {one.modality for one in scanned.ledger.index.series()}


def test_mask_that_a_person_leaves_out_is_not_made(scanned: Workspace, images: Phantom, masks: Path) -> None:
    first = write_mha(images.image(), masks / f"{images.patient_id}_1")
    write_mha(images.image(), masks / f"{images.patient_id}_2")
    summary = segment(scanned, masks=masks, labels=LABELS, choices={first.name: LEFT_OUT})
    assert (summary.written, summary.left_out) == (1, 1)


# Which series


def _two_patients(tmp_path: Path) -> tuple[Workspace, Phantom, Phantom]:
    """Return two patients whose images lie at the very same place."""
    one, other = phantom("axial", 1), phantom("axial", 2)
    for found in (one, other):
        files_of(found, tmp_path / "images" / found.patient_id)
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    return workspace, one, other


def test_same_place_in_two_patients_is_told_apart_by_the_name_alone(tmp_path: Path, masks: Path) -> None:
    workspace, one, other = _two_patients(tmp_path)
    write_mha(one.image(), masks / f"eu_{other.patient_id[3:]}")
    write_mha(one.image(), masks / "somebody")
    named, nobody = sorted(match(workspace, masks), key=lambda found: found.mask.name)
    assert named.series_uid == other.series_uid
    assert nobody.series_uid == ""
    assert "choose" in nobody.words
    assert {uid for uid, _ in nobody.candidates} == {one.series_uid, other.series_uid}


def test_mask_named_for_another_patient_is_not_put_on_the_series_that_was_given(tmp_path: Path, masks: Path) -> None:
    workspace, one, other = _two_patients(tmp_path)
    write_mha(one.image(), masks / other.patient_id)
    segment(workspace, masks=masks, labels=LABELS, series=one.series_uid)
    (found,) = outcomes(workspace)
    assert found.state is State.REFUSED
    assert "another patient" in found.reason


# What it is drawn on


def test_mask_of_a_radiograph_lies_on_its_pixels(tmp_path: Path, masks: Path) -> None:
    images = phantom("axial", 1)
    mask = images.image()[:, :, 4:5]
    (radiograph,) = images.datasets[:1]
    radiograph.Modality, radiograph.SOPClassUID = "DX", "1.2.840.10008.5.1.4.1.1.1.1"
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        delattr(radiograph, keyword)
    files_of(Phantom("axial", [radiograph], images.labels), tmp_path / "images")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    write_nifti(mask, masks / images.patient_id)
    segment(workspace, masks=masks, labels=LABELS)
    (found,) = outcomes(workspace)
    assert found.reason == ""
    frames = list(pixels_of(dcmread(workspace.folder / found.output)))
    np.testing.assert_array_equal(frames[0], images.labels[4] == 1)
    np.testing.assert_array_equal(frames[1], images.labels[4] == 2)


def test_mask_on_the_frames_of_an_enhanced_image(tmp_path: Path, masks: Path) -> None:
    from highdicom.legacy import LegacyConvertedEnhancedCTImage

    images = phantom("oblique", 1)
    files_of(images, tmp_path / "single")
    enhanced = LegacyConvertedEnhancedCTImage(
        legacy_datasets=[dcmread(path) for path in sorted((tmp_path / "single").iterdir())],
        series_instance_uid=stacks.uid(9, "enhanced"),
        series_number=9,
        sop_instance_uid=stacks.uid(9, "instance"),
        instance_number=1,
    )
    (tmp_path / "images").mkdir()
    enhanced.save_as(tmp_path / "images" / "enhanced.dcm")
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    scan(workspace, [tmp_path / "images"])
    write_nifti(images.image(), masks / images.patient_id)
    segment(workspace, masks=masks, labels=LABELS)
    (found,) = outcomes(workspace)
    assert found.reason == ""
    for one in found.segments:
        voxels, centroid = images.truth(one["number"])
        assert one["voxels"] == voxels
        np.testing.assert_allclose(one["centroid_mm"], centroid, atol=0.05)


def test_label_map_is_written_when_asked(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS, labelmap=True)
    (found,) = outcomes(scanned)
    written = dcmread(scanned.folder / found.output)
    assert written.SegmentationType == "LABELMAP"
    assert [one["voxels"] for one in found.segments] == [images.truth(value)[0] for value in (1, 2)]


# Segmentations that are there already


def test_segmentation_of_another_program_passes_and_is_taken_along(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS)
    (own,) = outcomes(scanned)
    shutil.copy(scanned.folder / own.output, tmp_path / "theirs.dcm")
    other = workspaces.create(tmp_path / "other", node="upv")
    scan(other, [tmp_path / "images"])
    summary = segment(other, masks=tmp_path / "theirs.dcm")
    assert summary.passed == 1
    assert segment(other, masks=tmp_path / "theirs.dcm", method="AUTOMATIC", algorithm="nnU-Net").passed == 1
    assert (tmp_path / "theirs.dcm").read_bytes() in [
        path.read_bytes() for path in other.segmentations(1).glob("*.dcm")
    ]
    assert "SEG" in {one.modality for one in other.ledger.index.series(other.originals())}


def test_names_in_labels_do_not_leave_with_the_segmentation(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(images.image(), masks / images.patient_id)
    labels = {**LABELS, "1": {**LABELS["1"], "name": "Liver", "description": "drawn by Dr. Annemarie Quastenberg"}}
    segment(scanned, masks=masks, labels=labels)
    deidentify(scanned)
    (made,) = [path for path in scanned.deidentified.rglob("*.dcm") if dcmread(path).Modality == "SEG"]
    assert b"Quastenberg" not in made.read_bytes()
    assert b"Liver" in made.read_bytes()


def test_segmentation_of_images_that_are_not_here_is_refused(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS)
    elsewhere = workspaces.create(tmp_path / "elsewhere", node="upv")
    files_of(phantom("axial", 5), tmp_path / "others")
    scan(elsewhere, [tmp_path / "others"])
    assert segment(elsewhere, masks=scanned.folder / outcomes(scanned)[0].output).refused == 1


# With the images


def test_segmentation_is_deidentified_with_its_images_and_sent_with_them(
    scanned: Workspace, images: Phantom, masks: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    structures(images).save_as(masks / "rt.dcm", enforce_file_format=True)
    segment(scanned, masks=masks, labels=LABELS)
    summary = deidentify(scanned)
    assert summary.verified == summary.outputs == len(images.datasets) + 3
    outputs = [dcmread(path) for path in scanned.deidentified.rglob("*.dcm")]
    known = {one.SOPInstanceUID for one in outputs}
    segmentations = [one for one in outputs if one.Modality == "SEG"]
    assert len(segmentations) == 2
    for one in segmentations:
        assert one.SOPInstanceUID not in {found.sop_uid for found in outcomes(scanned)}
        for frame in one.PerFrameFunctionalGroupsSequence:
            assert frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID in known
        assert sum(int(pixels.sum()) for pixels in pixels_of(one)) == int((images.labels > 0).sum())
    quality.run(scanned)
    assert not [one for one in quality.findings(scanned) if one.check_id.startswith("G0")]
    ids = source_ids(scanned, "deidentified")
    chosen = chosen_series(scanned, ids, None)
    assert count_unverified(scanned, ids, chosen) == (0, len(images.datasets) + 3)


def test_mask_drawn_on_deidentified_images_comes_out_on_them(scanned: Workspace, images: Phantom, masks: Path) -> None:
    deidentify(scanned)
    copies = sorted(scanned.deidentified.rglob("*.dcm"))
    theirs = str(dcmread(copies[0]).SeriesInstanceUID)
    patient = str(dcmread(copies[0]).PatientID)
    write_mha(images.image(), masks / patient)
    drawn = deepcopy(images)
    by_position = {tuple(dcmread(path).ImagePositionPatient): dcmread(path) for path in copies}
    for number, header in enumerate(drawn.datasets):
        drawn.datasets[number] = by_position[tuple(header.ImagePositionPatient)]
    structures(drawn).save_as(masks / "rt.dcm", enforce_file_format=True)
    summary = segment(scanned, masks=masks, labels=LABELS, series=theirs)
    assert (summary.written, summary.refused, summary.deidentify) == (2, 0, True)
    deidentify(scanned)
    outputs = [dcmread(path) for path in scanned.deidentified.rglob("*.dcm")]
    assert sorted(one.Modality for one in outputs if one.Modality != "CT") == ["SEG", "SEG"]
    for one in outputs:
        if one.Modality == "SEG":
            assert one.ReferencedSeriesSequence[0].SeriesInstanceUID == theirs


def test_segmentations_of_a_scanned_folder_are_sent_with_it(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS)
    ids = source_ids(scanned, str(tmp_path / "images"))
    assert count_unverified(scanned, ids, chosen_series(scanned, ids, None))[1] == len(images.datasets) + 1


def test_dciodvfy_finds_no_error(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS, method="AUTOMATIC", algorithm="nnU-Net")
    assert errors("dciodvfy", scanned.folder / outcomes(scanned)[0].output) == []


# Around it


def test_command_tells_what_was_written_and_what_was_refused(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    (masks / "broken.nii.gz").write_bytes(b"\x1f\x8b nothing")
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    arguments = ["--masks", str(masks), "--labels", str(tmp_path / "labels.json"), "--json", "--annotators", "2"]
    assert main(["segment", str(scanned.folder), *arguments]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["written"] == 1
    assert [one["mask"] for one in told["refused"]] == ["broken.nii.gz"]
    assert about(scanned).annotators == 2


def test_report_names_nobody(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_mha(images.image(), masks / images.patient_id)
    structure_set = structures(images)
    structure_set.StructureSetROISequence[0].ROIName = "Liver Annotator Anna"
    structure_set.save_as(masks / "rt.dcm", enforce_file_format=True)
    segment(scanned, masks=masks, labels=LABELS)
    keep_about(scanned, About(2, "radiologist", "5", "T2"))
    job = jobs.run(scanned, "segment", {"masks": str(masks), "labels": LABELS})
    for text in (*(path.read_text() for path in (scanned.folder / "reports").iterdir()), json.dumps(job.result)):
        assert images.patient_id not in text
        assert images.series_uid not in text
        assert "Anna" not in text


def test_picture_shows_each_segment_on_three_slices(scanned: Workspace, images: Phantom, masks: Path) -> None:
    from PIL import Image

    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels={**LABELS, "2": {**LABELS["2"], "colour": [255, 0, 0]}})
    with Image.open(scanned.folder / outcomes(scanned)[0].picture) as picture:
        assert picture.width > picture.height
        pixels = np.asarray(picture.convert("RGB"))
    red = (pixels == (255, 0, 0)).all(axis=2)
    assert not red[: len(red) // 2].any()
    assert [bool(part.any()) for part in np.array_split(red[len(red) // 2 :], 3, axis=1)] == [True] * 3
    assert ROWS > COLUMNS
