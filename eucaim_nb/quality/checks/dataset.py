"""The dataset as a whole: is every patient there with everything that the protocol gives?"""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from .._dataset import Dataset
from .._facts import SeriesFacts
from .._finding import Dimension, Finding, Level, Severity
from .._manifest import read_manifest
from .._registry import check

_MAJORITY = 0.5
_FEWEST_PATIENTS = 4
_DEVIATIONS = 3.0
_FEWEST_ALIKE = 5


@check(
    "D01",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy="Add the missing rows to the clinical table, or leave these images out.",
    source="UPV dataset-service looks every subject up in the clinical data and ends where one is absent; EUCAIM "
    "tier 1: one PatientID links images and clinical data",
)
def clinical_link(dataset: Dataset) -> Iterator[Finding]:
    """Patients are in the images or in the clinical table, but not in both."""
    if not dataset.clinical:
        yield Finding(
            "There is no clinical table in this workspace yet, so patients could not be compared.",
            severity=Severity.INFO,
            remedy="Prepare the clinical data (page 10), then check again.",
        )
        return
    for table in dataset.clinical:
        lacking = [patient for patient in dataset.patients if not dataset.is_in(patient.id, table)]
        for patient in lacking:
            yield Finding(
                f"A patient of the images has no row in {table.name}.",
                patient_id=patient.id,
                study_uid=patient.studies[0].uid,
            )
        both = len(dataset.patients) - len(lacking)
        only_clinical = len(table.subjects) - both
        if only_clinical > 0:
            yield Finding(
                f"{only_clinical} patients of {table.name} have no images.",
                severity=Severity.WARN,
                remedy="Add their images, or leave the rows out.",
                count=only_clinical,
                evidence={"both": both, "clinical only": only_clinical, "images only": len(lacking)},
            )


@check(
    "D02",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.COMPLETE,
    remedy="See whether examinations of this patient were not exported, or whether two patients share an ID.",
    source="Number of studies and series of each patient; more than 3 median absolute deviations from the median",
)
def amount_per_patient(dataset: Dataset) -> Iterator[Finding]:
    """A patient has many more or fewer studies or series than the others."""
    for words, amounts in (
        ("studies", {patient.id: len(patient.studies) for patient in dataset.patients}),
        ("series", {patient.id: len(patient.series) for patient in dataset.patients}),
    ):
        for patient_id, number, median in _outliers(amounts):
            yield Finding(
                f"{number} {words}; most patients have {median:g}.",
                patient_id=patient_id,
                evidence={"number": number, "median": median},
            )


@check(
    "D03",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Ask the PACS for the series, or note why this examination has none.",
    source="A kind of series that more than half of the patients have is expected of all (as the BIDS validator's "
    "code 38)",
)
def expected_series(dataset: Dataset) -> Iterator[Finding]:
    """A kind of series that most patients have is missing."""
    of_patients: dict[str, set[str]] = {
        patient.id: {signature(one) for one in patient.series if one.pictures and not one.annotation}
        for patient in dataset.patients
    }
    if len(of_patients) < _FEWEST_PATIENTS:
        return
    counts = Counter(kind for kinds in of_patients.values() for kind in kinds)
    expected = {kind: count for kind, count in counts.items() if count > _MAJORITY * len(of_patients)}
    for patient in dataset.patients:
        for kind in sorted(expected.keys() - of_patients[patient.id]):
            yield Finding(
                f"A kind of series that {expected[kind]} of {len(of_patients)} patients have is missing.",
                patient_id=patient.id,
                study_uid=patient.studies[0].uid,
                evidence={"kind": kind, "patients with it": expected[kind]},
            )


