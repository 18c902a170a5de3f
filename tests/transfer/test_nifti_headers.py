"""Headers for NIfTI files come from the right de-identified series and say nothing too much."""

import gzip
import itertools
import json
import struct

import numpy as np
import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.transfer.nifti import Why, find, send, suggest, write_headers
from tests.deid.outputs import PATIENT_ID, ROOT, original, written

SHAPE = (8, 8, 4)
SPACING = (0.75, 1.25, 3.0)
"""Of columns, rows and slices, in mm."""
TURN = np.linalg.qr([[0.9, -0.3, 0.1], [0.35, 0.8, -0.4], [0.05, 0.45, 0.9]])[0]
"""Directions of columns, rows and slices: an oblique stack."""


@pytest.fixture
def workspace(tmp_path):
    return workspaces.create(
        tmp_path / "submission",
        node="practice-health-ri",
        project="PRACTICE",
        practice=str(tmp_path / "ready.json"),
    )


def series(folder, number, origin, description="T1 axial", turn=TURN, vary=()):
    """Write a series of a patient on a grid of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(SHAPE[2]):
        ds = original()
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}.{k}"
        ds.SeriesInstanceUID = f"{ROOT}.{number}"
        ds.SeriesNumber, ds.InstanceNumber, ds.SeriesDescription = str(number), str(k + 1), description
        ds.PixelSpacing = [SPACING[1], SPACING[0]]
        ds.ImageOrientationPatient = [round(float(v), 6) for v in (*turn[:, 0], *turn[:, 1])]
        normal = np.cross(turn[:, 0], turn[:, 1])
        ds.ImagePositionPatient = [round(float(v), 4) for v in np.array(origin) + k * SPACING[2] * normal]
        ds.KVP, ds.ExposureTime = "120", str(100 + k)
        for name, values in vary:
            setattr(ds, name, values[k])
        (folder / f"{number}_{k}.dcm").write_bytes(written(ds))


def nifti(path, origin, *, flips=(), order=(0, 1, 2), turn=TURN, form="sform", spacing=SPACING, volumes=1):
    """Write a NIfTI-1 file on the grid of a series, its axes flipped and in another order, as converters do."""
    axes = turn.copy()
    axes[:, 2] = np.cross(turn[:, 0], turn[:, 1])
    start, steps = np.array(origin, float), axes * spacing
    for axis in flips:
        start = start + (SHAPE[axis] - 1) * steps[:, axis]
        steps[:, axis] = -steps[:, axis]
    steps, shape = steps[:, order], [SHAPE[axis] for axis in order]
    ras = np.diag([-1.0, -1.0, 1.0]) @ np.column_stack([steps, start])
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 4 if volumes > 1 else 3, *shape, volumes, 1, 1, 1)
    lengths = np.linalg.norm(ras[:, :3], axis=0)
    rotation = ras[:, :3] / lengths
    handed = -1.0 if np.linalg.det(rotation) < 0 else 1.0
    struct.pack_into("<4f", head, 76, handed, *lengths)
    head[123] = 2
    if form == "sform":
        struct.pack_into("<h", head, 254, 1)
        for number, line in enumerate(ras):
            struct.pack_into("<4f", head, 280 + 16 * number, *line)
    elif form == "qform":
        rotation[:, 2] *= handed
        struct.pack_into("<h", head, 252, 1)
        struct.pack_into("<6f", head, 256, *_quaternion(rotation), *ras[:, 3])
    head[344:348] = b"n+1\0"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(bytes(head)))
    return path


def _quaternion(rotation):
    a = np.sqrt(max(0.0, 1 + np.trace(rotation))) / 2
    b = (rotation[2, 1] - rotation[1, 2]) / (4 * a)
    c = (rotation[0, 2] - rotation[2, 0]) / (4 * a)
    return b, c, (rotation[1, 0] - rotation[0, 1]) / (4 * a)


@pytest.fixture
def treated(workspace, tmp_path):
    """Two de-identified series on one grid and one on another."""
    series(tmp_path / "originals" / "a", 3, (10, -20, 30))
    series(tmp_path / "originals" / "b", 4, (10, -20, 30), "T2 axial")
    series(tmp_path / "originals" / "c", 5, (12, -20, 30), "T2 fat")
    scan(workspace, [tmp_path / "originals"])
    deidentify(workspace, workers=1)
    return workspace


def number_of(suggestion):
    return suggestion.series.words.split(" · ")[1] if suggestion.series else None


CHANGES = [
    (flips, order) for flips in ((), (0,), (1, 2), (0, 1, 2)) for order in itertools.permutations(range(3))
]


def test_series_is_found_by_geometry_however_the_axes_lie(treated, tmp_path):
    for number, (flips, order) in enumerate(CHANGES):
        nifti(tmp_path / "nifti" / f"{number:02}.nii.gz", (12, -20, 30), flips=flips, order=order)
    found = suggest(treated, tmp_path / "nifti")
    assert [(number_of(one), one.why) for one in found] == [("5", Why.GEOMETRY)] * len(CHANGES)


def test_qform_tells_the_geometry_where_there_is_no_sform(treated, tmp_path):
    nifti(tmp_path / "nifti" / "a.nii.gz", (12, -20, 30), form="qform", flips=(1,))
    nifti(tmp_path / "nifti" / "b.nii.gz", (12, -20, 30), form="qform", volumes=5)
    assert [number_of(one) for one in suggest(treated, tmp_path / "nifti")] == ["5", "5"]


def test_a_shifted_or_scaled_image_is_proposed_for_no_series_even_if_its_name_fits(treated, tmp_path):
    nifti(tmp_path / "nifti" / f"{PATIENT_ID}_T2_fat_5.nii.gz", (13, -20, 30))
    nifti(tmp_path / "nifti" / f"{PATIENT_ID}_T2_fat_5_b.nii.gz", (12, -20, 30), spacing=(0.75, 1.25, 3.2))
    assert [(one.series, one.why) for one in suggest(treated, tmp_path / "nifti")] == [(None, Why.NONE)] * 2


def test_the_name_decides_between_series_of_one_geometry_and_only_then(treated, tmp_path):
    nifti(tmp_path / "nifti" / "x_T2_axial_4.nii.gz", (10, -20, 30))
    nifti(tmp_path / "nifti" / "y.nii.gz", (10, -20, 30))
    named, unnamed = suggest(treated, tmp_path / "nifti")
    assert (number_of(named), named.why) == ("4", Why.BOTH)
    assert (unnamed.series, unnamed.why, len(unnamed.fitting)) == (None, Why.SEVERAL, 2)


def test_without_geometry_the_name_must_tell_patient_and_series(treated, tmp_path):
    pseudonym = suggest(treated, nifti(tmp_path / "n" / "a.nii.gz", (12, -20, 30)).parent)[0].series.patient
    folder = tmp_path / "nifti"
    nifti(folder / f"{pseudonym}_3.nii.gz", (0, 0, 0), form="none")
    nifti(folder / "nobody_3.nii.gz", (0, 0, 0), form="none")
    nifti(folder / PATIENT_ID / "s4.nii.gz", (0, 0, 0), form="none")  # what the hospital calls the patient
    found = {one.image.name: number_of(one) for one in suggest(treated, folder)}
    assert found == {f"{pseudonym}_3.nii.gz": "3", "nobody_3.nii.gz": None, "s4.nii.gz": "4"}


def test_a_file_beside_the_originals_belongs_to_the_series_in_that_folder(treated, tmp_path):
    nifti(tmp_path / "originals" / "b" / "converted.nii.gz", (10, -20, 30))
    scan(treated, [tmp_path / "originals"])
    [found] = suggest(treated, tmp_path / "originals")
    assert (number_of(found), found.why) == ("4", Why.BOTH)


def test_sample_masks_are_matched_to_the_ct_they_were_drawn_on_unless_slices_of_it_are_missing(
    workspace, cohort
):
    scan(workspace, [cohort.folder])
    deidentify(workspace, workers=2)
    found = suggest(workspace, cohort.folder)
    assert sorted(one.why for one in found) == sorted([Why.GEOMETRY, Why.GEOMETRY, Why.NONE])
    patients = dict(workspace.ledger.deidentified.crosswalk("patient"))
    for one in found:
        if one.series is not None:
            assert " · CT · " in one.series.words
            assert one.series.patient == patients[one.image.name.rpartition("_")[0]]


def test_header_holds_what_the_series_has_in_common_and_nothing_of_the_person(treated, tmp_path):
    image = nifti(tmp_path / "nifti" / "DOE_JANE.nii.gz", (12, -20, 30))
    done = write_headers(treated, source=str(tmp_path / "nifti"))
    assert (done.written, done.open, done.problems) == (1, 0, [])
    assert list(image.parent.iterdir()) == [image]
    [pair] = find(treated, tmp_path / "nifti").pairs
    text = pair.header.read_text()
    header = json.loads(text)
    assert {
        "00100020",
        "00080060",
        "00180015",
        "00080070",
        "00080022",
        "0020000D",
        "0020000E",
    } <= header.keys()
    assert header["00180060"]["Value"] == [120]
    assert (
        not {"00181150", "00200032", "00200013", "00080018", "00080016", "7FE00010", "00100010"}
        & header.keys()
    )
    for value in (PATIENT_ID, "García", "Gandia", "Lindqvist", ROOT, "DOE", "SN60098"):
        assert value not in text
    assert "DOE" not in pair.header.name


def test_day_that_differs_between_slices_is_the_first_one(workspace, tmp_path):
    days = ["20240316", "20240315", "20240316", "20240317"]
    series(tmp_path / "originals", 3, (0, 0, 0), vary=[("AcquisitionDate", days)])
    scan(workspace, [tmp_path / "originals"])
    deidentify(workspace, workers=1)
    nifti(tmp_path / "nifti" / "a.nii.gz", (0, 0, 0))
    assert write_headers(workspace, source=str(tmp_path / "nifti")).written == 1
    [pair] = find(workspace, tmp_path / "nifti").pairs
    rows = workspace.ledger.checkable.instances(
        [number for number, root, _ in workspace.ledger.index.sources() if root == b"deidentified"],
        [row.sop_uid for row in workspace.ledger.deidentified.rows()],
    )
    assert json.loads(pair.header.read_text())["00080022"]["Value"] == [
        min(row["AcquisitionDate"] for row in rows.values())
    ]


def test_a_person_decides_where_several_fit_and_the_decision_holds_for_the_very_file(treated, tmp_path):
    image = nifti(tmp_path / "nifti" / "y.nii.gz", (10, -20, 30))
    folder = str(image.parent)
    assert write_headers(treated, source=folder).written == 0
    other = suggest(treated, image.parent)[0].fitting[1]
    assert write_headers(treated, source=folder, chosen={"y.nii.gz": other.series_uid}).written == 1
    [pair] = find(treated, image.parent).pairs
    assert json.loads(pair.header.read_text())["0020000E"]["Value"] == [other.series_uid]
    assert write_headers(treated, source=folder).had_one == 1
    nifti(image, (12, -20, 30))
    assert not find(treated, image.parent).pairs


def test_no_header_is_made_of_a_series_that_is_not_verified(treated, tmp_path):
    nifti(tmp_path / "nifti" / "a.nii.gz", (12, -20, 30))
    chosen = suggest(treated, tmp_path / "nifti")[0].series
    one = next(row for row in treated.ledger.deidentified.rows() if row.series_uid == chosen.series_uid)
    with (treated.deidentified / one.output).open("ab") as file:
        file.write(b"\0\0")
    done = write_headers(treated, source=str(tmp_path / "nifti"))
    assert (done.written, done.open) == (0, 1)
    assert "not verified" in done.problems[0]["message"]


def test_file_with_a_made_header_arrives_in_the_session_of_its_study(treated, tmp_path, nodes):
    nifti(tmp_path / "nifti" / "a.nii.gz", (12, -20, 30))
    write_headers(treated, source=str(tmp_path / "nifti"))
    done = send(treated, source=str(tmp_path / "nifti"), override="invented voxels")
    assert (done.queued, done.verified, done.problems) == (2, 2, [])


def test_sidecar_of_a_converter_is_no_header_and_stays_as_it_is(treated, tmp_path):
    nifti(tmp_path / "nifti" / "a.nii.gz", (12, -20, 30))
    (tmp_path / "nifti" / "a.json").write_text('{"EchoTime": 0.1}')
    assert not find(treated, tmp_path / "nifti").pairs
    assert write_headers(treated, source=str(tmp_path / "nifti")).written == 1
    assert len(find(treated, tmp_path / "nifti").pairs) == 1
    assert (tmp_path / "nifti" / "a.json").read_text() == '{"EchoTime": 0.1}'
