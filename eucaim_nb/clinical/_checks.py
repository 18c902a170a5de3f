"""Whether values are what a template allows: cell by cell, between variables of a row, and against the images."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.identity import detectors

from . import _dates
from ._column import Column, together
from ._finding import Finding, Severity
from ._images import Images
from ._target import LIST_SEPARATOR, Target
from ._template import Template
from ._words import rows as reference_rows

_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ORDER = (
    ("date_of_radiology_detection", "date_of_death"),
    ("date_of_diagnosis", "date_of_first_treatment"),
    ("date_of_diagnosis", "date_of_recurrence"),
    ("date_of_diagnosis", "date_of_last_contact"),
    ("date_of_diagnosis", "date_of_death"),
    ("date_of_first_treatment", "date_of_last_contact"),
    ("date_of_first_treatment", "date_of_death"),
    ("date_of_last_contact", "date_of_death"),
)
_SEX_OF_ORGAN = {"Prostate": "Male"}
_DICOM_SEX = {"M": "Male", "F": "Female", "O": "Other"}
_YEARS_APART = 2.0
"""By how many years ages of table and images may differ: the table's may be of another day."""


@dataclass(frozen=True)
class Rows:
    """The values of some rows, by target, with the line of each row in the file.

    `subjects` are the Patient IDs as in the images.
    """

    columns: Mapping[str, Column]
    sources: Mapping[str, str]
    lines: NDArray[np.int64]
    subjects: Column

    def numbered(self, rows: Sequence[int] | NDArray[np.intp]) -> tuple[int, ...]:
        """Return the lines of rows."""
        return tuple(self.lines[np.asarray(rows, dtype=np.intp)].tolist())


Problem = tuple[str, str, str]
"""Rule, message and remedy."""


def problem_in(target: Target) -> Callable[[str], Problem | None]:
    """Return what tells why a value is not one that a variable allows; None if it is."""
    if target.type == "date":
        return _date_problem
    return _of_numbers(target) if target.type in ("integer", "number") else _of_texts(target)


def _date_problem(value: str) -> Problem | None:
    if _PARTIAL.fullmatch(value):
        return None
    return "date", "The cell is no date in ISO 8601.", "Choose the format of the column's dates."


def _of_texts(target: Target) -> Callable[[str], Problem | None]:
    def problem(value: str) -> Problem | None:
        if target.allowed:
            parts = value.split(LIST_SEPARATOR) if target.type == "list" else [value]
            if any(part not in target.allowed for part in parts):
                return (
                    "value",
                    "The text has no meaning for this variable yet.",
                    "Say which of the allowed values it stands for, among the values of its column.",
                )
        elif target.pattern and not re.fullmatch(target.pattern, value):
            return (
                "form",
                "The text does not have the form of this variable.",
                f"Write it as {target.title} is written, or map the value.",
            )
        if target.max_length is not None and len(value) > target.max_length:
            return (
                "length",
                f"The text has more than {target.max_length} characters.",
                "Shorten it, or map it to a code.",
            )
        return None

    return problem


def _of_numbers(target: Target) -> Callable[[str], Problem | None]:
    whole = target.type == "integer"
    low = -math.inf if target.minimum is None else target.minimum
    high = math.inf if target.maximum is None else target.maximum
    between = (
        f"The number is not between {low:g} and {high:g}"
        if math.isfinite(low) and math.isfinite(high)
        else "The number is out of range."
    )

    def problem(value: str) -> Problem | None:
        try:
            number = float(value)
        except ValueError:
            return (
                "number",
                "The cell is no number.",
                "Choose whether the column has a decimal comma or point.",
            )
        if whole and not number.is_integer():
            return "number", "The cell is no whole number.", "Correct the cell, or round the column."
        if low <= number <= high:
            return None
        return (
            "range",
            between,
            "Correct the cell or its unit, or say that it is a code for a missing value.",
        )

    return problem


def texts(rows: Rows, template: Template) -> Iterator[Finding]:
    """Yield findings about free text in which somebody may be named."""
    for name, column in rows.columns.items():
        target = template[name]
        if target.type != "string" or target.allowed or target.pattern or target.element == "patient_id":
            continue
        bad = [code for code, value in enumerate(column.values) if value and detectors(value)]
        for code, where in column.rows_by_value(bad).items():
            kinds = sorted({one.kind for one in detectors(column.values[code])})
            yield Finding(
                "identifying text",
                Severity.ERR,
                f"The text may identify somebody: it looks as if it held a {' or a '.join(kinds)}.",
                "Map the text to a value without it, or leave the column out.",
                rows.sources.get(name, ""),
                name,
                column.values[code],
                rows.numbered(where),
            )


