"""Each format is read as the programs write it, and what would be a guess is refused."""

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

from eucaim_nb.annotations import Outcome, State, outcomes, segment
from eucaim_nb.workspace import Workspace

from .phantoms import LABELS, NAMES, Phantom, write_nifti


def _made(workspace: Workspace, masks: Path) -> Outcome:
    segment(workspace, masks=masks, labels=LABELS)
    (found,) = outcomes(workspace)
    return found


def _assert_true(found: Outcome, images: Phantom) -> None:
    assert found.reason == ""
    for one, value in zip(found.segments, NAMES, strict=True):
        voxels, centroid = images.truth(value)
        assert one["voxels"] == voxels
        np.testing.assert_allclose(one["centroid_mm"], centroid, atol=0.05)


def _nifti(image: sitk.Image, path: Path) -> nib.Nifti1Image:
    return nib.load(write_nifti(image, path))


# NIfTI


def test_nifti_that_has_a_qform_alone(scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path) -> None:
    made = _nifti(images.image(), tmp_path / "mask")
    made.set_qform(made.affine, code=1)
    made.set_sform(None, code=0)
    nib.save(made, masks / f"{images.patient_id}.nii")
    _assert_true(_made(scanned, masks), images)


def test_nifti_two_big_endian_with_floats(scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path) -> None:
    before = _nifti(images.image(), tmp_path / "mask")
    header = nib.Nifti2Header(endianness=">")
    header.set_data_dtype(">f4")
    voxels = np.asarray(before.dataobj).astype(">f4")
    nib.save(nib.Nifti2Image(voxels, before.affine, header), masks / f"{images.patient_id}.nii.gz")
    _assert_true(_made(scanned, masks), images)


def test_nifti_of_probabilities_is_no_mask(scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path) -> None:
    made = _nifti(images.image(), tmp_path / "mask")
    voxels = np.asarray(made.dataobj).astype("f4") * 0.37
    nib.save(nib.Nifti1Image(voxels, made.affine), masks / f"{images.patient_id}.nii.gz")
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "not whole" in found.reason


def test_nifti_without_orientation_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    path = write_nifti(images.image(), masks / images.patient_id)
    data = bytearray(gzip.decompress(path.read_bytes()))
    data[252:256] = struct.pack("<2h", 0, 0)
    path.write_bytes(gzip.compress(bytes(data)))
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "left and right" in found.reason


def test_nifti_with_a_channel_for_each_structure(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path
) -> None:
    made = _nifti(images.image(), tmp_path / "mask")
    voxels = np.asarray(made.dataobj)
    channels = np.stack([voxels == 1, 2 * (voxels == 2)], axis=-1).astype(np.uint8)
    nib.save(nib.Nifti1Image(channels, made.affine), masks / f"{images.patient_id}.nii.gz")
    _assert_true(_made(scanned, masks), images)


# NRRD and MetaImage


def _text_nrrd(image: sitk.Image, path: Path, space: str, encoding: str, endian: str) -> None:
    """Write an NRRD file by hand: in another space, packing or byte order than ITK writes."""
    flip = np.array({"RAS": (-1, -1, 1), "LPS": (1, 1, 1)}[space])
    axes = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    vectors = " ".join("(" + ",".join(f"{one:.12g}" for one in flip * axis) + ")" for axis in axes.T)
    origin = ",".join(f"{one:.12g}" for one in flip * image.GetOrigin())
    voxels = sitk.GetArrayFromImage(image).astype(">i2" if endian == "big" else "<i2")
    data = " ".join(map(str, voxels.ravel())).encode() if encoding == "ascii" else voxels.tobytes()
    header = [
        "NRRD0005",
        "# a comment",
        "type: short",
        "dimension: 3",
        f"space: {space}",
        f"sizes: {' '.join(map(str, image.GetSize()))}",
        f"space directions: {vectors}",
        f"space origin: ({origin})",
        f"endian: {endian}",
        f"encoding: {encoding}",
    ]
    path.write_bytes("\n".join([*header, "", ""]).encode() + data)


@pytest.mark.parametrize(("space", "encoding", "endian"), [("RAS", "raw", "big"), ("LPS", "ascii", "little")])
def test_nrrd_of_another_space_and_packing(
    scanned: Workspace, images: Phantom, masks: Path, space: str, encoding: str, endian: str
) -> None:
    _text_nrrd(images.image(), masks / f"{images.patient_id}.nrrd", space, encoding, endian)
    _assert_true(_made(scanned, masks), images)


