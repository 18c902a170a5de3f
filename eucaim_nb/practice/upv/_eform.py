"""What the dataset service reads from a clinical form: three answers, if the form has the pages they are on."""

from collections.abc import Mapping
from typing import Any

_SEX = {"MALE": "M", "FEMALE": "F"}


def year_of_diagnosis(form: Mapping[str, Any]) -> int | None:
    """Return the year of the baseline date."""
    date = _answer(form, "inclusion_criteria", "baseline_date", "date_baseline_ct")
    return int(str(date)[:4]) if date else None


def age(form: Mapping[str, Any]) -> str | None:
    """Return the age at diagnosis, written as DICOM does; it counts more than the age in the images."""
    years = _answer(form, "inclusion_criteria", "age_at_diagnosis", "age_at_baseline")
    return f"{int(years):03d}Y" if years not in (None, "") else None


def sex(form: Mapping[str, Any]) -> str | None:
    """Return the sex as M, F or O."""
    answer = _answer(form, "patient_data", "gender")
    return _SEX.get(str(answer).upper(), "O") if answer else None


def _answer(form: Mapping[str, Any], page: str, *variables: str) -> Any:
    pages = form.get("pages")
    for one in pages if isinstance(pages, list) else []:
        if one.get("page_name") == page:
            for variable in variables:
                if variable in one.get("page_data", {}):
                    return one["page_data"][variable].get("value")
    return None