def between(rows: Rows, template: Template) -> Iterator[Finding]:
    """Yield findings about variables of one row that contradict each other."""

    def of(element: str) -> tuple[str, Column] | None:
        target = template.of(element)
        return (target.name, rows.columns[target.name]) if target and target.name in rows.columns else None

    def compare(
        rule: str, message: str, remedy: str, wrong: Callable[..., bool], *elements: str
    ) -> Iterator[Finding]:
        found = [of(element) for element in elements]
        if not all(found):
            return
        pairs = [one for one in found if one is not None]
        result = together(
            lambda *values: "x" if all(values) and wrong(*values) else "", *(column for _, column in pairs)
        )
        bad = np.flatnonzero(result.where(bool))
        if len(bad):
            names = [name for name, _ in pairs]
            yield Finding(
                rule,
                Severity.WARN,
                message.format(*names),
                remedy,
                ", ".join(dict.fromkeys(rows.sources.get(name, "") for name in names)),
                names[0],
                rows=rows.numbered(bad),
            )

    for first, second in _ORDER:
        yield from compare(
            "order of dates",
            "{0} is after {1}.",
            "Look which of the two dates is wrong.",
            lambda a, b: len(a) == len(b) == 10 and a > b,
            first,
            second,
        )
    yield from compare(
        "sex and organ",
        "{0} and {1} do not go together.",
        "Look which of the two is wrong.",
        lambda sex, organ: (
            organ in _SEX_OF_ORGAN and sex in ("Male", "Female") and sex != _SEX_OF_ORGAN[organ]
        ),
        "sex",
        "topography",
    )
    yield from compare(
        "M1 and stage",
        "{0} says distant metastasis, {1} is not IV.",
        "Look which of the two is wrong.",
        lambda m, stage: "1" in m and not stage.startswith("IV"),
        "clinical_m",
        "stage_group",
    )
    yield from compare(
        "M0 and stage",
        "{0} says no distant metastasis, {1} is IV.",
        "Look which of the two is wrong; some cancers have a stage IV without metastasis.",
        lambda m, stage: m.endswith("0") and stage.startswith("IV"),
        "clinical_m",
        "stage_group",
    )
    yield from compare(
        "death and vital status",
        "{0} is alive, {1} is given.",
        "Look which of the two is wrong.",
        lambda status, died: status == "Alive",
        "vital_status",
        "date_of_death",
    )


def against_images(rows: Rows, template: Template, images: Images) -> Iterator[Finding]:
    """Yield findings about rows that contradict the headers of the patient's images."""
    parts = {row["topography"]: row["parts"].split("|") for row in reference_rows("body_parts.csv")}

    def compare(element: str, what: str, wrong: Callable[[str, str], bool]) -> Iterator[Finding]:
        target = template.of(element)
        column = rows.columns.get(target.name) if target else None
        if target is None or column is None:
            return
        result = together(
            lambda patient, value: "x" if value and wrong(patient, value) else "", rows.subjects, column
        )
        bad = np.flatnonzero(result.where(bool))
        if len(bad):
            yield Finding(
                f"{what} of table and images",
                Severity.WARN,
                f"{target.title} is not what the images of the patient say ({what}).",
                "Look whether the row belongs to another patient; then correct the table or the images.",
                rows.sources.get(target.name, ""),
                target.name,
                rows=rows.numbered(bad),
            )

    def other_sex(patient: str, sex: str) -> bool:
        known = (
            {_DICOM_SEX[one] for one in images.patients[patient].sexes if one in _DICOM_SEX}
            if patient in images.patients
            else set()
        )
        return bool(known) and sex in ("Male", "Female") and sex not in known

    def other_age(patient: str, age: str) -> bool:
        found = list(_ages(images, patient))
        try:
            return bool(found) and min(abs(one - float(age)) for one in found) > _YEARS_APART
        except ValueError:
            return False

    def other_part(patient: str, organ: str) -> bool:
        known = images.patients[patient].body_parts if patient in images.patients else set()
        fitting = parts.get(organ, ())
        return bool(known and fitting) and not any(
            part in body or body in part for part in fitting for body in known
        )

    yield from compare("sex", "sex", other_sex)
    yield from compare("age_at_imaging", "age", other_age)
    yield from compare("age_at_diagnosis", "age", other_age)
    yield from compare("topography", "body part", other_part)


def _ages(images: Images, patient: str) -> Iterator[float]:
    found = images.patients.get(patient)
    if found is None:
        return
    for age in found.ages:
        if re.fullmatch(r"\d{3}[YMWD]", age):
            yield int(age[:3]) / {"Y": 1, "M": 12, "W": 52, "D": 365}[age[3]]
    first_study = images.baseline(patient)
    for birth in found.births:
        days = (
            _dates.days_between(f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", first_study)
            if len(birth) == 8 and first_study
            else None
        )
        if days is not None:
            yield days / 365.25
