"""Everything that the answer key calls planted is really there."""

import gzip
import json
import zipfile
from functools import cache

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from pydicom.fileset import FileSet

from eucaim_nb.practice.sample import write_cohort


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def key(cohort):
    return json.loads(cohort.answer_key.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def problem(cohort, key):
    """Function: the first planted problem of a kind, with its full path as `file`."""

    def find(kind):
        entry = next(entry for entry in key["problems"] if entry["kind"] == kind)
        return entry | {"file": cohort.folder / entry["path"]}

    return find


def images(folder):
    return [dcmread(path) for path in sorted(folder.iterdir())]


def test_every_planted_path_exists_and_every_kind_is_explained(cohort, key):
    for entry in key["problems"]:
        assert (cohort.folder / entry["path"]).exists(), entry
        assert entry["meaning"]
        assert entry["verdict"]
    assert len({entry["kind"] for entry in key["problems"]}) == 21


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("empty file", b""),
        ("text named dcm", b"Die"),
        ("web page named dcm", b"<!DOCTYPE html>"),
        ("report as PDF", b"%PDF-1.4"),
        ("operating system litter", b"\0\0\0\x01Bud1"),
    ],
)
def test_files_that_are_no_images(problem, kind, start):
    data = problem(kind)["file"].read_bytes()
    assert data.startswith(start)
    assert bool(data) == bool(start)
    with pytest.raises((InvalidDicomError, EOFError)):
        dcmread(problem(kind)["file"])


def test_truncated_header_and_false_transfer_syntax_hide_the_study(problem):
    for kind in ("header truncated", "false transfer syntax"):
        assert "StudyInstanceUID" not in dcmread(problem(kind)["file"])
    assert (
        dcmread(problem("false transfer syntax")["file"]).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.2"
    )


def test_truncated_pixels_are_shorter_than_the_header_says(problem):
    ds = dcmread(problem("pixel data truncated")["file"])
    assert len(ds.PixelData) < ds.Rows * ds.Columns * 2


def test_bare_dataset_reads_only_with_force(problem):
    path = problem("no preamble")["file"]
    with pytest.raises(InvalidDicomError):
        dcmread(path)
    ds = dcmread(path, force=True)
    assert ds.Modality == "MR"
    assert ds.SOPInstanceUID.startswith("2.25.")


def test_duplicate_is_identical_and_conflict_is_not(cohort, problem):
    copy, conflict = problem("exact duplicate"), problem("same uid other content")
    assert copy["file"].read_bytes() == (cohort.folder / copy["of"]).read_bytes()
    one, other = dcmread(conflict["file"]), dcmread(cohort.folder / conflict["of"])
    assert one.SOPInstanceUID == other.SOPInstanceUID
    assert not np.array_equal(one.pixel_array, other.pixel_array)


def test_missing_slice_leaves_a_gap_in_the_middle(problem):
    entry = problem("missing slice")
    numbers = [ds.InstanceNumber for ds in images(entry["file"])]
    assert set(range(min(numbers), max(numbers) + 1)) - set(numbers) == {entry["instance_number"]}
    assert 1 < entry["instance_number"] < max(numbers)


def test_localiser_crosses_the_stack(problem):
    path = problem("localiser in series")["file"]
    ds, neighbour = dcmread(path), dcmread(next(path.parent.glob("*0001*")))
    assert ds.SeriesInstanceUID == neighbour.SeriesInstanceUID
    assert ds.ImageOrientationPatient != neighbour.ImageOrientationPatient


def test_age_differs_within_one_study(problem):
    folder = problem("age differs")["file"]
    neighbour = dcmread(folder.parent / "SE001/IM0002.dcm")
    (age,) = {ds.PatientAge for ds in images(folder)}
    assert age == problem("age differs")["value"] != neighbour.PatientAge
    assert neighbour.StudyInstanceUID == images(folder)[0].StudyInstanceUID


