"""Prepared values made as safe as the images: pseudonyms, dates moved alike, high ages joined."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.identity import DatePolicy, Dates

from ._checks import Rows
from ._column import Column
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

    def __init__(self, mapping: TableMapping, template: Template, images: Images, rows: Rows) -> None:
        self._mapping, self._template, self._images, self._rows = mapping, template, images, rows
        self.findings: list[Finding] = []

    def columns(self) -> dict[str, Column]:
        """Return the columns with ages joined and dates treated as in the images."""
        found: dict[str, Column] = {}
        for name, column in self._rows.columns.items():
            target = self._template[name]
            if target.type == "date":
                found |= self._dated(name, column)
            elif target.element.startswith("age_"):
                found[name] = self._joined(name, column)
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

    def pseudonyms(self) -> Column:
        """Return the pseudonym of each row."""
        ids = self._rows.subjects
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
                    rows=self._rows.numbered(np.flatnonzero(lost)),
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

    def _joined(self, name: str, column: Column) -> Column:
        limit = self._images.age_limit
        high = column.where(lambda text: bool(limit) and _years(text) > limit)
        if not high.any():
            return column
        self._tell(
            "age above the limit",
            f"Ages above {limit} years became {limit + 1}, as in the images.",
            name,
            self._rows.numbered(np.flatnonzero(high)),
            Severity.INFO,
        )
        return column.map(lambda text: str(limit + 1) if _years(text) > limit else text)

    def _dated(self, name: str, column: Column) -> Iterator[tuple[str, Column]]:
        if self._mapping.dates != "days":
            yield name, self._moved(column)
        if self._mapping.dates == "as images":
            return
        days = self._days(column)
        yield name + DAYS, days
        lost = column.where(bool) & days.where(lambda text: not text)
        if lost.any() and self._images.baselines:
            self._tell(
                "no days from the first study",
                "Dates without a day, or of patients without a dated study, have no number of days.",
                name,
                self._rows.numbered(np.flatnonzero(lost)),
            )

    def _moved(self, column: Column) -> Column:
        """Return dates as the policy of the images makes them."""
        if self._policy is not DatePolicy.SHIFT:
            return column.map_filled(lambda day: _by_policy(Dates(self._policy), day))
        if self._images.maker is None:
            return Column.constant("", len(column))
        whole = _ordinals(column.values)[column.codes]
        moved = _column_of(whole + self._shifts, whole > 0, lambda day: date.fromordinal(day).isoformat())
        coarse = np.flatnonzero((whole == 0) & column.where(bool))
        if not len(coarse):
            return moved
        texts = moved.texts()
        for row in coarse.tolist():
            texts[row] = _by_policy(Dates(DatePolicy.SHIFT, int(self._shifts[row])), column[row])
        return Column.of(texts)

    def _days(self, column: Column) -> Column:
        """Return the days from each patient's first study."""
        first = self._firsts
        day = _ordinals(column.values)[column.codes]
        return _column_of(day - first, (day > 0) & (first > 0), str)

    @cached_property
    def _shifts(self) -> NDArray[np.int64]:
        """By how many days the dates of each row move."""
        ids, maker = self._rows.subjects, self._images.maker
        days = [maker.shift_days(patient) if maker is not None else 0 for patient in ids.values]
        return np.array(days, dtype=np.int64)[ids.codes]

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        """Day of the first study of each row's patient, 0 if there is none."""
        ids = self._rows.subjects
        return _ordinals([self._images.baseline(patient) for patient in ids.values])[ids.codes]

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


def _ordinals(days: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of each day (ISO 8601), 0 for what is none."""
    return np.array(
        [date.fromisoformat(day).toordinal() if len(day) == 10 else 0 for day in days], dtype=np.int64
    )


def _column_of(numbers: NDArray[np.int64], known: NDArray[np.bool_], write: Callable[[int], str]) -> Column:
    """Return a column of numbers as they are written, empty where they are not known."""
    values, codes = np.unique(np.where(known, numbers, _UNKNOWN), return_inverse=True)
    written = ["" if value == _UNKNOWN else write(value) for value in values.tolist()]
    return Column(tuple(written), codes.astype(np.int32))


_UNKNOWN = np.iinfo(np.int64).min


def _by_policy(dates: Dates, day: str) -> str:
    """Return a date (ISO 8601, perhaps without day or month) after a policy."""
    plain = dates.dt(day.replace("-", ""))
    return "-".join(part for part in (plain[:4], plain[4:6], plain[6:8]) if part)


def _years(text: str) -> int:
    try:
        return int(float(text))
    except ValueError:
        return 0
