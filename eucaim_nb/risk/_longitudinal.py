"""What is peculiar to a patient over several examinations: their sequence, their times, their devices."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How many patients something singles out.

    Attributes
    ----------
    what : str
    patients : int
        Patients of whom it is known.
    unique : int
        Patients who have it alone.
    """

    what: str
    patients: int
    unique: int

    @property
    def share(self) -> float:
        """Share of the patients whom it singles out."""
        return self.unique / self.patients if self.patients else 0.0


def trajectories(studies: pd.DataFrame) -> Fingerprint:
    """Count patients with a sequence of modalities and days between studies that nobody else has.

    Dates that are all moved by the same number of days leave this sequence as it was.

    Parameters
    ----------
    studies
        One row per study, with the columns `patient`, `day` (datetime) and `modality`. Studies without a day do not
        count.
    """
    known = studies.dropna(subset=["day"]).sort_values(["patient", "day", "modality"], kind="stable")
    gaps = known.groupby("patient")["day"].diff().dt.days.fillna(0).astype(int)
    steps = gaps.astype(str) + known["modality"].fillna("").astype(str).radd(" ")
    sequences = steps.groupby(known["patient"]).agg(";".join)
    return Fingerprint("sequence of modalities and days between studies", len(sequences), _alone(sequences))


def moments(times: pd.DataFrame) -> Fingerprint:
    """Count patients with a time of day of some acquisition or study that no other patient has.

    Parameters
    ----------
    times
        Rows of `patient` and `time` (as in the header, to whatever fraction of a second it is told).
    """
    return _singled_out("exact time of day of an examination", times, ["time"])


def devices(used: pd.DataFrame) -> Fingerprint:
    """Count patients who were examined on a device that no other patient was examined on.

    Parameters
    ----------
    used
        Rows of `patient` and any columns that tell devices apart: manufacturer, model, protocol.
    """
    return _singled_out("device and protocol", used, [name for name in used.columns if name != "patient"])


def _singled_out(what: str, rows: pd.DataFrame, columns: list[str]) -> Fingerprint:
    known = rows.dropna(subset=columns, how="all").drop_duplicates(["patient", *columns])
    alone = known.groupby(columns, dropna=False)["patient"].transform("size") == 1
    return Fingerprint(what, int(known["patient"].nunique()), int(known.loc[alone, "patient"].nunique()))


def _alone(values: pd.Series) -> int:
    return int((np.unique(values.to_numpy(str), return_counts=True)[1] == 1).sum()) if len(values) else 0
