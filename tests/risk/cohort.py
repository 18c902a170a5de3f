"""Invented patients who differ in age, sex, day and scanner: enough of them to look alike."""

from pathlib import Path

import numpy as np

from tests.deid.outputs import ROOT, original, written

_MODELS = (("SIEMENS", "Sensation 64"), ("GE MEDICAL SYSTEMS", "Revolution"), ("Philips", "Ingenuity"))


def write_patients(folder: Path, patients: int, seed: int = 5) -> None:
    """Write one CT slice for each patient."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for number in range(patients):
        ds = original()
        ds.PatientID, ds.PatientName = f"{90_000 + number}", f"Okafor^Ada{number}"
        ds.PatientAge, ds.PatientSex = f"{int(rng.normal(64, 8)):03d}Y", str(rng.choice(["F", "M"]))
        ds.PatientBirthDate = ""
        ds.Manufacturer, ds.ManufacturerModelName = _MODELS[int(rng.integers(3))]
        ds.StudyDate = f"2024{int(rng.integers(1, 5)):02d}{int(rng.integers(1, 28)):02d}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.9.{number}", f"{ROOT}.9.{number}.1"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.9.{number}.1.1"
        (folder / f"{number}.dcm").write_bytes(written(ds))
