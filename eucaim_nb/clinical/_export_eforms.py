"""eForms of CHAIMELEON's dataset service: on pages, as the node reads age, sex and year of diagnosis; and flat."""

from collections.abc import Iterator, Mapping
from typing import Any

from ._column import Column
from ._export_tables import Files
from ._finding import Finding, Severity
from ._written import Source, json_list

# What the node reads, by element: page and variable (chaimeleon-eu/dataset-service, eform.py).
_READ = {
    "date_of_diagnosis": ("inclusion_criteria", "baseline_date"),
    "age_at_diagnosis": ("inclusion_criteria", "age_at_diagnosis"),
    "sex": ("patient_data", "gender"),
}
_NOTHING = Column.of(())
_OTHER_PAGE = "clinical_data"
_GENDER = {
    "Male": "MALE",
    "Female": "FEMALE",
    "COM1001366": "MALE",
    "COM1001370": "FEMALE",
    "Other": "OTHER",
    "Unknown": "UNKNOWN",
}
_TYPES = {"date": "datepicker", "integer": "integer", "number": "number", "string": "text"}
_LABELS = {
    "inclusion_criteria": "Inclusion criteria",
    "patient_data": "Patient data",
    "clinical_data": "Clinical data",
}


def eforms(source: Source) -> Files:
    """Yield the list of subjects with paged eForms."""
    subjects = source.by_subject().items()
    forms = ({"subjectName": subject, "eForm": {"pages": _pages(source, rows)}} for subject, rows in subjects)
    yield "eforms.json", json_list(forms)


def eforms_flat(source: Source) -> Files:
    """Yield the list of subjects with flat eForms of texts, as the node makes them of a CSV."""
    _, *names = source.columns
    forms = (
        {"subjectName": subject, "eForm": dict(zip(names, texts, strict=True))}
        for subject, *texts in source.rows()
    )
    yield "eforms_flat.json", json_list(forms)


def moved_year(source: Source) -> Iterator[Finding]:
    """Yield a finding if the node would take the year of diagnosis from a date that was moved."""
    target = source.prepared.template.of("date_of_diagnosis")
    if source.moved and target is not None and any(source.columns.get(target.name, _NOTHING).values):
        yield Finding(
            "year of a moved date",
            Severity.INFO,
            "The node reads the year of diagnosis from the form's baseline date, which is moved as those of images.",
            "To send no such year, choose dates: days in the mapping.",
            target=target.name,
        )


def _pages(source: Source, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    pages: dict[str, dict[str, Any]] = {"inclusion_criteria": {}, "patient_data": {}}
    for name, text in rows[0].items():
        page, variable = _place(source, name)
        pages.setdefault(page, {})[variable] = _answer(source, name, text)
    found: list[dict[str, Any]] = [
        {
            "page_name": page,
            "page_label": _LABELS.get(page, page.replace("_", " ").capitalize()),
            "page_data": data,
            "lists": [],
        }
        for page, data in pages.items()
    ]
    if len(rows) > 1:
        found.append({"page_name": "timepoints", "page_label": "Timepoints", "page_data": {}, "lists": rows})
    return found


def _place(source: Source, name: str) -> tuple[str, str]:
    target = source.target(name)
    if target is not None and target.page:
        return target.page, name
    return _READ.get(target.element if target else "", (_OTHER_PAGE, name))


def _answer(source: Source, name: str, text: str) -> Mapping[str, Any]:
    target = source.target(name)
    value = source.value(name, text)
    if target is not None and target.element == "sex":
        value = _GENDER.get(text, text)
    return {
        "var_label": target.title if target else name,
        "value": value,
        "value_type": _TYPES[source.kind(name)],
    }
