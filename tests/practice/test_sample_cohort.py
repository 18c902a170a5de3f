"""The sample cohort is the same every time, counts what it says, and is clinically coherent."""

import csv
import dataclasses
import gzip
import hashlib
import io
import json
import struct

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from eucaim_nb.practice.sample import _ct, _mr, write_cohort

# Files that are no images make pydicom warn; that is what they are for.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

IDENTITY = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


def read_tolerantly(path):
    """Header of an instance, or None when the file cannot be one."""
    try:
        ds = dcmread(path, stop_before_pixels=True)
    except InvalidDicomError:
        ds = dcmread(path, stop_before_pixels=True, force=True)
    except EOFError:
        return None
    return ds if all(keyword in ds for keyword in IDENTITY) else None


def headers_below(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return files, [ds for ds in map(read_tolerantly, files) if ds is not None]


def digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def key(cohort):
    return json.loads(cohort.answer_key.read_text(encoding="utf-8"))


def test_same_seed_gives_the_same_bytes_and_another_seed_other_patients(cohort, tmp_path):
    write_cohort(tmp_path / "again")
    assert digest(tmp_path / "again") == digest(cohort.folder)
    write_cohort(tmp_path / "other", patients=1, seed=7)
    other = json.loads((tmp_path / "other/answer_key.json").read_text(encoding="utf-8"))
    assert other["series"][0]["series_uid"] not in cohort.answer_key.read_text(encoding="utf-8")


def test_counts_are_those_of_an_independent_reader(cohort, key):
    files, headers = headers_below(cohort.folder)
    counts = key["counts"]
    assert len(files) == cohort.files == counts["files"]
    assert len({ds.SOPInstanceUID for ds in headers}) == cohort.instances == counts["instances"]
    assert len({ds.PatientID for ds in headers}) == cohort.patients == counts["patients"]
    assert len({ds.SeriesInstanceUID for ds in headers}) == len(key["series"]) == counts["series"]


def test_every_series_holds_the_instances_that_the_key_promises(cohort, key):
    _, headers = headers_below(cohort.folder)
    found = {}
    for ds in headers:
        found.setdefault(ds.SeriesInstanceUID, []).append(ds)
    for entry in key["series"]:
        series = found[entry["series_uid"]]
        assert len({ds.SOPInstanceUID for ds in series}) == entry["instances"]
        assert {ds.StudyInstanceUID for ds in series} == {entry["study_uid"]}
        assert {ds.PatientID for ds in series} == {entry["patient_id"]}
        assert {ds.Modality for ds in series} == {entry["modality"]}
        assert {ds.SeriesDescription for ds in series} == {entry["description"]}


def test_cohort_mixes_modalities_vendors_character_sets_and_transfer_syntaxes(cohort):
    _, headers = headers_below(cohort.folder)
    assert {ds.Modality for ds in headers} == {"CT", "MR", "US", "MG", "DX", "OT"}
    assert len({ds.SpecificCharacterSet for ds in headers}) >= 4
    assert len({ds.Manufacturer for ds in headers}) >= 5
    syntaxes = {ds.file_meta.TransferSyntaxUID.name for ds in headers if "TransferSyntaxUID" in ds.file_meta}
    assert {"Implicit VR Little Endian", "Explicit VR Little Endian", "RLE Lossless"} <= syntaxes
    assert {ds.DiffusionBValue for ds in headers if "DiffusionBValue" in ds} == {50.0, 800.0}
    assert any(ds.SOPClassUID.name == "Enhanced MR Image Storage" for ds in headers)


@pytest.mark.parametrize(
    ("patients", "instances"), [(1, 40), (2, 80), (3, 150), (5, 150), (6, 150), (8, 160)]
)
def test_instances_scale_to_about_what_was_asked(tmp_path, patients, instances):
    told = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    small = write_cohort(tmp_path / "sample", patients=patients, instances=instances, progress=progress)
    assert small.instances == pytest.approx(instances, abs=6)
    assert small.patients == patients
    assert told[-1] == (len(told), len(told))
    _, headers = headers_below(small.folder / "dicom")
    assert len({ds.SOPInstanceUID for ds in headers}) == small.instances
    assert len({ds.PatientID for ds in headers}) == small.patients


@pytest.mark.parametrize(("patients", "instances"), [(4, 400), (8, 1500)])
def test_long_series_leave_room_for_what_is_planted(tmp_path, monkeypatch, patients, instances):
    geometry = _ct.geometry
    small = lambda person, count: dataclasses.replace(geometry(person, count), size=8)  # noqa: E731
    monkeypatch.setattr(_ct, "geometry", small)
    monkeypatch.setattr(_ct, "ct_slice", lambda cancer, z, size, random: np.zeros((size, size)))
    monkeypatch.setattr(_mr, "mr_slice", lambda cancer, z, size, random, b=None: np.zeros((size, size)))
    long = write_cohort(tmp_path, patients=patients, instances=instances)
    assert long.instances == pytest.approx(instances, abs=6)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == long.files


def test_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="not empty"):
        write_cohort(tmp_path)
    with pytest.raises(ValueError, match="at least one"):
        write_cohort(tmp_path / "new", patients=0)


