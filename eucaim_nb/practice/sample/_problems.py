"""Problems that the sample cohort holds on purpose, planted into clean files on the first six persons.

One function plants one kind; `problems.csv` says what each kind means and how a scan should judge it.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet
from pydicom.uid import UID

from . import _ct, _strangers
from ._answer_key import Record
from ._export import encode
from ._header import Study
from ._site import Site

PERSONS = 6
_EXPLICIT = "1.2.840.10008.1.2.1"


def persons_among(patients: int) -> int:
    """Return how many persons appear under `patients` Patient IDs, some of them under two spellings."""
    for misspelt in range(len(_MISSPELT), 0, -1):
        if patients - misspelt > list(_MISSPELT)[misspelt - 1]:
            return patients - misspelt
    return patients


def plant(site: Site, persons: int, misspelt: int) -> None:
    """Plant the problems of so many persons: first what changes a series, last what breaks a file."""
    for person, (kind, vary) in list(_MISSPELT.items())[:misspelt]:
        _misspell_id(site, person, kind, vary)
    for person, steps in enumerate(_BY_PERSON[:persons]):
        for step in steps:
            step(site, person)


def _age_differs(site: Site, person: int) -> None:
    record = site.series(person, "MR", 2)
    right = site.export.load(record.paths[0]).PatientAge
    wrong = f"{int(right[:3]) - 1:03d}Y"
    site.change(record, lambda ds: setattr(ds, "PatientAge", wrong))
    site.note("age differs", record.series.folder, value=wrong, right=right)


def _misspell_id(site: Site, person: int, kind: str, vary: Callable[[str], str]) -> None:
    variant = vary(site.identities[person].person.patient_id)
    last = max(
        record.series.study.number for record in site.records if record.series.study.person.index == person
    )
    for record in site.records:
        study = record.series.study
        if (study.person.index, study.number) == (person, last):
            site.change(record, lambda ds: setattr(ds, "PatientID", variant))
            record.patient_id = variant
            site.identities[person].renamed(record.series.folder, variant)
            site.note(kind, record.series.folder, value=variant, right=study.person.patient_id)


def _hostile(text: str, modality: str, number: int) -> Callable[[Site, int], None]:
    def step(site: Site, person: int) -> None:
        record = site.series(person, modality, number)
        site.change(record, lambda ds: setattr(ds, "SeriesDescription", text))
        record.description = text
        site.note("hostile text", record.series.folder, value=text)

    return step


def _missing_slice(site: Site, person: int) -> None:
    record = site.series(person, "MR", 1)
    path = record.paths.pop(len(record.paths) // 2)
    number = int(site.export.load(path).InstanceNumber)
    site.export.remove(path)
    record.instances -= 1
    site.note("missing slice", record.series.folder, instance_number=number)


def _localiser(site: Site, person: int) -> None:
    record = site.series(person, "CT")
    ds = site.export.load(record.paths[0])
    ds.SOPInstanceUID = record.series.study.person.uid("localiser")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    ds.InstanceNumber = len(record.paths) + 1
    path = f"{record.series.folder}/LOCALISER{record.series.scanner['extension']}"
    site.export.add(path, ds, record.series.scanner["transfer_syntax"])
    record.instances += 1
    site.note("localiser in series", path)


def _same_uid(site: Site, person: int) -> None:
    record = site.series(person, "CT")
    ds = site.export.load(record.paths[2])
    ds.PixelData = np.flip(ds.pixel_array, axis=1).tobytes()
    path = f"{record.paths[2]}_1"
    site.export.put(path, encode(ds, record.series.scanner["transfer_syntax"]))
    site.note("same uid other content", path, of=record.paths[2])


def _duplicate(site: Site, person: int) -> None:
    record = site.series(person, "CT")
    path = f"{record.series.folder}/copy of {Path(record.paths[1]).name}"
    site.export.put(path, (site.export.folder / record.paths[1]).read_bytes())
    site.note("exact duplicate", path, of=record.paths[1])


def _pixels_truncated(site: Site, person: int) -> None:
    path = site.series(person, "MR", 2).paths[-1]
    data = (site.export.folder / path).read_bytes()
    site.export.replace(path, data[: -len(data) // 3])
    site.note("pixel data truncated", path)


def _no_preamble(site: Site, person: int) -> None:
    path = site.series(person, "MR", 1).paths[0]
    data = encode(site.export.load(path), "1.2.840.10008.1.2")
    # Preamble and prefix are 132 bytes; the first meta element holds the length of the rest of the group.
    meta = 144 + int.from_bytes(data[140:144], "little")
    site.export.replace(path, data[meta:])
    site.note("no preamble", path)


def _next_slices(site: Site, person: int) -> Iterator[Dataset]:
    """Further planes above the CT that nobody expects."""
    record = site.series(person, "CT")
    ds = site.export.load(record.paths[-1])
    step = ds.ImagePositionPatient[2] - site.export.load(record.paths[-2]).ImagePositionPatient[2]
    while True:
        ds.InstanceNumber += 1
        ds.ImagePositionPatient[2] += step
        ds.SliceLocation = ds.ImagePositionPatient[2]
        ds.SOPInstanceUID = record.series.study.person.uid("further plane", ds.InstanceNumber)
        yield ds


def _next_path(site: Site, person: int) -> str:
    record = site.series(person, "CT")
    return record.series.path(len(record.paths) + 1)


def _header_truncated(site: Site, person: int) -> None:
    data = encode(next(_next_slices(site, person)), "1.2.840.10008.1.2")
    path = _next_path(site, person)
    site.export.put(path, data[: data.index(b"\x20\x00\x0d\x00") - 3])
    site.note("header truncated", path)


def _false_syntax(site: Site, person: int) -> None:
    data = encode(next(_next_slices(site, person)), _EXPLICIT)
    path = _next_path(site, person)
    site.export.put(path, data.replace(_EXPLICIT.encode(), b"1.2.840.10008.1.2.2", 1))
    site.note("false transfer syntax", path)


def _stranger(kind: str, name: str, data: bytes) -> Callable[[Site, int], None]:
    """Plant a file that is no image. Images are numbered from one, so 0000 is free however long a series is."""

    def step(site: Site, person: int) -> None:
        path = f"{site.series(person, 'CT').series.folder}/{name}"
        site.export.put(path, data)
        site.note(kind, path)

    return step


def _report(site: Site, person: int) -> None:
    who = site.identities[person].person
    path = f"dicom/{who.folder}/REPORT.pdf"
    site.export.put(path, _strangers.report(who))
    site.note("report as PDF", path, identifiers=[who.latin, f"{who.birth:%d.%m.%Y}", who.patient_id])


def _cd(site: Site, person: int) -> None:
    """An older CT that came on a CD from elsewhere, with the DICOMDIR that a burner writes."""
    who = site.identities[person].person
    study = Study(who, 3, who.first_study - timedelta(days=400), "CT prior, outside")
    series = _ct.series(study, 1, 3)
    record = Record.of(series)
    record.instances = 3
    with TemporaryDirectory() as scratch:
        media = FileSet()
        media.UID = UID(who.uid("cd"))
        media.ID = "CD_EXPORT"
        for ds in series.images:
            site.export.patient_ids.add(str(ds.PatientID))
            media.add(dcmread(BytesIO(encode(ds, _EXPLICIT))))
        media.write(scratch)
        for source in sorted(path for path in Path(scratch).rglob("*") if path.is_file()):
            path = f"dicom/{who.folder}_CD/{source.relative_to(scratch).as_posix()}"
            site.export.put(path, source.read_bytes())
            if source.name == "DICOMDIR":
                site.note("directory of a CD", path)
            else:
                record.paths.append(path)
    site.export.instances += record.instances
    record.folder = Path(record.paths[0]).parent.as_posix()
    site.identities[person].look(record, site.export.load(record.paths[0]), record.paths[0])
    site.records.append(record)


def _archive(site: Site, person: int) -> None:
    who = site.identities[person].person
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, ds in zip((1, 2), _next_slices(site, person), strict=False):
            ds.SeriesInstanceUID = who.uid("series in archive")
            ds.SOPInstanceUID = who.uid("image in archive", number)
            info = zipfile.ZipInfo(f"prior/IM{number:04d}.dcm", date_time=(2021, 1, 1, 0, 0, 0))
            archive.writestr(info, encode(ds, _EXPLICIT), zipfile.ZIP_DEFLATED)
    path = f"dicom/{who.folder}/prior.zip"
    site.export.put(path, buffer.getvalue())
    site.note("archive inside", path, instances=2)


def _greek(site: Site, person: int) -> None:
    site.note("non-ASCII name", f"dicom/{site.identities[person].person.folder}")


def _odd_name(site: Site, person: int) -> None:
    record = site.series(person, "CT")
    record.paths[0] = site.export.rename(record.paths[0], "IM0001 'ü' #1 100%.dcm")
    site.note("odd file name", record.paths[0])


def _lower_case(patient_id: str) -> str:
    return patient_id.lower()


def _with_blank(patient_id: str) -> str:
    return re.sub(r"(?<=\D)(?=\d)", " ", patient_id, count=1)


# By person: a study of theirs goes under another spelling of the ID.
_MISSPELT = {1: ("patient id with blank", _with_blank), 3: ("patient id in lower case", _lower_case)}

_LITTER = "operating system litter"
_BY_PERSON: tuple[tuple[Callable[[Site, int], None], ...], ...] = (
    (
        _age_differs,
        _hostile("<script>alert(document.domain)</script>", "MR", 2),
        _no_preamble,
        _stranger("web page named dcm", "IM0000.dcm", _strangers.LOGIN_PAGE),
        _stranger(_LITTER, ".DS_Store", _strangers.DS_STORE),
        _stranger(_LITTER, "Thumbs.db", _strangers.THUMBS_DB),
        _stranger(_LITTER, "._IM0001.dcm", _strangers.APPLE_DOUBLE),
    ),
    (_same_uid, _header_truncated, _archive),
    (_localiser, _stranger("empty file", "ΕΙΚ0000.dcm", b""), _cd, _greek),
    (_duplicate, _false_syntax),
    (
        _hostile("<img src=x onerror=alert(1)>", "MR", 1),
        _pixels_truncated,
        _stranger("text named dcm", "README.dcm", _strangers.NOTE),
    ),
    (_missing_slice, _odd_name, _report),
)
