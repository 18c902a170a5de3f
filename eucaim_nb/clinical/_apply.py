"""A mapping at work: from the table to the variables of a template, column by column, with every row accounted for."""

from collections.abc import Callable, Iterable, Mapping as Map
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import TableError
from eucaim_nb.identity import DatePolicy, Dates

from . import _checks, _dates
from ._checks import Rows
from ._column import Column, together
from ._finding import Finding, Severity
from ._generalise import generalised
from ._images import Images, normalisations, normalise
from ._mapping import FieldMap, Mapping
from ._profile import says
from ._steps import Unusable, is_missing
from ._table import RawTable
from ._template import Target, Template
from ._words import rows as reference_rows

DAYS = "_days"
"""Behind the name of a date: days from the patient's first study."""


@dataclass(frozen=True)
class Dropped:
    """Rows that are not in the result, and why."""

    reason: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """What a table became.

    Attributes
    ----------
    columns
        By target, in the order of the template, the pseudonym first; dates have one column more, `<name>_days`.
    lines
        For each row its line in the file.
    subjects
        Patient IDs as in the images, by row: never written but to `private/`.
    both, images_only, clinical_only
        Patient IDs of the table, joined with those of the images.
    """

    template: Template
    columns: Map[str, Column]
    lines: NDArray[np.int64]
    subjects: Column
    rows_in: int
    dropped: tuple[Dropped, ...] = ()
    findings: tuple[Finding, ...] = ()
    both: tuple[str, ...] = ()
    images_only: tuple[str, ...] = ()
    clinical_only: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def target_of_subject(self) -> str:
        """Name of the column with pseudonyms."""
        return next(iter(self.columns))


def apply(table: RawTable, template: Template, mapping: Mapping, images: Images) -> Prepared:
    """Return what a mapping makes of a table.

    Raises
    ------
    TableError
        The mapping names a column or a variable that there is not.
    """
    return _Run(table, template, mapping, images).run()


