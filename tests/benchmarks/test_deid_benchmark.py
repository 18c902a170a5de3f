"""The de-identification benchmark: a scorer that could not fail would make every tool look good."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from benchmarks.deid.generate import Corpus, generate
from benchmarks.deid.outputs import fold, runs
from benchmarks.deid.peers import delete_everything, nothing
from benchmarks.deid.people import CORPORA, HELD_OUT, LANGUAGES, SECOND
from benchmarks.deid.score import Score, read_key, score


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return generate(tmp_path_factory.mktemp("deid") / "corpus", patients=2)


@pytest.fixture
def copied(corpus: Corpus, tmp_path: Path) -> Path:
    """Outputs of a tool that changed nothing."""
    nothing(corpus.folder, tmp_path / "out")
    return tmp_path / "out"


def scored(corpus: Corpus, out: Path) -> Score:
    return score(corpus.key, corpus.folder, out)


def failed(result: Score, action: str) -> list[dict]:
    return [row for row in result.failures if row["action"] == action]


def files(folder: Path, kind: str, study: int = 0) -> list[Path]:
    """Files of one kind of object and visit, of the patient whose folder comes first."""
    first = min(path for path in folder.iterdir() if path.is_dir())
    return sorted(sorted(path for path in first.iterdir() if path.name.endswith(f" {kind}"))[study].iterdir())


def change(path: Path, how: Callable[[Dataset], object]) -> None:
    ds = pydicom.dcmread(path)
    how(ds)
    ds.save_as(path, enforce_file_format=True)


def test_same_arguments_give_the_same_bytes(corpus: Corpus, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", patients=2)
    before = {
        path.relative_to(corpus.folder): path.read_bytes()
        for path in corpus.folder.rglob("*")
        if path.is_file()
    }
    after = {
        path.relative_to(again.folder): path.read_bytes()
        for path in again.folder.rglob("*")
        if path.is_file()
    }
    assert before == after
    assert corpus.key.read_bytes() == again.key.read_bytes()


def test_another_seed_gives_other_people(corpus: Corpus, tmp_path: Path) -> None:
    other = generate(tmp_path / "other", patients=2, seed=7)
    assert {row["patient"] for row in read_key(corpus.key)}.isdisjoint(
        row["patient"] for row in read_key(other.key)
    )


def test_key_is_not_below_the_folder_that_tools_read(corpus: Corpus) -> None:
    assert corpus.folder not in corpus.key.parents
    assert not [path for path in corpus.folder.rglob("*") if path.suffix == ".jsonl"]


def test_default_size_asks_more_than_ten_thousand_things(corpus: Corpus) -> None:
    assert corpus.checks / 2 * 8 > 10_000


def test_held_out_languages_are_not_among_those_rules_are_tuned_on() -> None:
    assert {*HELD_OUT, *SECOND}.isdisjoint(LANGUAGES)
    assert set(HELD_OUT).isdisjoint(SECOND)


@pytest.mark.parametrize("languages", [languages for languages, _, _ in CORPORA.values()], ids=list(CORPORA))
def test_no_check_asks_to_keep_what_another_asks_to_remove(
    languages: tuple[str, ...], tmp_path: Path
) -> None:
    rows = read_key(generate(tmp_path / "all", patients=len(languages), languages=languages).key)
    kept: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["action"] == "text_retained":
            kept.setdefault((row["path"], row["tag"]), []).append(row["text"])
    for row in rows:
        if row["action"] == "text_removed":
            for text in kept.get((row["path"], row["tag"]), []):
                parts = runs(row["text"]) if row["how"] == "words" else [fold(row["text"])]
                assert not any(part in fold(text) for part in parts), (row["text"], text)


def test_doing_nothing_keeps_everything_and_hides_nothing(corpus: Corpus, copied: Path) -> None:
    result = scored(corpus, copied)
    assert result.percent("privacy") == 0
    assert result.percent("pixels hidden") == 0
    assert [result.percent(name) for name in ("utility", "linkage", "pixels retained")] == [100, 100, 100]
    # One file claims to be de-identified already, and one denies the text in its pixels: nothing else is stamped.
    assert result.percent("stamps") < 5


def test_deleting_everything_hides_everything_and_keeps_nothing(corpus: Corpus, tmp_path: Path) -> None:
    delete_everything(corpus.folder, tmp_path / "out")
    result = scored(corpus, tmp_path / "out")
    assert result.percent("privacy") == result.percent("pixels hidden") == 100
    assert [result.percent(name) for name in ("utility", "linkage", "stamps", "pixels retained")] == [
        0,
        0,
        0,
        0,
    ]
    assert result.missing == result.files


def test_output_that_cannot_be_read_is_not_taken_for_a_clean_one(corpus: Corpus, tmp_path: Path) -> None:
    source = files(corpus.folder, "mr")[0]
    out = tmp_path / "out" / source.relative_to(corpus.folder)
    out.parent.mkdir(parents=True)
    out.write_bytes(bytes(128) + b"DICM" + source.read_bytes()[200:])
    result = scored(corpus, tmp_path / "out")
    assert failed(result, "text_removed")
    assert result.unreadable == 1


def bare(source: Path, out: Path) -> Dataset:
    """All that a thorough tool leaves of a file: what it is, and nothing else."""
    old = pydicom.dcmread(source)
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID, ds.InstanceNumber = old.SOPClassUID, "2.25.1", old.InstanceNumber
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    out.mkdir(parents=True, exist_ok=True)
    return ds


def test_bare_file_passes_every_check_of_privacy(corpus: Corpus, tmp_path: Path) -> None:
    ds = bare(files(corpus.folder, "mr")[0], tmp_path / "out")
    pydicom.dcmwrite(tmp_path / "out" / "1.dcm", ds, enforce_file_format=True)
    result = scored(corpus, tmp_path / "out")
    assert result.missing == result.files - 1
    assert result.percent("privacy") == 100


@pytest.mark.parametrize(
    ("plant", "action"),
    [
        (
            lambda ds, old: setattr(ds, "SeriesDescription", f"T2 {old.OtherPatientNames[0].family_name}"),
            "text_removed",
        ),
        (
            lambda ds, old: ds.private_block(0x51, "OTHER", create=True).add_new(
                1, "UN", f"{old.PatientID} ".encode()
            ),
            "text_removed",
        ),
        (
            lambda ds, old: setattr(ds, "DerivationDescription", f"for {old.PatientName.family_name}"),
            "bytes_removed",
        ),
        (
            lambda ds, old: setattr(ds, "DerivationDescription", f"study {old.StudyInstanceUID}"),
            "bytes_removed",
        ),
        (lambda ds, old: setattr(ds, "SeriesDate", old.SeriesDate), "date_shifted"),
        (lambda ds, old: setattr(ds, "FrameOfReferenceUID", old.FrameOfReferenceUID), "uid_changed"),
    ],
    ids=[
        "descriptor",
        "private block of another maker",
        "an attribute nobody asked about",
        "ID in a UID",
        "date",
        "UID",
    ],
)
def test_one_identifier_left_in_a_bare_file_is_found(
    corpus: Corpus, tmp_path: Path, plant: Callable[[Dataset, Dataset], object], action: str
) -> None:
    source = files(corpus.folder, "mr")[0]
    ds = bare(source, tmp_path / "out")
    plant(ds, pydicom.dcmread(source))
    pydicom.dcmwrite(tmp_path / "out" / "1.dcm", ds, enforce_file_format=True)
    found = failed(scored(corpus, tmp_path / "out"), action)
    assert {row["path"] for row in found} == {source.relative_to(corpus.folder).as_posix()}


def test_one_patient_id_for_everybody_is_no_linkage(corpus: Corpus, copied: Path) -> None:
    for path in copied.rglob("IM*"):
        change(path, lambda ds: setattr(ds, "PatientID", "SAME"))
    result = scored(corpus, copied)
    assert failed(result, "patid_distinct")
    assert len(failed(result, "patid_consistent")) == sum(
        row["action"] == "patid_consistent" for row in read_key(corpus.key)
    )


def test_reference_that_still_points_to_the_old_uid_is_found(corpus: Corpus, copied: Path) -> None:
    def renumber(ds: Dataset) -> None:
        for element in ds.iterall():
            if element.keyword in {"SOPInstanceUID", "ReferencedSOPInstanceUID"}:
                element.value = f"2.25.{int(''.join(filter(str.isdigit, element.value))) % 10**30}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID

    for path in copied.rglob("IM*"):
        change(path, renumber)
    assert not failed(scored(corpus, copied), "uid_consistent")
    target = files(copied, "rtstruct")[0]
    original = pydicom.dcmread(files(corpus.folder, "rtstruct")[0])

    def restore(ds: Dataset) -> None:
        image = ds.ROIContourSequence[0].ContourSequence[0].ContourImageSequence[0]
        source = original.ROIContourSequence[0].ContourSequence[0].ContourImageSequence[0]
        image.ReferencedSOPInstanceUID = source.ReferencedSOPInstanceUID

    change(target, restore)
    assert len(failed(scored(corpus, copied), "uid_consistent")) == 1


def test_mapping_of_the_tool_is_held_against_its_files(corpus: Corpus, copied: Path) -> None:
    path = files(copied, "mr")[0]
    uid = str(pydicom.dcmread(path).SOPInstanceUID)
    with (copied / "uid_mapping.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([["id_old", "id_new"], [uid, "2.25.99"]])
    assert {row["value"] for row in failed(scored(corpus, copied), "uid_consistent")} == {uid}


def test_files_with_new_names_and_uids_are_still_recognised(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for number, path in enumerate(sorted(corpus.folder.rglob("IM*"))):
        ds = pydicom.dcmread(path)
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"2.25.{number + 1}"
        ds.save_as(out / f"{number}.dcm", enforce_file_format=True)
    result = scored(corpus, out)
    assert result.missing == 0
    assert not failed(result, "filename_clean")


@pytest.mark.parametrize(
    ("kind", "action", "how"),
    [
        ("enhanced", "derived_readable", lambda ds: ds.PerFrameFunctionalGroupsSequence.pop()),
        ("rtstruct", "derived_readable", lambda ds: ds.StructureSetROISequence.clear()),
        ("measure", "derived_readable", lambda ds: setattr(ds, "ContentSequence", [])),
        ("ecg", "derived_readable", lambda ds: setattr(ds.WaveformSequence[0], "WaveformData", b"\0\0")),
        ("mr", "safe_private_retained", lambda ds: ds.pop(0x00190010)),
        ("mr", "text_retained", lambda ds: ds.pop("EchoTime")),
        ("mr", "text_retained", lambda ds: setattr(ds, "SeriesDescription", "T2 TSE")),
        ("mr", "text_notnull", lambda ds: setattr(ds, "AcquisitionDate", "")),
        ("mr", "tag_retained", lambda ds: ds.pop("AccessionNumber")),
        ("pet", "interval_preserved", lambda ds: setattr(ds, "AcquisitionDate", "20010102")),
        ("mr", "class_uid_kept", lambda ds: setattr(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")),
    ],
)
def test_damage_to_one_object_is_found(
    corpus: Corpus, copied: Path, kind: str, action: str, how: Callable[[Dataset], object]
) -> None:
    change(files(copied, kind)[0], how)
    assert failed(scored(corpus, copied), action)


def test_file_meta_that_names_another_instance_is_found(corpus: Corpus, copied: Path) -> None:
    path = files(copied, "mr")[0]
    uid = str(pydicom.dcmread(path).SOPInstanceUID).encode()
    other = uid[:-1] + (b"1" if uid[-1:] != b"1" else b"2")
    path.write_bytes(path.read_bytes().replace(uid, other, 1))
    assert len(failed(scored(corpus, copied), "meta_matches_sop")) == 1


def test_one_changed_pixel_is_found(corpus: Corpus, copied: Path) -> None:
    def touch(ds: Dataset) -> None:
        ds.PixelData = bytes([ds.PixelData[0] ^ 1]) + ds.PixelData[1:]

    change(files(copied, "mr")[0], touch)
    assert len(failed(scored(corpus, copied), "pixels_retained")) == 1


def black(ds: Dataset, boxes: list[dict], *, frames: slice) -> None:
    pixels = np.frombuffer(ds.PixelData, dtype=np.uint8).reshape(4, ds.Rows, ds.Columns, 3).copy()
    for box in boxes:
        left, top, right, bottom = box["box"]
        pixels[frames, top:bottom, left:right] = 0
    ds.PixelData = pixels.tobytes()


@pytest.mark.parametrize(
    ("frames", "left"), [(slice(None), 0), (slice(0, 3), 3)], ids=["all frames", "not the last"]
)
def test_text_counts_as_hidden_only_when_it_is_black_on_every_frame(
    corpus: Corpus, copied: Path, frames: slice, left: int
) -> None:
    path = files(copied, "us", study=1)[0]
    relative = path.relative_to(copied).as_posix()
    boxes = [
        row["box"]
        for row in read_key(corpus.key)
        if row["action"] == "pixels_hidden" and row["path"] == relative
    ]
    change(path, lambda ds: black(ds, boxes, frames=frames))
    result = scored(corpus, copied)
    assert len([row for row in failed(result, "pixels_hidden") if row["path"] == relative]) == left
    assert relative not in {row["path"] for row in failed(result, "pixels_retained")}


def test_blacking_out_the_whole_image_is_no_way_to_hide_text(corpus: Corpus, copied: Path) -> None:
    path = files(copied, "us")[0]
    change(path, lambda ds: setattr(ds, "PixelData", bytes(len(ds.PixelData))))
    lost = failed(scored(corpus, copied), "pixels_retained")
    assert [row["path"] for row in lost] == [path.relative_to(copied).as_posix()]


def test_name_in_a_jpeg_segment_is_found_and_its_absence_too(corpus: Corpus, copied: Path) -> None:
    path = files(copied, "photo")[0]
    before = len(failed(scored(corpus, copied), "jpeg_exif_removed"))
    change(
        path,
        lambda ds: setattr(
            ds, "PixelData", ds.PixelData.replace(str(ds.PatientID).encode(), b"0" * len(ds.PatientID))
        ),
    )
    assert len(failed(scored(corpus, copied), "jpeg_exif_removed")) == before - 1


def test_every_copy_of_an_instance_must_be_clean(corpus: Corpus, copied: Path) -> None:
    """A second, untouched output of the same instance reveals what the first hides."""
    path = files(copied, "ecg")[0]
    shutil.copy(path, path.with_name("second.dcm"))
    change(path, lambda ds: [ds.pop(element.tag) for element in list(ds) if element.VR == "PN"])
    names = [
        row
        for row in failed(scored(corpus, copied), "text_removed")
        if row["category"] == "direct identifier"
    ]
    assert [row for row in names if row["path"] == path.relative_to(copied).as_posix()]
