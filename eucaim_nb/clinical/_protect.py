"""Prepared values made as safe as the images: pseudonyms, dates moved alike, high ages joined."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.identity import DatePolicy, Dates

from . import _dates
from ._checks import Rows
from ._column import Column, together
from ._finding import Finding, Severity
from ._images import Images
from ._mapping import Mapping as TableMapping
from ._template import Template

DAYS = "_days"
"""Behind the name of a date: days from the patient's first study."""


class Protection:
    """What was done to the images of each patient, done to rows of a table.

    `findings` gathers what a person should know.
    """

    def __init__(self, mapping: TableMapping, template: Template, images: Images) -> None:
        self._mapping, self._template, self._images = mapping, template, images
        self.findings: list[Finding] = []

    def columns(self, rows: Rows) -> dict[str, Column]:
        """Return the columns of rows with ages joined and dates treated as in the images."""
        found: dict[str, Column] = {}
        for name, column in rows.columns.items():
            target = self._template[name]
            if target.type == "date":
                found |= self._dated(name, column, rows)
            elif target.element.startswith("age_"):
                found[name] = self._joined(name, column, rows.lines)
            elif target.element == "year_of_diagnosis" and self._policy in (
                DatePolicy.SHIFT,
                DatePolicy.REMOVE,
            ):
                self._tell(
                    "year beside moved dates",
                    "The true year is left out, because dates are moved or removed.",
                    name,
                )
                found[name] = Column.constant("", len(column))
            else:
                found[name] = column
        return found

    def pseudonyms(self, ids: Column, lines: NDArray[np.int64]) -> Column:
        """Return the pseudonym of each row."""
        column = self._mapping.subjects.column
        if self._mapping.subjects.pseudonyms == "keep":
            return ids
        made = ids.map(self._images.pseudonym)
        lost = made.where(lambda text: not text)
        if lost.any():
            self.findings.append(
                Finding(
                    "no pseudonym",
                    Severity.ERR,
                    "The pseudonym of these patients cannot be told: it needs the secret of the EUCAIM anonymiser, or "
                    "the Patient ID is that of two patients of different issuers.",
                    "Give the secret, or leave these rows out.",
                    column,
                    rows=tuple(lines[lost].tolist()),
                )
            )
        if not self._images.deidentified:
            self._tell(
                "images not de-identified yet",
                "Pseudonyms and dates are those of the default profile. De-identify the images, then prepare the table "
                "again.",
                column,
            )
        elif self._images.recipes > 1:
            self._tell(
                "images of several recipes",
                "Images were de-identified in more than one way. The table follows the way of most of them.",
                column,
            )
        return made

    @property
    def _policy(self) -> DatePolicy:
        if self._mapping.subjects.pseudonyms == "keep":
            # How the images' dates were moved is not known here: the month is what the EUCAIM anonymiser leaves.
            return DatePolicy.MONTH
        return self._images.dates

    def _joined(self, name: str, column: Column, lines: NDArray[np.int64]) -> Column:
        limit = self._images.age_limit
        high = column.where(lambda text: bool(limit) and _years(text) > limit)
        if not high.any():
            return column
        self._tell(
            "age above the limit",
            f"Ages above {limit} years became {limit + 1}, as in the images.",
            name,
            lines[high].tolist(),
            Severity.INFO,
        )
        return column.map(lambda text: str(limit + 1) if _years(text) > limit else text)

    def _dated(self, name: str, column: Column, rows: Rows) -> Iterator[tuple[str, Column]]:
        if self._mapping.dates != "days":
            yield name, together(self._moved, rows.subjects, column)
        if self._mapping.dates == "as images":
            return
        days = together(self._days, rows.subjects, column)
        yield name + DAYS, days
        lost = column.where(bool) & days.where(lambda text: not text)
        if lost.any() and self._images.baselines:
            self._tell(
                "no days from the first study",
                "Dates without a day, or of patients without a dated study, have no number of days.",
                name,
                rows.lines[lost].tolist(),
            )

    def _moved(self, patient: str, day: str) -> str:
        if not day:
            return ""
        shift = 0
        if self._policy is DatePolicy.SHIFT:
            if self._images.maker is None:
                return ""
            shift = self._images.maker.shift_days(patient)
        plain = Dates(self._policy, shift).dt(day.replace("-", ""))
        return "-".join(part for part in (plain[:4], plain[4:6], plain[6:8]) if part)

    def _days(self, patient: str, day: str) -> str:
        baseline = self._images.baseline(patient)
        days = _dates.days_between(baseline, day) if baseline and day else None
        return "" if days is None else str(days)

    def _tell(
        self,
        rule: str,
        message: str,
        column: str,
        lines: Iterable[int] = (),
        severity: Severity = Severity.WARN,
    ) -> None:
        self.findings.append(Finding(rule, severity, message, "", column, rows=tuple(lines)))


def in_order(columns: Mapping[str, Column], template: Template) -> dict[str, Column]:
    """Return columns in the order of the template, the days of a date behind it."""
    order = (name for target in template.targets for name in (target.name, target.name + DAYS))
    return {name: columns[name] for name in order if name in columns}


def _years(text: str) -> int:
    try:
        return int(float(text))
    except ValueError:
        return 0
