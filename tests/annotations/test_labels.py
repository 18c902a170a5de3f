"""What a segment says of itself is what a person or a program said of it, in codes that everybody reads."""

import json
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.sr._concepts_dict import concepts

from eucaim_nb.annotations import (
    Code,
    Labels,
    Meaning,
    State,
    outcomes,
    presets,
    read_labels,
    save_labels,
    segment,
)
from eucaim_nb.errors import MaskError
from eucaim_nb.workspace import Workspace

from .phantoms import LABELS, Phantom, write_mha, write_nifti, write_slicer


def _written(workspace: Workspace, masks: Path, **options: object) -> list:  # type: ignore[type-arg]
    segment(workspace, masks=masks, **options)  # type: ignore[arg-type]
    (found,) = outcomes(workspace)
    assert found.reason == ""
    return list(dcmread(workspace.folder / found.output).SegmentSequence)


def test_every_required_attribute_is_there_where_it_is_nested(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_nifti(images.image(), masks / images.patient_id)
    for item, entry in zip(_written(scanned, masks, labels=LABELS), LABELS.values(), strict=True):
        assert item.SegmentLabel == entry["name"]
        assert item.SegmentDescription
        assert item.SegmentAlgorithmType == "MANUAL"
        assert item.TrackingID
        assert item.TrackingUID
        assert item.RecommendedDisplayCIELabValue
        assert item.SegmentedPropertyTypeCodeSequence[0].CodeValue == entry["type"]["value"]
        assert item.SegmentedPropertyCategoryCodeSequence[0].CodeValue == entry["category"]["value"]


def test_codes_of_slicer_need_no_labels(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_slicer(images.image(), masks / images.patient_id)
    first, second = _written(scanned, masks)
    assert first.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Liver"
    assert second.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Neoplasm"


def test_label_that_nobody_explains_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_nifti(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels={"1": LABELS["1"]})
    (found,) = outcomes(scanned)
    assert found.state is State.REFUSED
    assert found.reason.startswith("Label 2 has no description")


def test_program_that_segmented_is_named_or_the_mask_is_refused(
    scanned: Workspace, images: Phantom, masks: Path
) -> None:
    write_mha(images.image(), masks / images.patient_id)
    segment(scanned, masks=masks, labels=LABELS, method="AUTOMATIC")
    assert outcomes(scanned)[0].state is State.REFUSED
    for item in _written(scanned, masks, labels=LABELS, method="AUTOMATIC", algorithm="nnU-Net", algorithm_version="2"):
        assert item.SegmentAlgorithmType == "AUTOMATIC"
        assert item.SegmentAlgorithmName == "nnU-Net"


def test_a_lesion_is_tracked_under_the_same_uid_in_another_mask(
    scanned: Workspace, images: Phantom, masks: Path
) -> None:
    labels = {**LABELS, "2": {**LABELS["2"], "tracking_id": "lesion A"}}
    write_mha(images.image(), masks / f"{images.patient_id}_first")
    write_nifti(images.image(), masks / f"{images.patient_id}_second")
    segment(scanned, masks=masks, labels=labels)
    items = [dcmread(scanned.folder / one.output).SegmentSequence for one in outcomes(scanned)]
    assert items[0][1].TrackingUID == items[1][1].TrackingUID
    assert items[0][0].TrackingUID != items[1][0].TrackingUID


def test_labels_survive_the_form_that_dcmqi_takes(tmp_path: Path) -> None:
    before = read_labels({**LABELS, "2": {**LABELS["2"], "colour": [1, 2, 3], "method": "MANUAL"}})
    path = save_labels(before, tmp_path / "labels.json")
    assert read_labels(path) == before
    entry = json.loads(path.read_text())["segmentAttributes"][0][0]
    assert entry["labelID"] == 1
    assert entry["SegmentedPropertyTypeCodeSequence"]["CodeMeaning"] == "Liver"


@pytest.mark.parametrize(
    "content", ["[]", "{", '{"1": 5}', '{"x": {}}', '{"1": {"name": "a", "type": {"value": "1"}}}']
)
def test_labels_that_make_no_sense_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(content)
    with pytest.raises(MaskError):
        read_labels(path)


def test_presets_are_codes_of_the_standard() -> None:
    known = {code for entries in concepts["SCT"].values() for code in entries}
    assert len(presets()) > 30
    for one in presets().values():
        for code in (one.category, one.type, one.region):
            if code is not None:
                assert code.value in known


def test_meaning_of_a_named_segment_is_not_taken_from_its_number() -> None:
    from eucaim_nb.annotations._mask import Segment

    labels = Labels({1: Meaning("spleen", type=Code("78961009", "SCT", "Spleen"))})
    liver = labels.of(Segment(0, 1, Meaning("Liver")))
    assert liver.type == presets()["liver"].type