@check(
    "D04",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Compare with the PACS: slices may be missing at an end of the stack, where no gap shows it.",
    source="Number of images next to series of the same kind; more than 3 median absolute deviations from the median",
)
def number_of_images(dataset: Dataset) -> Iterator[Finding]:
    """A series has many more or fewer images than others of its kind."""
    alike: dict[str, list[SeriesFacts]] = defaultdict(list)
    for one in dataset.series:
        if one.pictures and not one.annotation and one.frames == one.images:
            alike[signature(one)].append(one)
    for series in alike.values():
        named = {one.series_uid: one for one in series}
        for series_uid, number, median in _outliers({uid: one.images for uid, one in named.items()}):
            yield Finding(
                f"{number} images; series of this kind have {median:g}.",
                patient_id=named[series_uid].patient_id,
                study_uid=named[series_uid].study_uid,
                series_uid=series_uid,
                evidence={"found": number, "expected": median},
            )


@check(
    "D05",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.COMPLETE,
    remedy="Nothing to do: these numbers describe the dataset and go into its catalogue entry.",
    source="EUCAIM catalogue: modality, body part, manufacturer, sex and age of a dataset",
)
def summary(dataset: Dataset) -> Iterator[Finding]:
    """What the dataset consists of."""
    if not dataset.series:
        return
    counts: dict[str, dict[str, int]] = {}
    for keyword in ("Modality", "BodyPartExamined", "Manufacturer", "PatientSex"):
        counts[keyword] = dict(
            Counter(
                value
                for study in dataset.studies
                for value in {one.one(keyword) or "missing" for one in study.series}
            )
        )
    ages = [
        int(age[:3])
        for study in dataset.studies
        for age in {one.one("PatientAge") for one in study.series}
        if re.fullmatch(r"\d{3}Y", age)
    ]
    yield Finding(
        f"{len(dataset.patients)} patients, {len(dataset.studies)} studies, {len(dataset.series)} series.",
        evidence={"studies by": counts, "ages in years": [min(ages), max(ages)] if ages else []},
    )


@check(
    "D06",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy="Copy the missing files again and scan. If the manifest is out of date, replace or remove it.",
    source="A manifest that the user puts in the workspace: dataset/expected.csv (series, patient or path with "
    "counts or SHA-256)",
)
def as_in_manifest(dataset: Dataset) -> Iterator[Finding]:
    """Counts or digests differ from the manifest."""
    manifest = read_manifest(dataset.context.folder)
    if manifest is None:
        return
    here = {one.series_uid: one.images for one in dataset.series}
    of_patients = Counter(
        {patient.id: sum(one.images for one in patient.series) for patient in dataset.patients}
    )
    for series_uid, expected in manifest.series.items():
        if here.get(series_uid, 0) != expected:
            yield Finding(
                f"{here.get(series_uid, 0)} images of a series; the manifest says {expected}.",
                study_uid=next((one.study_uid for one in dataset.series if one.series_uid == series_uid), ""),
                series_uid=series_uid if series_uid in here else "",
                evidence={"found": here.get(series_uid, 0), "expected": expected},
            )
    for patient_id, expected in manifest.patients.items():
        if of_patients[patient_id] != expected:
            yield Finding(
                f"{of_patients[patient_id]} images of a patient; the manifest says {expected}.",
                patient_id=patient_id,
                evidence={"found": of_patients[patient_id], "expected": expected},
            )


def signature(series: SeriesFacts) -> str:
    """Return what series of one kind share: modality, plain description, plane."""
    words = re.sub(r"[^a-z]+", " ", series.description.lower()).split()
    return " · ".join(filter(None, (series.modality, " ".join(words), series.plane)))


def _outliers(amounts: dict[str, int]) -> Iterator[tuple[str, int, float]]:
    """Yield what lies far from the median, with the median."""
    if len(amounts) < _FEWEST_ALIKE:
        return
    numbers: Sequence[int] = list(amounts.values())
    median = statistics.median(numbers)
    # Where most agree the deviation is 0: then one image more or less is no outlier, two are.
    spread = max(statistics.median([abs(number - median) for number in numbers]), 0.5)
    for name, number in amounts.items():
        if abs(number - median) > _DEVIATIONS * spread:
            yield name, number, median
