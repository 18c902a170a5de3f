"""Write the corpus: a folder as a hospital exports it, and beside it the key with what was planted.

    python -m benchmarks.deid.generate --dir /tmp/deid --patients 8
    python -m benchmarks.deid.generate --dir /tmp/deid_held_out --corpus held_out

`<dir>/input` is what a tool may read. `<dir>/key.jsonl` must never lie below it. The same arguments give the same
bytes; segmentations need highdicom (`pip install eucaim-nb[seg]`) and are left out without it.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from pydicom import config, dcmwrite
from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from benchmarks.deid import documents, images
from benchmarks.deid.header import Made, Study
from benchmarks.deid.key import Row, Sheet
from benchmarks.deid.people import CORPORA, LANGUAGES, SEED, Person, person, plain, words

TABLE = "imaging_studies_episodes.csv"
_LONGITUDINAL = ["REMOVED", "MODIFIED", "UNMODIFIED"]
_DATES = {
    "00080020": "StudyDate",
    "00080021": "SeriesDate",
    "00080022": "AcquisitionDate",
    "00080023": "ContentDate",
}


@dataclass(frozen=True)
class Corpus:
    """What was written.

    `folder` is what a tool reads; `key` holds one check a line; `files` counts DICOM files, DICOMDIR included.
    """

    folder: Path
    key: Path
    files: int
    checks: int
    left_out: tuple[str, ...]


def generate(
    folder: str | Path, *, patients: int = 8, seed: int = SEED, languages: tuple[str, ...] = LANGUAGES
) -> Corpus:
    """Write the corpus and its key.

    Parameters
    ----------
    folder : str or pathlib.Path
        Empty or absent.
    patients : int, default 8
        Every patient has two studies with 27 objects in all (25 without highdicom).
    seed : int
        Decides names, numbers, dates and noise.
    languages : tuple of str
        Blocks of people.toml that take turns.

    Raises
    ------
    FileExistsError
        The folder holds something already.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Choose a new folder for the corpus.")
    top = folder / "input"
    top.mkdir(parents=True)
    people = [person(seed, index, languages) for index in range(patients)]
    rows: list[Row] = []
    count = 0
    for who in people:
        studies = [Study(who, 1, who.first_study), Study(who, 2, _follow_up(who))]
        firsts: list[dict[str, Dataset]] = []
        for study in studies:
            by_kind: dict[str, Dataset] = {}
            for number, made in enumerate(_objects(study, 1000 * who.index + 100 * study.number), start=1):
                by_kind.setdefault(made.kind, made.ds)
                path = _path(study, made, number)
                rows += _checks(made, study, path)
                _write(made, study, top / path)
                count += 1
            firsts.append(by_kind)
        rows += _between(who, studies, firsts)
    first = sorted((top).rglob("IM*"))[0]
    copy = first.with_name("IM copy of first.dcm")
    copy.write_bytes(first.read_bytes())
    rows += _across(people) + _directory(top, people) + _table(top, people)
    key = folder / "key.jsonl"
    with key.open("w", encoding="utf-8", newline="\n") as lines:
        for row in rows:
            lines.write(json.dumps(row.line(), ensure_ascii=False) + "\n")
    left_out = () if documents.has_segmentation() else ("segmentation (highdicom is not installed)",)
    return Corpus(top, key, count + 2, len(rows), left_out)


def _follow_up(who: Person) -> date:
    later = who.first_study + timedelta(days=who.chance("follow-up").randint(35, 320))
    return later + timedelta(days=1) if later.day == 1 else later


def _objects(study: Study, base: int) -> Iterator[Made]:
    number = iter(range(base, base + 100))

    def at() -> tuple[int, int]:
        total = next(number)
        return total - base + 1, total

    stack = [images.ct(study, 1, at()[1], position) for position in range(4 if study.number == 1 else 2)]
    yield from stack
    slices = [made.ds for made in stack]
    mr = images.mr(study, *at())
    yield mr
    yield images.ultrasound(study, *at())
    yield images.pet(study, *at())
    yield documents.text_report(study, *at())
    if study.number == 2:
        return
    yield images.enhanced_mr(study, *at(), mr.ds)
    yield images.radiograph(study, *at())
    yield images.mammogram(study, *at())
    yield images.capture(study, *at())
    yield images.photograph(study, *at())
    yield images.lossless(study, *at())
    yield documents.structure_set(study, *at(), slices)
    yield documents.presentation(study, *at(), slices[0])
    yield documents.registration(study, *at(), slices[0])
    yield documents.measurements(study, *at(), slices[1])
    yield documents.letter(study, *at())
    yield documents.electrocardiogram(study, *at())
    if documents.has_segmentation():
        yield documents.segmentation(study, *at(), slices)


def _path(study: Study, made: Made, number: int) -> str:
    who = study.person
    folder = f"{plain(who.latin[0]).upper()}_{plain(who.latin[1])}_{who.id}"
    if who.index % 2:
        folder = f"{who.family} {who.given}"
    suffix = "" if number % 4 == 3 else ".dcm"
    return f"{folder}/{study.on:%Y-%m-%d} {made.kind}/IM{number:04}{suffix}"