def test_nrrd_that_names_no_space_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    path = masks / f"{images.patient_id}.nrrd"
    _text_nrrd(images.image(), path, "LPS", "raw", "little")
    path.write_bytes(path.read_bytes().replace(b"space: LPS\n", b""))
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "how it lies" in found.reason


@pytest.mark.parametrize("suffix", [".nhdr", ".mhd"])
def test_voxels_beside_the_header(scanned: Workspace, images: Phantom, masks: Path, suffix: str) -> None:
    sitk.WriteImage(images.image(), str(masks / f"{images.patient_id}{suffix}"))
    _assert_true(_made(scanned, masks), images)


def test_header_that_leads_out_of_its_folder_is_not_followed(
    scanned: Workspace, images: Phantom, masks: Path, tmp_path: Path
) -> None:
    path = masks / f"{images.patient_id}.mhd"
    sitk.WriteImage(images.image(), str(path))
    voxels = next(masks.glob("*raw"))
    voxels.rename(tmp_path / "elsewhere.raw")
    path.write_text(path.read_text().replace(voxels.name, "../elsewhere.raw"))
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "not beside" in found.reason


def test_mask_that_is_cut_short_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    path = masks / f"{images.patient_id}.mha"
    sitk.WriteImage(images.image(), str(path))
    path.write_bytes(path.read_bytes()[:-1000])
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "cut short" in found.reason


def test_empty_mask_is_refused(scanned: Workspace, images: Phantom, masks: Path) -> None:
    write_nifti(images.image() * 0, masks / images.patient_id)
    found = _made(scanned, masks)
    assert found.state is State.REFUSED
    assert "empty" in found.reason


# Layers of 3D Slicer and MITK


def _layered(images: Phantom) -> sitk.Image:
    """Return two layers: the organ without its lesion, and the lesion over it."""
    image = images.image()
    layers = [sitk.Cast(image == 1, sitk.sitkUInt8), sitk.Cast(image == 2, sitk.sitkUInt8)]
    return sitk.Compose(*layers)


def _slicer_keys(image: sitk.Image, *, old: bool) -> None:
    for number, name in enumerate(NAMES.values()):
        image.SetMetaData(f"Segment{number}_ID", f"Segment_{number + 1}")
        image.SetMetaData(f"Segment{number}_Name", name)
        if not old:
            image.SetMetaData(f"Segment{number}_Layer", str(number))
            image.SetMetaData(f"Segment{number}_LabelValue", "1")


@pytest.mark.parametrize("old", [False, True], ids=["layers", "before 4.11"])
def test_segments_of_slicer_in_layers(scanned: Workspace, images: Phantom, masks: Path, old: bool) -> None:
    image = _layered(images)
    _slicer_keys(image, old=old)
    sitk.WriteImage(image, str(masks / f"{images.patient_id}.seg.nrrd"))
    _assert_true(_made(scanned, masks), images)


def test_groups_of_mitk_in_layers(scanned: Workspace, images: Phantom, masks: Path) -> None:
    image = _layered(images)
    groups = [{"labels": [{"name": name, "value": 1}]} for name in NAMES.values()]
    image.SetMetaData("modality", "org.mitk.multilabel.segmentation")
    image.SetMetaData("org.mitk.multilabel.segmentation.labelgroups", json.dumps(groups))
    sitk.WriteImage(image, str(masks / f"{images.patient_id}.nrrd"))
    _assert_true(_made(scanned, masks), images)


def _one_image_for_both(image: sitk.Image, masks: Path) -> list[dict[str, object]]:
    sitk.WriteImage(image, str(masks / "group.nrrd"))
    return [{"_file": "./group.nrrd", "labels": [{"name": name, "value": value} for value, name in NAMES.items()]}]


def _an_image_for_each(image: sitk.Image, masks: Path) -> list[dict[str, object]]:
    labels = []
    for value, name in NAMES.items():
        sitk.WriteImage(sitk.Cast(image == value, sitk.sitkUInt8), str(masks / f"label_{value}.nii.gz"))
        labels.append({"name": name, "value": value, "_file": f"label_{value}.nii.gz", "_file_value": 1})
    return [{"labels": labels}]


@pytest.mark.parametrize("write", [_one_image_for_both, _an_image_for_each])
def test_label_stack_of_mitk(
    scanned: Workspace,
    images: Phantom,
    masks: Path,
    write: Callable[[sitk.Image, Path], list[dict[str, object]]],
) -> None:
    content = {
        "version": 3,
        "type": "org.mitk.multilabel.segmentation.stack",
        "groups": write(images.image(), masks),
    }
    (masks / f"{images.patient_id}.mitklabel.json").write_text(json.dumps(content))
    _assert_true(_made(scanned, masks), images)
