"""What headers tell of each patient: one row per patient, from the index alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from eucaim_nb.workspace import Workspace

_KEYWORDS = (
    "PatientID", "PatientSex", "PatientAge", "PatientBirthDate", "StudyInstanceUID", "SeriesInstanceUID", "StudyDate",
    "StudyTime", "Modality", "Manufacturer", "ManufacturerModelName", "BodyPartExamined", "ProtocolName",
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
    """Return what the index says of the patients in some sources.

    Series without a Patient ID do not count, nor those that a person left out.
    """
    series = pd.DataFrame(workspace.ledger.index.headers(_KEYWORDS, sources), columns=list(_KEYWORDS), dtype=str)
    for keyword in _KEYWORDS:
        series[keyword] = series[keyword].str.strip()
    left_out = {(one.study_uid, one.series_uid) for one in workspace.ledger.exclusions.all() if not one.sop_uid}
    uids = zip(series["StudyInstanceUID"].tolist(), series["SeriesInstanceUID"].tolist(), strict=True)
    kept = pd.Series([pair not in left_out for pair in uids], index=series.index, dtype=bool)
    series = series[kept & (series["PatientID"] != "")].rename(columns={"PatientID": "patient"})
    studies = _studies(series)
    table = pd.DataFrame({"patient": sorted(series["patient"].unique())}).set_index("patient")
    for name, keyword in (
        ("sex", "PatientSex"),
        ("birth_date", "PatientBirthDate"),
        ("manufacturer", "Manufacturer"),
        ("model", "ManufacturerModelName"),
        ("body_part", "BodyPartExamined"),
    ):
        table[name] = together(series["patient"], series[keyword])
    table["birth_date"] = table["birth_date"].map(_iso, na_action="ignore")
    table["age"] = _ages(series)
    ordered = studies.sort_values(["patient", "day", "modality"])
    by_patient = ordered.groupby("patient")
    table["first_study"] = by_patient["day"].min().dt.strftime("%Y-%m-%d")
    table["studies"] = by_patient.size().astype(str)
    table["modalities"] = _joined(ordered["patient"], ordered["modality"], " > ")
    gaps = by_patient["day"].diff().dt.days.map("{:.0f}".format, na_action="ignore")
    table["gaps"] = _joined(ordered["patient"], gaps, ", ")
    times = series[["patient", "StudyTime"]].rename(columns={"StudyTime": "time"}).replace("", None)
    devices = series[["patient", "Manufacturer", "ManufacturerModelName", "ProtocolName"]].replace("", None)
    devices.columns = ["patient", "manufacturer", "model", "protocol"]
    return ImagingTables(table.reset_index(), studies, times, devices)


def _studies(series: pd.DataFrame) -> pd.DataFrame:
    ids = series["patient"] + "\n" + series["StudyInstanceUID"]
    days = pd.to_datetime(series["StudyDate"], format="%Y%m%d", errors="coerce")
    by_day = pd.DataFrame({"study": ids, "patient": series["patient"], "day": days}).sort_values(["study", "day"])
    studies = by_day.drop_duplicates("study").set_index("study")
    studies["modality"] = together(ids, series["Modality"])
    return studies[["patient", "day", "modality"]].reset_index(drop=True)


def together(owners: pd.Series, values: pd.Series) -> pd.Series:
    """Return the different values of each owner in alphabetical order as one text; owners without any are left out."""
    pairs = pd.DataFrame({"owner": owners, "value": values.replace("", None)}).dropna().drop_duplicates()
    pairs = pairs.sort_values(["owner", "value"])
    return _joined(pairs["owner"], pairs["value"], _AND)


def _joined(owners: pd.Series, values: pd.Series, between: str) -> pd.Series:
    """Return the values of each owner in their order as one text; missing ones are left out."""
    found: dict[str, list[str]] = {}
    for owner, value, there in zip(owners.tolist(), values.tolist(), values.notna().tolist(), strict=True):
        if there:
            found.setdefault(owner, []).append(value)
    return pd.Series({owner: between.join(texts) for owner, texts in found.items()}, dtype=object)


def _iso(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


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
