"""eForms of CHAIMELEON's dataset service: on pages, as the node reads age, sex and year of diagnosis; and flat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ._column import Column, Rows
from ._export_tables import Files
from ._finding import Finding, Severity
from ._written import Source, json_list, number_of, to_json

# What the node reads, by element: page and variable (chaimeleon-eu/dataset-service, eform.py).
_READ = {
    "date_of_diagnosis": ("inclusion_criteria", "baseline_date"),
    "age_at_diagnosis": ("inclusion_criteria", "age_at_diagnosis"),
    "sex": ("patient_data", "gender"),
}
_NOTHING = Column.of(())
_ALWAYS = ("inclusion_criteria", "patient_data")
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
    yield "eforms.json", json_list(_forms(source))


def eforms_flat(source: Source) -> Files:
    """Yield the list of subjects with flat eForms of texts, as the node makes them of a CSV."""
    _, *names = source.columns
    forms = (
        {"subjectName": subject, "eForm": dict(zip(names, texts, strict=True))}
        for subject, *texts in source.rows()
    )
    yield "eforms_flat.json", json_list(map(to_json, forms))


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


def _forms(source: Source) -> Iterator[str]:
    """Yield the form of each subject: pages with the first row, and all rows as a list if there are several."""
    pages = _pages(source)
    for part in source.subjects():
        firsts = np.array([rows[0] for _, rows in part])
        written = zip(*(page.written(firsts) for page in pages), strict=True)
        for (subject, rows), texts in zip(part, written, strict=True):
            shown = [text for text in texts if text]
            if len(rows) > 1:
                shown.append(_page("timepoints", lists=to_json(source.texts_of(rows))))
            yield f'{{"subjectName": {to_json(subject)}, "eForm": {{"pages": [{", ".join(shown)}]}}}}'


@dataclass(frozen=True)
class _Page:
    """A page of the form; its head is there even if no variable on it has a value."""

    name: str
    answers: list[Callable[[Rows], list[str]]]

    def written(self, rows: Rows) -> list[str]:
        """Return the page (JSON) as it is for some rows, empty if the form goes without it."""
        answers = zip(*(answer(rows) for answer in self.answers), strict=True)
        joined = [", ".join(filter(None, texts)) for texts in answers] or [""] * len(rows)
        kept = self.name in _ALWAYS
        return [_page(self.name, text) if text or kept else "" for text in joined]


def _pages(source: Source) -> list[_Page]:
    pages: dict[str, list[Callable[[Rows], list[str]]]] = {page: [] for page in _ALWAYS}
    _, *names = source.columns
    for name in names:
        page, variable = _place(source, name)
        pages.setdefault(page, []).append(source.columns[name].written(_answer(source, name, variable)))
    return [_Page(page, answers) for page, answers in pages.items()]


def _page(name: str, data: str = "", lists: str = "[]") -> str:
    label = _LABELS.get(name, name.replace("_", " ").capitalize())
    head = f'"page_name": {to_json(name)}, "page_label": {to_json(label)}'
    return f'{{{head}, "page_data": {{{data}}}, "lists": {lists}}}'


def _place(source: Source, name: str) -> tuple[str, str]:
    target = source.target(name)
    if target is not None and target.page:
        return target.page, name
    return _READ.get(target.element if target else "", (_OTHER_PAGE, name))


def _answer(source: Source, name: str, variable: str) -> Callable[[str], str]:
    """Return how a value of a column is written on its page; no value is not written at all."""
    target = source.target(name)
    label = to_json(target.title if target else name)
    head = f'{to_json(variable)}: {{"var_label": {label}, "value": '
    tail = f', "value_type": {to_json(_TYPES[source.kind(name)])}}}'
    if source.has_numbers(name):
        return lambda text: f"{head}{number_of(text)!r}{tail}" if text else ""
    words = _GENDER if target is not None and target.element == "sex" else {}
    return lambda text: f"{head}{to_json(words.get(text, text))}{tail}" if text else ""
