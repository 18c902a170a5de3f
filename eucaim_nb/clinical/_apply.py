"""A mapping at work: from the table to the variables of a template, column by column, with every row accounted for."""

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import TableError

from . import _checks, _numbers
from ._column import Column, together
from ._column import Rows as RowNumbers
from ._finding import Finding, Severity
from ._generalise import generalised
from ._images import Images
from ._mapping import FieldMap, Mapping
from ._protect import Protection, in_order
from ._select import Dropped, select
from ._steps import MEANINGS, Unusable, is_missing
from ._table import RawTable
from ._target import Target
from ._template import Template


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
    missing
        By target, why a row has no value, where the table says why: `unknown`, `not applicable`, `not done`.
    both, images_only, clinical_only
        Patient IDs by where they are.
    """

    template: Template
    columns: Map[str, Column]
    lines: NDArray[np.int64]
    subjects: Column
    rows_in: int
    missing: Map[str, Column] = field(default_factory=dict)
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
    subject = template.subject
    if subject is None:
        raise TableError("The template has no variable for the Patient ID (element patient_id). Add it.")
    chosen = select(table, mapping, images)
    rows = chosen.rows
    values = _Values(table, template, mapping, rows)
    values.fill()
    found = _checks.Rows(values.columns, values.sources, table.lines[rows], chosen.ids.take(rows))
    protection = Protection(mapping, template, images, found)
    columns, pseudonyms = protection.columns(), protection.pseudonyms()
    columns = {subject.name: pseudonyms, **in_order(generalised(columns, mapping.generalise), template)}
    findings = [
        *table.findings,
        *chosen.findings,
        *values.findings,
        *_checks.texts(found, template),
        *_checks.between(found, template),
        *(_checks.against_images(found, template, images) if mapping.subjects.pseudonyms == "key" else ()),
        *protection.findings,
    ]
    made = Prepared(
        template,
        columns,
        found.lines,
        found.subjects,
        len(table),
        values.missing,
        tuple(chosen.dropped),
        tuple(findings),
        chosen.both,
        chosen.images_only,
        chosen.clinical_only,
    )
    return _without_invalid(made) if mapping.invalid == "drop rows" else made


def _without_invalid(made: Prepared) -> Prepared:
    """Leave out the rows that findings of severity ERR are about; these stand in the way no longer."""
    present = set(made.lines.tolist())
    findings = []
    wrong: dict[int, str] = {}
    for one in made.findings:
        if one.severity is Severity.ERR and one.rows and present.issuperset(one.rows):
            wrong |= {line: one.rule for line in one.rows if line not in wrong}
            one = replace(one, severity=Severity.WARN)
        findings.append(one)
    kept = ~np.isin(made.lines, list(wrong))
    reasons = dict.fromkeys(wrong.values())
    return replace(
        made,
        columns={name: column.take(kept) for name, column in made.columns.items()},
        lines=made.lines[kept],
        subjects=made.subjects.take(kept),
        missing={name: column.take(kept) for name, column in made.missing.items()},
        findings=tuple(findings),
        dropped=(
            *made.dropped,
            *(
                Dropped(
                    f"a cell is wrong: {reason}", tuple(line for line, why in wrong.items() if why == reason)
                )
                for reason in reasons
            ),
        ),
    )


@dataclass
class _Values:
    """Fills the variables of a template, and tells which cells it could not use."""

    table: RawTable
    template: Template
    mapping: Mapping
    rows: RowNumbers
    columns: dict[str, Column] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    """By target, the rows with a cell that was not taken."""
    missing: dict[str, Column] = field(default_factory=dict)
    """By target, what the table says of the rows without a value."""

    def fill(self) -> None:
        """Do it."""
        for one in self.mapping.fields:
            if one.target not in self.template:
                raise TableError(
                    f"The mapping fills {one.target!r}, which the template {self.template.name} does not have."
                )
            if missing := [name for name in one.source if name not in self.table.columns]:
                raise TableError(
                    f"The mapping makes {one.target} of a column that this table lacks: {missing[0]!r}."
                )
            target = self.template[one.target]
            self.sources[one.target] = ", ".join(one.source)
            column = self._made(one, target)
            self._tell_suspects(column, target)
            self.columns[one.target] = column
            self._tell_why_missing(one, column)
        self._timepoints()
        self._mandatory()

    def _made(self, one: FieldMap, target: Target) -> Column:
        change, check = made_of(one), checked(target)
        if len(one.source) == 1 and one.combine is None:
            (name,) = one.source
            return self._each(self._column(name), lambda text: check(change(text)), name, target)
        if not one.source:
            column = Column.constant(one.constant, len(self.rows))
        else:
            made = [self._each(self._column(name), change, name, target) for name in one.source]
            column = together(one.combine.change(), *made) if one.combine is not None else made[0]
        return self._each(column, check, self.sources[one.target], target)

    def _column(self, name: str) -> Column:
        return self.table.columns[name].take(self.rows)

    def _each(self, column: Column, change: Callable[[str], str], source: str, target: Target) -> Column:
        """Change every distinct value; those that cannot be are left empty and become findings."""
        new: list[str] = []
        refused: dict[int, Unusable] = {}
        for value in column.values:
            try:
                new.append(change(value))
            except Unusable as why:
                refused[len(new)] = why
                new.append("")
        if refused:
            self._tell_refused(column, refused, source, target)
        return column.recoded(new)

    def _tell_refused(self, column: Column, refused: Map[int, Unusable], source: str, target: Target) -> None:
        bad = self.refused.setdefault(target.name, np.zeros(len(column), dtype=bool))
        for code, where in column.rows_by_value(list(refused)).items():
            reason = refused[code]
            bad[where] = True
            self.findings.append(
                Finding(
                    reason.rule,
                    Severity.ERR if target.mandatory else Severity.WARN,
                    reason.message if target.mandatory else f"{reason.message} It is left out.",
                    reason.remedy,
                    source,
                    target.name,
                    column.values[code],
                    self.table.source_lines(self.rows[where]),
                )
            )

    def _tell_why_missing(self, one: FieldMap, column: Column) -> None:
        """Keep what the cells of rows without a value say: a code or a word for a kind of missing value."""
        rows = np.flatnonzero(column.where(lambda text: not text))
        if not len(rows) or not one.source:
            return
        said = (self._column(name).take(rows).map(_meaning(one)) for name in one.source)
        why = together(_first, *said)
        if any(why.values):
            codes = np.zeros(len(column), dtype=np.int32)
            codes[rows] = why.codes + 1
            self.missing[one.target] = Column(("", *why.values), codes).map(str)

    def _tell_suspects(self, column: Column, target: Target) -> None:
        if target.type not in ("integer", "number"):
            return
        bad = set(_numbers.suspects(value for value in column.values if value))
        rows = np.flatnonzero(column.where(lambda text: text in bad)) if bad else ()
        if len(rows):
            self.findings.append(
                Finding(
                    "like a code for missing",
                    Severity.WARN,
                    "A number far from all others is one that often stands for a missing value, such as -1 or 99.",
                    "If it does, name it under missing for this variable; it is exported as a number until then.",
                    self.sources[target.name],
                    target.name,
                    rows=self.table.source_lines(self.rows[rows]),
                )
            )

    def _timepoints(self) -> None:
        """Number the rows of each patient, if all count and the table does not say their order."""
        target = self.template.of("timepoint")
        if self.mapping.subjects.rows != "timepoints" or target is None or target.name in self.columns:
            return
        codes = self._column(self.mapping.subjects.column).codes
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        numbers = np.empty(len(codes), dtype=np.int64)
        numbers[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(starts, append=len(codes))) + 1
        self.columns[target.name] = Column.of(str(number) for number in numbers.tolist())

    def _mandatory(self) -> None:
        for target in self.template.targets:
            if not target.mandatory or target.element == "patient_id":
                continue
            if target.name not in self.columns:
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
            empty = self.columns[target.name].where(lambda text: not text)
            if target.name in self.refused:
                empty &= ~self.refused[target.name]
            if empty.any():
                self.findings.append(
                    Finding(
                        "mandatory value",
                        Severity.ERR,
                        f"{target.title} is mandatory and has no value.",
                        "Fill it in the table, or map the missing value to one that the template allows (Unknown).",
                        self.sources.get(target.name, ""),
                        target.name,
                        rows=self.table.source_lines(self.rows[empty]),
                    )
                )


def made_of(one: FieldMap) -> Callable[[str], str]:
    """Return what the mapping makes of a cell."""
    known = {value.source: value.to for value in one.values}
    steps = [step.change() for step in one.steps]

    def change(text: str) -> str:
        said = known.get(text, known.get(text.strip())) if known else None
        if said is not None:
            text = said
        elif is_missing(text, one.missing) is not None:
            return ""
        for step in steps:
            text = step(text) if text else text
        return text

    return change


def _first(*texts: str) -> str:
    return next(filter(None, texts), "")


def _meaning(one: FieldMap) -> Callable[[str], str]:
    """Return what a cell says of why it has no value; empty if it has one or does not say why."""

    def meaning(text: str) -> str:
        said = is_missing(text, one.missing)
        return said if said in MEANINGS else ""

    return meaning


def checked(target: Target) -> Callable[[str], str]:
    """Return the check of a value: it gives the value back, or says why it is not one of the variable."""
    problem_of = _checks.problem_in(target)

    def check(text: str) -> str:
        problem = problem_of(text) if text else None
        if problem is not None:
            raise Unusable(*problem)
        return text

    return check
