"""What the sample cohort calls clean, an independent validator calls clean."""

import json

import pytest

from eucaim_nb.practice.sample import write_cohort
from tests.dicom3tools import errors


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return write_cohort(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def key(cohort):
    return json.loads(cohort.answer_key.read_text(encoding="utf-8"))


def clean_images(cohort, key):
    """Images of every series that no planted problem names as a file."""
    broken = {entry["path"] for entry in key["problems"]}
    for series in key["series"]:
        folder = cohort.folder / series["folder"]
        names = [f"{series['folder']}/{path.name}" for path in sorted(folder.iterdir())]
        yield [cohort.folder / name for name in names if name not in broken]


def test_clean_images_of_every_series_conform(cohort, key):
    series = list(clean_images(cohort, key))
    assert len(series) == key["counts"]["series"]
    for images in series:
        for image in {images[0], images[-1]}:
            assert errors("dciodvfy", image) == [], image


def test_only_the_planted_faults_contradict_across_files(cohort, key):
    images = [image for series in clean_images(cohort, key) for image in series]
    found = errors("dcentvfy", *images)
    assert found
    assert all("Element=<PatientAge> IE=<Study>" in line for line in found)
