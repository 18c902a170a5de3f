"""Studies and patients: does what several series say of one person or examination agree?"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from .._dataset import Dataset
from .._facts import Patient, SeriesFacts, Study, each_pair
from .._finding import Dimension, Finding, Level, Severity
from .._registry import also, check
from .._series import Series

_CORRECT = "Correct it at the source, or leave out the series that is wrong."
_GENERIC = frozenset(
    "ANON ANONYMOUS ANONYMIZED ANONYMISED UNKNOWN NONE NULL NA TEST PATIENT NOID NOPATIENTID XXX".split()  # noqa: SIM905
)
_MINIMUM = ("PatientID", "Modality", "BodyPartExamined", "Manufacturer", "AcquisitionDate")
_OLDEST = 1985
_SPLIT = 3


@check(
    "P02",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="One examination under two Patient IDs, or one series in two studies: find out which is right and "
    "correct it at the source.",
    source="PS3.3 section A.1.2: a series has one study, a study one patient",
)
def one_owner(dataset: Dataset) -> Iterator[Finding]:
    """A series UID occurs in several studies, or a study UID under several Patient IDs."""
    for study in dataset.studies:
        patients = {value for value, _ in each_pair(study.series, "PatientID")}
        if len(patients) > 1:
            yield Finding(
                f"One Study Instance UID under {len(patients)} Patient IDs.",
                study_uid=study.uid,
                count=len(patients),
            )
    studies: dict[str, list[SeriesFacts]] = {}
    for one in dataset.series:
        studies.setdefault(one.series_uid, []).append(one)
    for series in studies.values():
        if len(series) > 1:
            for one in series:
                yield Finding(
                    f"One Series Instance UID in {len(series)} studies.",
                    study_uid=one.study_uid,
                    series_uid=one.series_uid,
                )


@check(
    "P03",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.UNIQUE,
    remedy="Give every person one ID, written in one way, in images and clinical data alike.",
    source="EUCAIM handbook, tier 1: a single, consistent PatientID is preserved across all steps",
)
def patient_ids(dataset: Dataset) -> Iterator[Finding]:
    """A Patient ID is empty, generic, or written in several ways."""
    spellings: dict[str, list[Patient]] = {}
    for patient in dataset.patients:
        plain = re.sub(r"[\s_.-]+", "", patient.id).upper()
        if not plain or plain.strip("0") == "" or plain in _GENERIC:
            yield Finding(
                "Patient ID is empty."
                if not patient.id.strip()
                else "Patient ID is a generic word, not an ID.",
                patient_id=patient.id,
                study_uid=patient.studies[0].uid,
                count=len(patient.studies),
            )
        elif patient.id != patient.id.strip():
            yield Finding("Patient ID begins or ends with a blank.", patient_id=patient.id)
        spellings.setdefault(plain, []).append(patient)
    for same in spellings.values():
        if len(same) > 1:
            for patient in same:
                yield Finding(
                    f"{len(same)} Patient IDs differ only in capitals, blanks or hyphens: is this one person?",
                    patient_id=patient.id,
                    study_uid=patient.studies[0].uid,
                )


@check(
    "P04",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy=_CORRECT,
    source="UPV dataset-service ends the creation of a dataset where they differ (chaimeleon-eu/dataset-service, "
    "read 2026-06-16)",
)
def one_person_one_day(study: Study) -> Iterator[Finding]:
    """Series of one study differ in the patient's age or sex, or in the study date."""
    for keyword in ("PatientAge", "PatientSex", "StudyDate"):
        found: dict[str, list[SeriesFacts]] = {}
        for value, one in each_pair(study.series, keyword):
            found.setdefault(value, []).append(one)
        if len(found) < 2:
            continue
        usual = max(found, key=lambda value: sum(one.images for one in found[value]))
        odd = [one for value, series in found.items() if value != usual for one in series]
        yield Finding(
            f"{keyword} has {len(found)} values in one study.",
            study_uid=study.uid,
            series_uid=odd[0].series_uid if len(odd) == 1 else "",
            count=len(odd),
            evidence={"series that differ": [one.series_uid for one in odd[:20]]},
        )


@check(
    "P05",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy=_CORRECT,
    source="Sex and birth date do not change between examinations",
)
def same_person(patient: Patient) -> Iterator[Finding]:
    """Studies of one patient differ in sex or birth date."""
    if not patient.id:
        return
    for keyword in ("PatientSex", "PatientBirthDate"):
        of_studies = [{value for value, _ in each_pair(study.series, keyword)} for study in patient.studies]
        if (
            len(set().union(*of_studies)) > 1
            and len({frozenset(values) for values in of_studies if values}) > 1
        ):
            yield Finding(f"{keyword} differs between studies of one patient.", patient_id=patient.id)