@pytest.mark.parametrize("kind", ["patient id in lower case", "patient id with blank"])
def test_spelling_of_patient_id_varies(problem, kind):
    entry = problem(kind)
    assert {ds.PatientID for ds in images(entry["file"])} == {entry["value"]}
    assert entry["value"].upper().replace(" ", "") == entry["right"]


def test_hostile_text_is_in_the_header(cohort, key):
    texts = [entry for entry in key["problems"] if entry["kind"] == "hostile text"]
    for entry in texts:
        assert {ds.SeriesDescription for ds in images(cohort.folder / entry["path"])} == {entry["value"]}
    assert {"<script", "<img sr"} == {entry["value"][:7] for entry in texts}


def test_directory_lists_the_images_beside_it(problem):
    media = FileSet(problem("directory of a CD")["file"])
    assert len(media) == 3
    assert {instance.load().Modality for instance in media} == {"CT"}


def test_archive_holds_instances_that_are_nowhere_else(cohort, problem):
    entry = problem("archive inside")
    with zipfile.ZipFile(entry["file"]) as archive:
        uids = {dcmread(archive.open(name)).SOPInstanceUID for name in archive.namelist()}
    assert len(uids) == entry["instances"] == 2
    outside = b"".join(path.read_bytes() for path in entry["file"].parent.rglob("IM*"))
    assert not any(uid.encode() in outside for uid in uids)


def test_names_test_the_file_system(problem):
    assert not problem("non-ASCII name")["path"].isascii()
    assert all(mark in problem("odd file name")["file"].name for mark in " '#%ü")


def at(ds, place):
    """Element at a place written as (gggg,eeee)[n].(gggg,eeee)."""
    for step in place.split("."):
        tag, _, item = step.partition("[")
        element = ds[int(tag[1:5] + tag[6:10], 16)]
        ds = element.value[int(item[:-1])] if item else ds
    return element


@cache
def image_in(folder):
    """The first file of a folder that is large enough to be an image."""
    names = [path for path in sorted(folder.iterdir()) if path.stat().st_size > 20_000]
    return dcmread(names[0], force=True)


def text_of(element):
    value = element.value
    return value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)


def test_every_identifier_stands_where_the_key_says(cohort, key):
    table = (cohort.folder / key["clinical"]["path"]).read_text(encoding="utf-8-sig")
    for person in key["patients"]:
        for identifier in person["identifiers"]:
            assert identifier["where"], identifier
            for where in identifier["where"]:
                folder, _, place = where.partition(" ")
                if where.startswith("clinical/"):
                    assert identifier["value"] in table
                elif where.startswith("masks/"):
                    assert gzip.decompress((cohort.folder / where).read_bytes())[344:348] == b"n+1\0"
                else:
                    assert identifier["value"] in text_of(at(image_in(cohort.folder / folder), place)), where


def test_identities_hide_in_private_nested_and_free_text_places(key):
    places = {
        (identifier["kind"], where.partition(" ")[2])
        for person in key["patients"]
        for identifier in person["identifiers"]
        for where in identifier["where"]
    }
    assert ("name", "(2005,110F)[0].(0010,0010)") in places
    assert ("name", "(0029,1060)") in places
    assert ("phone", "(0040,0275)[0].(0040,1002)") in places
    assert ("national id", "(0010,1002)[0].(0010,0020)") in places
    assert ("uid with date and patient id", "(0008,1110)[0].(0008,1155)") in places
    assert any(kind == "e-mail" for kind, _ in places)


def test_burned_in_text_is_white_inside_its_box_even_where_the_header_denies_it(cohort, key):
    burned = [entry for person in key["patients"] for entry in person["burned_in"]]
    assert {entry["declared"] for entry in burned} == {"YES", "NO"}
    for entry in burned:
        pixels = dcmread(cohort.folder / entry["path"]).pixel_array
        frame = pixels[0] if pixels.ndim == 4 else pixels
        grey = frame[..., 0] if frame.ndim == 3 else frame
        for line in entry["lines"]:
            x, y, width, height = line["box"]
            ink = (grey[y : y + height, x : x + width] > 250).mean()
            assert 0.15 < ink < 0.6
            assert x + width <= grey.shape[1]
