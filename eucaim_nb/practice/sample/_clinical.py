"""The clinical table: one row per patient, in several languages, with the traps of real tables."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from ._people import Person, person
from ._tables import pick, rows

PATH = "clinical/clinical.csv"
COLUMNS = (
    "Patient ID",
    "Name",
    "Geburtsdatum",
    "Sexo",
    "Diagnosis",
    "ICD-10",
    "Fecha diagnóstico",
    "Alter bei Diagnose",
    "cT",
    "cN",
    "cM",
    "PSA (ng/ml)",
    "Gewicht [kg]",
    "ECOG",
    "1. Therapie",
    "Therapie-Datum",
    "Kommentar",
)
_SEX = {"de": ("männlich", "weiblich"), "es": ("hombre", "mujer"), "it": ("maschio", "femmina")}


def table(seed: int, patients: int) -> tuple[bytes, dict[str, Any]]:
    """The table as a file, and what the answer key says about it."""
    # The last patient has images but no row; the next person has a row but no images.
    people = [person(seed, index) for index in range(patients - 1)]
    without_row, without_images = person(seed, patients - 1), person(seed, patients)
    traps = [trap for trap in rows("clinical_traps") if int(trap["person"]) < len(people)]
    data = _write([*(row(who, traps) for who in people), row(without_images, [])])
    key = {
        "path": PATH,
        "encoding": "utf-8-sig",
        "separator": ";",
        "decimal": ",",
        "rows": len(people) + 1,
        "identifier_columns": ["Patient ID", "Name", "Geburtsdatum"],
        "only_in_table": [without_images.patient_id],
        "only_in_images": [without_row.patient_id],
        "traps": [
            {
                "row": int(trap["person"]) + 2,
                "patient_id": people[int(trap["person"])].patient_id,
                "column": trap["column"],
                "kind": trap["kind"],
                "value": _fill(trap["value"], people[int(trap["person"])]),
            }
            for trap in traps
        ],
    }
    return data, key


def row(who: Person, traps: Iterable[dict[str, str]]) -> dict[str, str]:
    """One person's row of the table, with the traps that are meant for that person."""
    random = who.random("clinical")
    male, female = _SEX.get(who.language, ("M", "F"))
    age = (who.first_study - who.birth).days / 365.25 - 0.1
    clean = {
        "Patient ID": who.patient_id,
        "Name": f"{who.family}, {who.given}",
        "Geburtsdatum": f"{who.birth:%d.%m.%Y}",
        "Sexo": male if who.sex == "M" else female,
        "Diagnosis": f"{who.cancer} cancer",
        "ICD-10": pick("cancers", cancer=who.cancer)[0]["icd10"],
        "Fecha diagnóstico": f"{who.first_study:%d/%m/%Y}",
        "Alter bei Diagnose": _decimal(age),
        "cT": f"cT{random.integers(1, 5)}",
        "cN": f"cN{random.integers(0, 3)}",
        "cM": f"cM{random.integers(0, 2)}",
        "PSA (ng/ml)": _decimal(random.uniform(2, 40)) if who.cancer == "prostate" else "n/a",
        "Gewicht [kg]": _decimal(random.uniform(52, 98)),
        "ECOG": str(random.integers(0, 3)),
        "1. Therapie": str(random.choice(["Surgery", "Strahlentherapie", "quimioterapia", ""])),
        "Therapie-Datum": f"{who.first_study:%Y-%m}",
        "Kommentar": "",
    }
    return clean | {
        trap["column"]: _fill(trap["value"], who) for trap in traps if int(trap["person"]) == who.index
    }


def _fill(value: str, who: Person) -> str:
    if "{" not in value:
        return value
    return value.format(
        patient_id=who.patient_id,
        short_id=who.patient_id.lstrip("0"),
        family=who.family,
        given=who.given,
        phone=who.phone,
        birth=who.birth,
        newline="\n",
    )


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _write(lines: Iterable[dict[str, str]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue().encode("utf-8-sig")