@check(
    "P06",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Two patients cannot lie in one frame of reference: files were mixed, or UIDs copied. Correct it at the "
    "source.",
    source="PS3.3 C.7.4.1 Frame of Reference module",
)
def frames_of_patients(dataset: Dataset) -> Iterator[Finding]:
    """Different patients share a Frame of Reference UID."""
    found: dict[str, dict[str, SeriesFacts]] = {}
    for value, one in each_pair(dataset.series, "FrameOfReferenceUID"):
        # The frames that PS3.6 Table A-2 defines for atlases belong to everybody.
        if not value.startswith("1.2.840.10008."):
            found.setdefault(value, {}).setdefault(one.patient_id, one)
    for series in found.values():
        if len(series) > 1:
            for one in series.values():
                yield Finding(
                    f"{len(series)} patients share a frame of reference.",
                    study_uid=one.study_uid,
                    series_uid=one.series_uid,
                )


@check(
    "P07",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy="Both reference nodes ask for it. Add it where you know it from the protocol or the PACS, before "
    "de-identification.",
    source="EUCAIM handbook, minimum imaging attributes; End-User-Guide 6.2.3 (2026-04-16): mandatory headers",
)
def minimum_attributes(series: Series) -> Iterator[Finding]:
    """An attribute that EUCAIM requires of every image is missing or empty."""
    if series.is_annotation or not series.has_pictures:
        return
    for keyword in _MINIMUM:
        missing = sum(count for value, count in series.counted(keyword).items() if not value.strip())
        if missing:
            yield Finding(f"{keyword} is missing or empty.", count=missing)


@also("P07")
def age_at_imaging(study: Study) -> Iterator[Finding]:
    """The age at imaging is not given and cannot be derived."""
    if any(one.one("PatientAge") for one in study.series):
        return
    births, days = (
        {parsed for value, _ in each_pair(study.series, keyword) if (parsed := _day(value))}
        for keyword in ("PatientBirthDate", "StudyDate")
    )
    if not (births and days):
        yield Finding(
            "Neither PatientAge nor birth date and study date are there.",
            severity=Severity.WARN,
            remedy="EUCAIM asks for the age at imaging: keep or add PatientAge when the birth date is removed.",
            study_uid=study.uid,
        )


@check(
    "P08",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy=_CORRECT,
    source=f"No date lies in the future, before {_OLDEST}, or before the patient's birth",
)
def plausible_dates(series: Series) -> Iterator[Finding]:
    """A date cannot be right."""
    births = {day for text in series.counted("PatientBirthDate") if (day := _day(text))}
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate"):
        for text, count in series.counted(keyword).items():
            day = _day(text)
            if day is None:
                continue
            if day > date.today():
                yield Finding(f"{keyword} lies in the future.", count=count)
            elif day.year < _OLDEST:
                yield Finding(f"{keyword} lies before {_OLDEST}.", count=count)
            if births and day < min(births):
                yield Finding(f"{keyword} lies before the patient's birth.", count=count)


@check(
    "P09",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Write it as the standard does, so that searches find it.",
    source="PS3.16 Annex L: defined terms of (0018,0015) Body Part Examined are capitals without punctuation",
)
def body_part(series: Series) -> Iterator[Finding]:
    """Body Part Examined is not written as the standard does."""
    for text, count in series.counted("BodyPartExamined").items():
        if text and not re.fullmatch(r"[A-Z0-9_ ]{1,16}", text):
            yield Finding("Body Part Examined is no word of the standard.", count=count)


@check(
    "S15",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Nothing to mend. Tell whoever uses the dataset that these series belong together.",
    source="Scanners write the phases of a dynamic examination as one series or as many",
)
def split_dynamic(study: Study) -> Iterator[Finding]:
    """One dynamic examination seems to be split over several series."""
    alike: dict[tuple[str, ...], list[SeriesFacts]] = {}
    for one in study.series:
        if one.geometry and not one.localiser and not one.annotation:
            protocol = one.one("ProtocolName") or one.description
            alike.setdefault((one.modality, protocol, one.geometry, str(one.positions)), []).append(one)
    for series in alike.values():
        if len(series) >= _SPLIT:
            yield Finding(
                f"{len(series)} series have one protocol and the same positions: phases of one examination?",
                study_uid=study.uid,
                count=len(series),
                evidence={"series": [one.series_uid for one in series[:50]]},
            )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None