@dataclass
class _Run:
    table: RawTable
    template: Template
    mapping: Mapping
    images: Images
    dropped: list[Dropped] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> Prepared:
        """Do it all."""
        subject = self._subject()
        self.findings += self.table.findings
        ids = self.table.columns[self.mapping.subjects.column].map(
            lambda text: normalise(text, self.mapping.subjects.normalise)
        )
        self.kept = np.ones(len(self.table), dtype=bool)
        self._leave_out(~ids.where(says), "no Patient ID")
        self._leave_out(self._repeated_headers(), "a header repeated among the rows")
        sides = self._join(ids)
        self._several_rows(ids)
        rows = np.flatnonzero(self.kept)
        lines, ids = self.table.lines[rows], ids.take(rows)
        columns, sources, wrong = self._columns(rows, lines)
        self._mandatory(columns, sources, lines, wrong)
        found = Rows(columns, sources, lines, ids)
        self.findings += _checks.texts(found, self.template)
        self.findings += _checks.between(found, self.template)
        if self.images.patients and self.mapping.subjects.pseudonyms == "key":
            parts = {row["topography"]: row["parts"].split("|") for row in reference_rows("body_parts.csv")}
            self.findings += _checks.against_images(found, self.template, self.images, parts)
        columns = self._sheltered(columns, ids, lines)
        pseudonyms = self._pseudonyms(ids, lines)
        columns = generalised(columns, self.mapping.generalise)
        columns = {subject.name: pseudonyms, **self._in_order(columns)}
        if self.mapping.invalid == "drop rows":
            columns, lines, ids = self._without_invalid(columns, lines, ids)
        return Prepared(
            self.template, columns, lines, ids, len(self.table), tuple(self.dropped), tuple(self.findings), *sides
        )

    # Rows

    def _subject(self) -> Target:
        subject = self.template.subject
        if subject is None:
            raise TableError("The template has no variable for the Patient ID (element patient_id). Add it.")
        column = self.mapping.subjects.column
        if column not in self.table.columns:
            raise TableError(
                "The mapping does not say which column has the Patient IDs of the images (subjects.column)."
                if not column
                else "The column with the Patient IDs that the mapping names is not in this table."
            )
        return subject

    def _leave_out(self, rows: NDArray[np.bool_], reason: str) -> None:
        rows = rows & self.kept
        if rows.any():
            self.dropped.append(Dropped(reason, tuple(self.table.lines[rows].tolist())))
            self.kept &= ~rows

    def _repeated_headers(self) -> NDArray[np.bool_]:
        same = [column.where(lambda text, name=name: text.strip() == name) for name, column in self.table.columns.items()]
        return np.logical_and.reduce(same) if same else np.zeros(len(self.table), dtype=bool)

    def _join(self, ids: Column) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        here = set(ids.take(self.kept).values)
        there = set(self.images.patients)
        if self.mapping.subjects.pseudonyms == "keep":
            there |= {new for made in self.images.made.values() for new in made}
        both, lone = here & there, here - there
        if there and self.mapping.subjects.without_images == "drop":
            self._leave_out(ids.where(lambda one: one in lone), "no images of this patient are indexed")
        for step, count in normalisations(lone, there).items():
            self.findings.append(
                Finding(
                    "Patient ID written differently",
                    Severity.WARN,
                    f"{count:,} patients more would have images if Patient IDs were changed by {step!r}.",
                    f"If they are the same patients, add {step!r} to subjects.normalise in the mapping.",
                    self.mapping.subjects.column,
                )
            )
        known = {old for old, made in self.images.made.items() if made} if self.mapping.subjects.pseudonyms == "keep" else set()
        return tuple(sorted(both)), tuple(sorted(there - here - known)), tuple(sorted(lone))

    def _several_rows(self, ids: Column) -> None:
        rows = np.flatnonzero(self.kept)
        codes = ids.codes[rows]
        _, first, counts = np.unique(codes, return_index=True, return_counts=True)
        several = set(codes[first[counts > 1]].tolist())
        policy = self.mapping.subjects.rows
        if not several or policy == "timepoints":
            return
        if policy == "one":
            where = rows[np.isin(codes, list(several))]
            self.findings.append(
                Finding(
                    "several rows of a patient",
                    Severity.ERR,
                    f"{len(several):,} patients have more than one row.",
                    "Say which counts (subjects.rows: first or last), or keep all as timepoints.",
                    self.mapping.subjects.column,
                    rows=self.table.source_lines(where),
                )
            )
            return
        order = rows if policy == "first" else rows[::-1]
        _, kept = np.unique(ids.codes[order], return_index=True)
        others = self.kept.copy()
        others[order[kept]] = False
        self._leave_out(others, f"not the {policy} row of the patient")

    # Values

    def _columns(
        self, rows: NDArray[np.intp], lines: NDArray[np.int64]
    ) -> tuple[dict[str, Column], dict[str, str], dict[str, NDArray[np.bool_]]]:
        columns: dict[str, Column] = {}
        sources: dict[str, str] = {}
        wrong: dict[str, NDArray[np.bool_]] = {}
        for one in self.mapping.fields:
            if one.target not in self.template:
                raise TableError(f"The mapping fills {one.target!r}, which the template {self.template.name} does not have.")
            target = self.template[one.target]
            if missing := [name for name in one.source if name not in self.table.columns]:
                raise TableError(f"The mapping makes {one.target} of a column that this table lacks: {missing[0]!r}.")
            sources[one.target] = ", ".join(one.source)
            if not one.source:
                made = [Column.constant(one.constant, len(rows))]
            else:
                made = [self._changed(one, target, name, rows, lines, wrong) for name in one.source]
            column = made[0] if one.combine is None else together(one.combine.change(), *made)
            columns[one.target] = self._checked(one, target, column, lines, wrong)
        if self.mapping.subjects.rows == "timepoints":
            columns |= self._timepoints(columns, rows)
        return columns, sources, wrong

    def _changed(
        self,
        one: FieldMap,
        target: Target,
        name: str,
        rows: NDArray[np.intp],
        lines: NDArray[np.int64],
        wrong: dict[str, NDArray[np.bool_]],
    ) -> Column:
        column = self.table.columns[name].take(rows)
        known = {value.source: value.to for value in one.values}
        changes = [step.change() for step in one.steps]

        def change(text: str) -> str:
            if text in known:
                text = known[text]
            elif is_missing(text, one.missing) is not None:
                return ""
            for each in changes:
                text = each(text) if text else text
            return text

        return self._each(column, change, one, target, name, lines, wrong)

    def _checked(
        self, one: FieldMap, target: Target, column: Column, lines: NDArray[np.int64], wrong: dict[str, NDArray[np.bool_]]
    ) -> Column:
        def check(text: str) -> str:
            problem = _checks.problem_of(text, target) if text else None
            if problem is not None:
                raise Unusable(*problem)
            return text

        return self._each(column, check, one, target, ", ".join(one.source), lines, wrong)

    def _each(
        self,
        column: Column,
        change: Callable[[str], str],
        one: FieldMap,
        target: Target,
        source: str,
        lines: NDArray[np.int64],
        wrong: dict[str, NDArray[np.bool_]],
    ) -> Column:
        """Change every distinct value; those that cannot be are left empty and become findings."""
        new: list[str] = []
        refused: dict[int, Unusable] = {}
        for code, value in enumerate(column.values):
            try:
                new.append(change(value))
            except Unusable as why:
                refused[code] = why
                new.append("")
        if refused:
            bad = wrong.setdefault(one.target, np.zeros(len(column), dtype=bool))
            severity = Severity.ERR if target.mandatory else Severity.WARN
            for code, where in column.rows_by_value(list(refused)).items():
                why = refused[code]
                bad[where] = True
                message = why.message if target.mandatory else f"{why.message} It is left out."
                self.findings.append(
                    Finding(why.rule, severity, message, why.remedy, source, one.target, column.values[code], tuple(lines[where].tolist()))
                )
        return column.recoded(new)

    def _timepoints(self, columns: Map[str, Column], rows: NDArray[np.intp]) -> dict[str, Column]:
        """Return the number of each row among those of its patient, unless the table says it or it is not asked for."""
        target = self.template.of("timepoint")
        if target is None or target.name in columns:
            return {}
        codes = self.table.columns[self.mapping.subjects.column].codes[rows]
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
        numbers = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)])) + 1
        found = np.empty(len(codes), dtype=np.int64)
        found[order] = numbers
        return {target.name: Column.of(str(number) for number in found.tolist())}

    def _mandatory(
        self,
        columns: Map[str, Column],
        sources: Map[str, str],
        lines: NDArray[np.int64],
        wrong: Map[str, NDArray[np.bool_]],
    ) -> None:
        for target in self.template.targets:
            if not target.mandatory or target.element == "patient_id":
                continue
            if target.name not in columns:
                self.findings.append(
                    Finding(
                        "mandatory variable",
                        Severity.ERR,
                        f"The template asks for {target.title}, and no column is mapped to it.",
                        "Map a column to it, or give one value for all rows.",
                        target=target.name,
                    )
                )
                continue
            empty = columns[target.name].where(lambda text: not text)
            if target.name in wrong:
                empty &= ~wrong[target.name]
            if empty.any():
                self.findings.append(
                    Finding(
                        "mandatory value",
                        Severity.ERR,
                        f"{target.title} is mandatory and has no value.",
                        "Fill it in the table, or map the missing value to one that the template allows (Unknown).",
                        sources.get(target.name, ""),
                        target.name,
                        rows=tuple(lines[empty].tolist()),
                    )
                )

    # Protection

    def _sheltered(self, columns: dict[str, Column], ids: Column, lines: NDArray[np.int64]) -> dict[str, Column]:
        """Return the columns with ages joined and dates treated as in the images."""
        found: dict[str, Column] = {}
        limit = self.images.age_limit
        for name, column in columns.items():
            target = self.template[name]
            if target.element.startswith("age_") and limit:
                high = column.where(lambda text: _above(text, limit))
                if high.any():
                    self._tell("age above the limit", f"Ages above {limit} years became {limit + 1}, as in the images.", name, lines[high])
                    column = column.map(lambda text: str(limit + 1) if _above(text, limit) else text)
            elif target.element == "year_of_diagnosis" and self._policy not in (DatePolicy.KEEP, DatePolicy.MONTH):
                self._tell("year beside moved dates", "The true year is left out, because dates are moved or removed.", name)
                column = column.map(lambda text: "")
            elif target.type == "date":
                found |= self._dated(name, column, ids, lines)
                continue
            found[name] = column
        return found

    @property
    def _policy(self) -> DatePolicy:
        if self.mapping.subjects.pseudonyms == "keep":
            # How the images' dates were moved is not known here: the month is what the EUCAIM anonymiser leaves.
            return DatePolicy.KEEP if self.images.dates is DatePolicy.KEEP and self.images.deidentified else DatePolicy.MONTH
        return self.images.dates

    def _dated(self, name: str, column: Column, ids: Column, lines: NDArray[np.int64]) -> dict[str, Column]:
        policy, maker = self._policy, self.images.maker
        found: dict[str, Column] = {}

        def moved(patient: str, day: str) -> str:
            if not day:
                return ""
            shift = maker.shift_days(patient) if policy is DatePolicy.SHIFT and maker is not None else 0
            if policy is DatePolicy.SHIFT and not shift:
                return ""
            plain = Dates(policy, shift).dt(day.replace("-", ""))
            return "-".join(part for part in (plain[:4], plain[4:6], plain[6:8]) if part)

        if self.mapping.dates != "days":
            found[name] = together(moved, ids, column)
        if self.mapping.dates != "as images":
            days = together(lambda patient, day: self._days(patient, day), ids, column)
            found[name + DAYS] = days
            lost = column.where(bool) & days.where(lambda text: not text)
            if lost.any() and self.images.baselines:
                self._tell("no days from the first study", "Dates without a day, or of patients without a dated study, have no number of days.", name, lines[lost])
        return found

    def _days(self, patient: str, day: str) -> str:
        baseline = self.images.baseline(patient)
        days = _dates.days_between(baseline, day) if baseline and day else None
        return "" if days is None else str(days)

    def _pseudonyms(self, ids: Column, lines: NDArray[np.int64]) -> Column:
        if self.mapping.subjects.pseudonyms == "keep":
            return ids
        made = ids.map(self.images.pseudonym)
        lost = made.where(lambda text: not text)
        if lost.any():
            self.findings.append(
                Finding(
                    "no pseudonym",
                    Severity.ERR,
                    "The pseudonym of these patients cannot be told: it needs the secret of the EUCAIM anonymiser, or the "
                    "Patient ID is that of two patients of different issuers.",
                    "Give the secret, or leave these rows out.",
                    self.mapping.subjects.column,
                    rows=tuple(lines[lost].tolist()),
                )
            )
        if not self.images.deidentified:
            self._tell(
                "images not de-identified yet",
                "Pseudonyms and dates are those of the default profile. De-identify the images, then prepare the table again.",
                self.mapping.subjects.column,
            )
        elif self.images.recipes > 1:
            self._tell(
                "images of several recipes",
                "Images were de-identified in more than one way. The table follows the way of most of them.",
                self.mapping.subjects.column,
            )
        return made

    def _tell(self, rule: str, message: str, column: str, lines: Iterable[int] = ()) -> None:
        severity = Severity.INFO if rule.startswith("age") else Severity.WARN
        self.findings.append(Finding(rule, severity, message, "", column, rows=tuple(int(line) for line in lines)))

    # Result

    def _in_order(self, columns: Map[str, Column]) -> dict[str, Column]:
        order = [name for target in self.template.targets for name in (target.name, target.name + DAYS)]
        return {name: columns[name] for name in order if name in columns}

    def _without_invalid(
        self, columns: dict[str, Column], lines: NDArray[np.int64], ids: Column
    ) -> tuple[dict[str, Column], NDArray[np.int64], Column]:
        """Leave out rows with findings that block; such findings count as told then."""
        told = []
        bad: dict[int, str] = {}
        for one in self.findings:
            if one.severity is Severity.ERR and one.rows and set(one.rows) <= set(lines.tolist()):
                bad |= dict.fromkeys(one.rows, one.rule)
                one = Finding(one.rule, Severity.WARN, one.message, one.remedy, one.column, one.target, one.value, one.rows)
            told.append(one)
        self.findings = told
        for rule in dict.fromkeys(bad.values()):
            self.dropped.append(Dropped(f"a cell is wrong: {rule}", tuple(line for line, why in bad.items() if why == rule)))
        kept = ~np.isin(lines, list(bad))
        return {name: column.take(kept) for name, column in columns.items()}, lines[kept], ids.take(kept)


def _above(text: str, limit: float) -> bool:
    try:
        return int(float(text)) > limit
    except ValueError:
        return False