def _checks(made: Made, study: Study, path: str) -> list[Row]:
    """The rows of one file, with those that every file has."""
    sheet, who, ds = made.sheet, study.person, made.ds
    sheet.add("stamp", "Patient Identity Removed", "top", tag="00120062", value=["YES"])
    sheet.add("stamp", "method code 113100", "top", tag="00120064", value=["113100"])
    sheet.add("stamp", "longitudinal information", "top", tag="00280303", value=_LONGITUDINAL)
    sheet.add("meta_matches_sop", "file meta", "meta")
    sheet.add("class_uid_kept", "class UID", "meta", tag="00020002", value=str(ds.SOPClassUID))
    sheet.add("text_removed", "source AE title", "meta", tag="00020016", text=_ae(who), how="words")
    values = {"name": words(who.family)[0], "patient ID": who.id_text, "accession number": study.accession}
    for category, value in values.items():
        sheet.add(
            "bytes_removed", f"{category} anywhere in the file", "bytes", value=value, difficulty="medium"
        )
    names = " ".join((*who.name_words, who.id_text))
    sheet.add("filename_clean", "name or ID in the file name", "filename", text=names, how="words")
    sheet.add(
        "filename_clean", "date in the file name", "filename", text=f"{study.on:%Y-%m-%d}", how="phrase"
    )
    return sheet.close(ds, path)


def _ae(who: Person) -> str:
    return f"{who.ascii_id.split()[0][:8].split('-')[0]}{who.id_text[:4]}"


def _write(made: Made, study: Study, path: Path) -> None:
    ds = made.ds
    path.parent.mkdir(parents=True, exist_ok=True)
    encodings = convert_encodings(ds.SpecificCharacterSet)
    for tag in made.as_unknown:
        if tag not in ds:
            continue
        stream = DicomBytesIO()
        stream.is_implicit_VR, stream.is_little_endian = True, True
        write_sequence(stream, ds[tag], encodings)
        ds[tag] = _unknown(tag, stream.getvalue())
    if made.syntax == ExplicitVRBigEndian:
        ds.PixelData = np.frombuffer(ds.PixelData, dtype="<u2").astype(">u2").tobytes()
    _save(ds, path, made.syntax, made.preamble, ae=_ae(study.person))


def _unknown(tag: int, value: bytes) -> DataElement:
    """An element of VR UN, though pydicom knows better."""
    config.replace_un_with_known_vr = False
    try:
        return DataElement(tag, "UN", value)
    finally:
        config.replace_un_with_known_vr = True


def _save(ds: Dataset, path: Path, syntax: str, preamble: bytes, *, ae: str) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", MediaStorageDirectoryStorage)
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "1.2.826.0.1.3680043.10.1457.9.1")
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = "1.2.826.0.1.3680043.10.1457.1"
    meta.ImplementationVersionName = "BENCH_1"
    if ae:
        meta.SourceApplicationEntityTitle = ae
    ds.file_meta, ds.preamble = meta, preamble  # type: ignore[attr-defined]
    dcmwrite(path, ds, enforce_file_format=True)


def _between(who: Person, studies: list[Study], firsts: list[dict[str, Dataset]]) -> list[Row]:
    """The distance in days between a patient's studies, for every kind of object that both have."""
    days = (studies[1].on - studies[0].on).days
    rows = []
    for kind in sorted(set(firsts[0]) & set(firsts[1])):
        one, two = firsts[0][kind], firsts[1][kind]
        for tag, keyword in _DATES.items():
            value = {"other": two.SOPInstanceUID, "from": tag, "to": tag, "days": days}
            assert keyword in one
            row = Row("interval_preserved", "days between studies", "top", value=value, person=who.index)
            row.sop, row.patient, row.tag = one.SOPInstanceUID, who.id, tag
            rows.append(row)
    return rows


def _across(people: list[Person]) -> list[Row]:
    return [
        Row("patid_distinct", "patient ID", "top", value=[one.id, two.id], patient=one.id, person=one.index)
        for number, one in enumerate(people)
        for two in people[number + 1 :]
    ]


def _directory(top: Path, people: list[Person]) -> list[Row]:
    names = [(f"{who.latin[0]}^{who.latin[1]}", who.id) for who in people]
    _save(documents.media_directory(names), top / "DICOMDIR", ExplicitVRLittleEndian, b"\0" * 128, ae="")
    rows = []
    for who in people:
        for value in (plain(words(who.latin[0])[0]), who.id_text):
            sheet = Sheet(who)
            sheet.add("bytes_removed", "DICOMDIR", "dicomdir", value=value, difficulty="medium")
            rows += sheet.close(Dataset(), "DICOMDIR")
    return rows


def _table(top: Path, people: list[Person]) -> list[Row]:
    """The table of episodes that EUCAIM asks for beside the images."""
    columns = ("PatientID", "StudyUID", "StudyDate", "StudyDescription", "Episode", "Timepoint")
    rows = []
    with (top / TABLE).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns)
        for who in people:
            study = Study(who, 1, who.first_study)
            writer.writerow([who.id, study.uid, f"{study.on:%Y%m%d}", who["study"], "Diagnosis", "1"])
            for action, value in (("csv_link_kept", who.id), ("bytes_removed", who.id_text)):
                row = Row(action, "table of episodes", "csv", value=value, patient=who.id, person=who.index)
                row.path = TABLE
                rows.append(row)
    return rows


def main() -> None:
    """Write a corpus and say what is in it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--patients", type=int, help="another number than the corpus has")
    parser.add_argument(
        "--corpus", choices=CORPORA, default="tuned", help="rules may be tuned on the first one only"
    )
    parser.add_argument("--seed", type=int, help="another seed than the corpus has")
    arguments = parser.parse_args()
    languages, seed, patients = CORPORA[arguments.corpus]
    corpus = generate(
        arguments.dir,
        patients=arguments.patients or patients,
        seed=arguments.seed or seed,
        languages=languages,
    )
    print(f"{corpus.files} files, {corpus.checks} checks in {corpus.key}")
    for reason in corpus.left_out:
        print(f"left out: {reason}")


if __name__ == "__main__":
    main()
