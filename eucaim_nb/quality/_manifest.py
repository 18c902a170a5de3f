"""What a user expects: a small table in the workspace with numbers of images by series or patient."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "dataset/expected.csv"
_SERIES = ("seriesinstanceuid", "series_uid", "series")
_PATIENT = ("patientid", "patient_id", "patient")
_COUNT = ("images", "instances", "count", "expected")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Expected numbers of images, by Series Instance UID and by Patient ID."""

    series: Mapping[str, int]
    patients: Mapping[str, int]


def read_manifest(workspace: Path) -> Manifest | None:
    """Return what the user expects; None without a table, or one with other columns.

    The table is `dataset/expected.csv` with a column SeriesInstanceUID or PatientID, and a column `images`.
    """
    path = workspace / FILE
    if not path.is_file():
        return None
    series: dict[str, int] = {}
    patients: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
            by_series, by_patient, count = (
                next((names[known] for known in wanted if known in names), None)
                for wanted in (_SERIES, _PATIENT, _COUNT)
            )
            if count is None or (by_series is None and by_patient is None):
                return None
            for row in rows:
                text = (row[count] or "").strip()
                if not text.isdigit():
                    continue
                if by_series is not None and row[by_series]:
                    series[row[by_series].strip()] = int(text)
                elif by_patient is not None and row[by_patient]:
                    patients[row[by_patient].strip()] = int(text)
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return Manifest(series, patients)
