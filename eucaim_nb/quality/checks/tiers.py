"""EUCAIM's tiers: what a dataset must have to be taken, found, and used in federated processing."""

from collections.abc import Iterator

from .._classes import STRUCTURE_SET
from .._dataset import Dataset
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check

_HANDBOOK = "EUCAIM handbook, data preparation, read 2026-06-11"


@check(
    "N-TIER-1",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Prepare the clinical data (page 10). A dataset of images alone is taken case by case: ask EUCAIM.",
    source=f"{_HANDBOOK}: tier 1 asks for minimum clinical metadata with the images",
)
def clinical_metadata(dataset: Dataset) -> Iterator[Finding]:
    """There is no clinical table with the images, which tier 1 asks for."""
    if not dataset.clinical:
        yield Finding("There is no clinical table in the workspace.")


@check(
    "N-TIER-2",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.COMPLETE,
    remedy="Tier 2 asks for values that the federated search can find.",
    source=f"{_HANDBOOK}: tier 2 aligns age, sex, modality, body part and manufacturer with the hyper-ontology",
)
def search_values(dataset: Dataset) -> Iterator[Finding]:
    """Studies lack what the federated search of tier 2 looks for."""
    for keyword in ("PatientSex", "PatientAge", "StudyDate"):
        lacking = [study for study in dataset.studies if not any(one.one(keyword) for one in study.series)]
        if lacking:
            yield Finding(
                f"{keyword} is missing in {len(lacking)} of {len(dataset.studies)} studies.",
                count=len(lacking),
            )


@check(
    "N-TIER-3",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Convert the contours to DICOM-SEG (page 04).",
    source=f"{_HANDBOOK}: tier 3 takes annotations as DICOM-SEG",
)
def segmentations(dataset: Dataset) -> Iterator[Finding]:
    """Annotations are no DICOM-SEG, which tier 3 asks for."""
    contours = [one for one in dataset.series if STRUCTURE_SET in one.values["SOPClassUID"]]
    for one in contours:
        yield Finding(
            "Contours (RTSTRUCT) instead of DICOM-SEG.", study_uid=one.study_uid, series_uid=one.series_uid
        )
