"""Writes the cohort person by person, so that memory does not grow with its size."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import _clinical, _colour, _ct, _enhanced, _masks, _mr, _problems, _xray
from ._answer_key import RETAIN, Identity, Record
from ._export import Export
from ._header import Series, Study
from ._people import Person, person
from ._site import Site
from ._tables import pick, rows

_NATURAL = 34
_SINGLE = {"US": _colour.ultrasound_clip, "MG": _xray.breast, "DX": _xray.chest, "EMR": _enhanced.multiframe}


@dataclass(frozen=True)
class Cohort:
    """A written sample cohort.

    Attributes
    ----------
    folder : pathlib.Path
        Top of the cohort.
    instances : int
        Distinct SOP Instance UIDs among the files that a tolerant reader can read: SOP Class, SOP Instance,
        Study Instance and Series Instance UID are present. Archives are not opened.
    patients : int
        Distinct PatientID strings among those instances, as they stand: two persons appear
        under two spellings.
    files : int
        Regular files below the folder, the answer key included.
    answer_key : pathlib.Path
        JSON with everything that was planted.
    """

    folder: Path
    instances: int
    patients: int
    files: int
    answer_key: Path


def write_cohort(
    folder: str | Path,
    *,
    patients: int = 8,
    seed: int = 20261120,
    instances: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cohort:
    """Write DICOM images with planted problems and identities, a clinical table, masks and an answer key.

    Everybody in the cohort is invented. The same arguments give the same bytes.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where to write; must be empty or absent.
    patients : int, default 8
        Number of distinct PatientID strings. From three on, one person appears under two spellings, from six
        on a second one. Each of the first six persons brings their own planted problems.
    seed : int, default 20261120
        Decides names, dates, UIDs and noise.
    instances : int, optional
        About how many instances to write in all. No person gets fewer than about 14.
        Without it: 34 per person.
    progress : callable, optional
        Called with the persons written and the persons in all.

    Returns
    -------
    Cohort

    Raises
    ------
    FileExistsError
        The folder holds something already.
    ValueError
        `patients` is less than one.
    """
    folder = Path(folder)
    if patients < 1:
        raise ValueError("A cohort needs at least one patient.")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Choose a new folder for the sample cohort.")
    export = Export(folder)
    persons = _problems.persons_among(patients)
    share = instances // persons if instances else _NATURAL
    series: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    first: list[Record] = []
    identities: list[Identity] = []
    for index in range(persons):
        identity = Identity(person(seed, index))
        if index < persons - 1:
            identity.look_in_row(_clinical.row(identity.person, rows("clinical_traps")))
        records = _write_person(export, identity, share)
        if index < _problems.PERSONS:
            first += records
            identities.append(identity)
        else:
            series += [record.entry() for record in records]
            people.append(identity.entry())
        if progress:
            progress(index + 1, persons)
    site = Site(export, first, identities)
    _problems.plant(site, persons, patients - persons)
    export.put("masks/labels.json", _masks.labels_json())
    table, clinical = _clinical.table(seed, persons)
    export.put(_clinical.PATH, table)
    key = {
        "seed": seed,
        "counts": {
            "instances": export.instances,
            "patients": len(export.patient_ids),
            "persons": persons,
            "files": export.files + 1,
            "series": len(first) + len(series),
        },
        "problems": site.problems,
        "series": [*(record.entry() for record in first), *series],
        "patients": [*(identity.entry() for identity in identities), *people],
        "retain": list(RETAIN),
        "clinical": clinical,
    }
    export.put("answer_key.json", (json.dumps(key, indent=1, ensure_ascii=False) + "\n").encode())
    return Cohort(folder, export.instances, len(export.patient_ids), export.files, folder / "answer_key.json")


def _write_person(export: Export, identity: Identity, share: int) -> list[Record]:
    who = identity.person
    planned, ct_planes = _plan(who, share)
    records = []
    for series in planned:
        record = Record.of(series)
        for number, ds in enumerate(series.images, start=1):
            path = series.path(number)
            if number == 1:
                identity.look(record, ds, path)
            export.add(path, ds, series.scanner["transfer_syntax"])
            record.instances += 1
            if who.index < _problems.PERSONS:
                record.paths.append(path)
        records.append(record)
    mask = _masks.nifti(who, _ct.geometry(who, ct_planes))
    path = f"masks/{who.patient_id}_{who.cancer}.nii.gz"
    export.put(path, mask)
    identity.note("patient id", who.patient_id, path)
    return records


def _plan(who: Person, share: int) -> tuple[list[Series], int]:
    """The series of one person, and the number of CT planes, so that the images add up to `share`."""
    cancer = pick("cancers", cancer=who.cancer)[0]
    extra = cancer["extra"].split()
    ct = Study(who, 0, who.first_study, f"CT {who.cancer} staging")
    mr = Study(who, 1, who.first_study + timedelta(days=9), f"MR {who.cancer}")
    other = Study(who, 2, who.first_study + timedelta(days=16), f"{who.cancer} further imaging")
    planes = share - len(extra)
    planned: list[Series] = []
    if cancer["mr"]:
        t2_planes, dwi_planes = max(4, round(planes * 0.25)), max(2, round(planes * 0.15))
        planned += [_mr.t2(mr, 1, t2_planes), _mr.diffusion(mr, 2, dwi_planes)]
        planes -= t2_planes + 2 * dwi_planes
    ct_planes = max(5, planes)
    for number, kind in enumerate(extra, start=1):
        match kind:
            case "OT":
                planned.append(_colour.capture(ct, 2))
            case "EMR":
                planned.append(_enhanced.multiframe(mr, 3))
            case _:
                planned.append(_SINGLE[kind](other, number))
    return [_ct.series(ct, 1, ct_planes), *planned], ct_planes
