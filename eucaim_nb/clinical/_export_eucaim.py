"""Documents of EUCAIM's federated search: patients with their diseases and image studies."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ._column import Column
from ._export_tables import Files
from ._target import LIST_SEPARATOR, value_lists
from ._words import missing_term
from ._words import rows as reference_rows
from ._written import Source, json_bytes

_TERMS = ("sex", "pathology_confirmation", "treatment")
_TUMOUR = {
    "er_status": "ER",
    "pr_status": "PR",
    "psa": "PSA",
    "her2_status": "HER2",
    "ki67": "KI67",
    "clinical_m": "cancerStageCMCategory",
    "pathological_m": "cancerStagePMCategory",
    "gleason_score": "histologicGraceGleasonScore",
    "isup_grade": "histologicGradeISUP",
    "birads": "tumorBIRADSAssesment",
    "pirads": "tumorPIRADSAssesment",
}


def eucaim_json(source: Source) -> Files:
    """Yield one document per patient who has all that the search requires: sex, age at diagnosis and organ.

    Of a study, modality, body part, manufacturer and date are required; they come from the de-identified images, and
    studies that lack one of them are left out.
    """
    yield "eucaim/patients.json", [json_bytes({"patients": list(_patients(source))})]


def _patients(source: Source) -> Iterator[dict[str, Any]]:
    studies = _studies(source)
    for subject, rows in source.by_subject({name: _column(source, name) for name in source.columns}):
        row = rows[0]
        sex = _term("sex", source.element(row, "sex"))
        disease = _disease(source, subject, row)
        if sex and disease:
            yield {
                "patientId": subject,
                "sex": sex,
                "disease": [disease],
                "imageStudy": studies.get(subject, []),
            }


def _column(source: Source, name: str) -> Column:
    """Return a column; terms say why a value is missing, other entries have no place for that."""
    target = source.target(name)
    return source.explained(name) if target is not None and target.element in _TERMS else source.columns[name]


def _disease(source: Source, subject: str, row: Mapping[str, str]) -> dict[str, Any] | None:
    diagnosis = _diagnoses().get(source.element(row, "topography"))
    age = source.element(row, "age_at_diagnosis")
    if diagnosis is None or not re.fullmatch(r"\d+(\.\d+)?", age):
        return None
    found: dict[str, Any] = {
        "diseaseId": f"{subject}-1",
        "ageAtDiagnosis": float(age),
        "diagnosis": diagnosis,
    }
    if year := source.element(row, "year_of_diagnosis"):
        found["yearOfDiagnosis"] = int(year)
    if day := source.element(row, "date_of_first_treatment"):
        found["dateOfFirstTreatment"] = day
    if confirmed := _term("pathology_confirmation", source.element(row, "pathology_confirmation")):
        found["pathologyConfirmation"] = confirmed
    if pathology := source.element(row, "pathology"):
        found["pathology"] = [pathology]
    if protocol := source.element(row, "imaging_protocol"):
        found["imagingProcedureProtocol"] = protocol
    parts = source.element(row, "treatment").split(LIST_SEPARATOR)
    if treatments := [term for part in parts if (term := _term("treatment", part))]:
        found["treatment"] = treatments
    tumour: dict[str, Any] = {}
    for element, name in _TUMOUR.items():
        if text := source.element(row, element):
            target = source.prepared.template.of(element)
            tumour[name] = source.value(target.name, text) if target else text
    if tumour:
        found["tumorMetadata"] = {"tumorId": f"{subject}-1-1", **tumour}
    return found


def _term(list_name: str, value: str) -> dict[str, str] | None:
    values = value_lists()[list_name]
    # The word for a missing value, unknown, is that of the list where it has one.
    label = next((name for name, code in values.items() if value and value in (name, name.lower(), code)), "")
    code, label = (values[label], label) if label else missing_term(value)
    return {"id": f"EUCAIM:{code}", "label": label} if code else None


@cache
def _diagnoses() -> dict[str, dict[str, str]]:
    codes = value_lists()["topography"]
    found = {
        row["topography"]: {"id": f"EUCAIM:{row['code']}", "label": row["label"]}
        for row in reference_rows("diagnoses.csv")
    }
    return found | {codes[name]: term for name, term in found.items()}


def _studies(source: Source) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for series in source.series:
        terms = {
            keyword: _image_term(keyword, series[keyword])
            for keyword in ("Modality", "BodyPartExamined", "Manufacturer")
        }
        day = series["AcquisitionDate"] or series["StudyDate"]
        if not all(terms.values()) or not re.fullmatch(r"\d{8}", day):
            continue
        found.setdefault(series["PatientID"], {}).setdefault(
            series["StudyInstanceUID"],
            {
                "imageStudyId": series["StudyInstanceUID"],
                "disease": f"{series['PatientID']}-1",
                "imageModality": terms["Modality"],
                "imageBodyPart": terms["BodyPartExamined"],
                "imageManufacturer": terms["Manufacturer"],
                "dateOfImageAcquisition": f"{day[:4]}-{day[4:6]}-{day[6:]}",
            },
        )
    return {patient: list(studies.values()) for patient, studies in found.items()}


@cache
def _image_term(keyword: str, value: str) -> dict[str, str] | None:
    words = re.findall(r"[A-Z]+", value.upper())
    for row in reference_rows("image_terms.csv"):
        if row["attribute"] == keyword and row["word"] in words:
            return {"id": f"EUCAIM:{row['code']}", "label": row["label"]}
    return None
