"""What headers tell of each patient: one row per patient, from the index alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from eucaim_nb.workspace import Workspace

_KEYWORDS = (
    "PatientID", "PatientSex", "PatientAge", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "StudyTime",
    "Modality", "Manufacturer", "ManufacturerModelName", "BodyPartExamined", "ProtocolName",
)  # fmt: skip
_AGE = re.compile(r"(\d{1,4})([DWMY])")
_OF_A_YEAR = {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}
_AND = " + "


@dataclass(frozen=True)
class ImagingTables:
    """What the index says of patients.

    Attributes
    ----------
    patients : DataFrame
        One row per patient. What differs between a patient's studies is told of all of them, as `CT + MR`: whoever
        knows one examination knows that.
    studies : DataFrame
        `patient, day, modality`, one row per study.
    times : DataFrame
        `patient, time`, one row per series.
    devices : DataFrame
        `patient, manufacturer, model, protocol`, one row per series.
    """

    patients: pd.DataFrame
    studies: pd.DataFrame
    times: pd.DataFrame
    devices: pd.DataFrame


def imaging_tables(workspace: Workspace, sources: Collection[int]) -> ImagingTables:
    """Return what the index says of the patients in some sources. Series without a Patient ID do not count."""
    series = pd.DataFrame(workspace.ledger.index.headers(_KEYWORDS, sources), columns=list(_KEYWORDS), dtype=str)
    series = series.map(str.strip)
    series = series[series["PatientID"] != ""].rename(columns={"PatientID": "patient"})
    studies = _studies(series)
    by_patient = series.groupby("patient")
    table = pd.DataFrame({"patient": sorted(series["patient"].unique())}).set_index("patient")
    for name, keyword in (
        ("sex", "PatientSex"),
        ("birth_date", "PatientBirthDate"),
        ("manufacturer", "Manufacturer"),
        ("model", "ManufacturerModelName"),
        ("body_part", "BodyPartExamined"),
    ):
        values = by_patient[keyword].agg(_together)
        table[name] = values.map(_iso) if name == "birth_date" else values
    table["age"] = _ages(series)
    ordered = studies.sort_values(["patient", "day", "modality"]).groupby("patient")
    table["first_study"] = ordered["day"].min().dt.strftime("%Y-%m-%d")
    table["studies"] = ordered.size().astype(str)
    table["modalities"] = ordered["modality"].agg(" > ".join)
    table["gaps"] = ordered["day"].agg(_gaps)
    patients = table.reset_index().replace("", None)
    times = series[["patient", "StudyTime"]].rename(columns={"StudyTime": "time"}).replace("", None)
    devices = series[["patient", "Manufacturer", "ManufacturerModelName", "ProtocolName"]].replace("", None)
    devices.columns = ["patient", "manufacturer", "model", "protocol"]
    return ImagingTables(patients, studies, times, devices)


def _studies(series: pd.DataFrame) -> pd.DataFrame:
    studies = series.groupby(["patient", "StudyInstanceUID"], as_index=False).agg(
        day=("StudyDate", "min"), modality=("Modality", _together)
    )
    studies["day"] = pd.to_datetime(studies["day"], format="%Y%m%d", errors="coerce")
    return studies[["patient", "day", "modality"]]


def _together(values: pd.Series) -> str:
    return _AND.join(sorted({value for value in values if value}))


def _iso(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


def _gaps(days: pd.Series) -> str:
    return ", ".join(f"{gap:.0f}" for gap in days.diff().dt.days.dropna())


def _ages(series: pd.DataFrame) -> pd.Series:
    """Return whole years at the first study: the age in the header, or else from the date of birth."""
    told = series["PatientAge"].map(_years)
    day = pd.to_datetime(series["StudyDate"], format="%Y%m%d", errors="coerce")
    born = pd.to_datetime(series["PatientBirthDate"], format="%Y%m%d", errors="coerce")
    counted = ((day - born).dt.days / 365.2425).where(day >= born)
    years = told.astype(float).fillna(counted).groupby(series["patient"]).min()
    return years.map(lambda age: None if pd.isna(age) else str(int(age)))


def _years(text: str) -> float | None:
    found = _AGE.fullmatch(text)
    return int(found[1]) / _OF_A_YEAR[found[2]] if found else None