def test_masks_lie_on_their_ct(cohort, key):
    """Every CT plane, taken from LPS to RAS and through the affine, is a plane of the mask."""
    labels = json.loads((cohort.folder / "masks/labels.json").read_text(encoding="utf-8"))
    lesion = next(int(number) for number, label in labels.items() if label["name"] == "lesion")
    for person in key["patients"]:
        path = cohort.folder / f"masks/{person['patient_id']}_{person['cancer']}.nii.gz"
        data = gzip.decompress(path.read_bytes())
        columns, rows, planes = struct.unpack_from("<3h", data, 42)
        affine = np.array([*struct.iter_unpack("<4f", data[280:328]), (0, 0, 0, 1)])
        voxels = np.frombuffer(data[352:], np.uint8).reshape(planes, rows, columns)
        organ = next(int(number) for number, label in labels.items() if label["name"] == person["cancer"])
        assert set(np.unique(voxels)) == {0, organ, lesion}
        ct = next(
            entry
            for entry in key["series"]
            if entry["modality"] == "CT" and entry["patient_id"] == person["patient_id"]
        )
        seen, inside, around = set(), [], []
        for path in sorted((cohort.folder / ct["folder"]).iterdir()):
            ds = read_tolerantly(path)
            if ds is None or "LOCALIZER" in ds.ImageType or path.name.endswith("_1"):
                continue
            corner = np.linalg.inv(affine) @ (*np.multiply(ds.ImagePositionPatient, (-1, -1, 1)), 1)
            plane = round(corner[2])
            assert corner == pytest.approx([0, 0, plane, 1], abs=1e-3)
            across = affine @ (10, 0, 0, 0)
            assert across[:3] == pytest.approx([-10 * ds.PixelSpacing[1], 0, 0])
            assert (ds.Rows, ds.Columns) == (rows, columns)
            pixels = dcmread(path).pixel_array
            assert pixels.min() < pixels.max()
            inside.append(pixels[voxels[plane] == lesion])
            around.append(pixels[voxels[plane] == organ])
            seen.add(plane)
        assert seen == set(range(planes))
        assert np.concatenate(inside).mean() > np.concatenate(around).mean() + 30


def test_clinical_table_has_the_traps_and_gaps_that_the_key_tells(cohort, key):
    clinical = key["clinical"]
    text = (cohort.folder / clinical["path"]).read_bytes().decode(clinical["encoding"])
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=clinical["separator"]))
    assert len(rows) == clinical["rows"]
    for trap in clinical["traps"]:
        assert rows[trap["row"] - 2][trap["column"]] == trap["value"]
    written = {trap["value"] for trap in clinical["traps"] if trap["column"] == "Patient ID"}
    renamed = {trap["patient_id"] for trap in clinical["traps"] if trap["column"] == "Patient ID"}
    in_table = {row["Patient ID"] for row in rows} - written | renamed
    _, headers = headers_below(cohort.folder / "dicom")
    in_images = {ds.PatientID for ds in headers}
    variants = {problem["value"] for problem in key["problems"] if problem["kind"].startswith("patient id")}
    assert in_table - in_images == set(clinical["only_in_table"])
    assert in_images - in_table - variants == set(clinical["only_in_images"])
    assert any("," in row["Gewicht [kg]"] for row in rows)
    assert any(row["Kommentar"].startswith("=") for row in rows)
