"""A table with its mapping as a person changes it: kept in `clinical/mapping.json`, and every change can be undone."""

from collections.abc import Mapping as Map
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.clinical import (
    Combination,
    FieldMap,
    Mapping,
    Prepared,
    Profile,
    Rule,
    Step,
    Suggestion,
    Target,
    ValueMap,
)
from eucaim_nb.errors import TableError
from eucaim_nb.workspace import Workspace

CONFIRMED = "confirmed"
_RARE = 5


class Draft:
    """What the page works on.

    Parameters
    ----------
    layout
        How the file is read, where the guess is wrong.
    template
        Name of a template, or its file; None takes that of the mapping.
    mapping
        The mapping to begin with; None takes what the suggestions say.
    """

    def __init__(
        self,
        workspace: Workspace,
        file: Path,
        layout: Map[str, Any],
        template: str | None,
        mapping: Path | None,
    ) -> None:
        self.workspace, self.file = workspace, file
        used = clinical.load_mapping(mapping) if mapping is not None else None
        wanted = clinical.Layout(**layout)
        self.raw = clinical.load(file, used.layout if used and not layout else wanted)
        self.profiles: dict[str, Profile] = clinical.profile(self.raw)
        self.template_name = template or (used.template if used else clinical.DEFAULT)
        self.template = clinical.load_template(self.template_name)
        found = clinical.suggest(self.profiles, self.template)
        self.suggestions: dict[str, Suggestion] = {one.source: one for one in found}
        if used is None:
            used = clinical.propose(self.raw, self.template, suggestions=found)
        else:
            used = clinical.renewed(used, self.raw, self.template)
        self.mapping: Mapping = used
        self._before: list[tuple[str, Mapping]] = []

    # What stands

    @cached_property
    def subject(self) -> str:
        """Name of the variable for the Patient ID; empty if the template has none."""
        return self.template.subject.name if self.template.subject else ""

    @property
    def last_change(self) -> str:
        """What would be taken back, in words; empty if nothing was changed."""
        return self._before[-1][0] if self._before else ""

    @property
    def targets(self) -> list[Target]:
        """The variables of the template besides the Patient ID."""
        return [one for one in self.template.targets if one.name != self.subject]

    def target_of(self, column: str) -> str:
        """Return what a column becomes; empty if it is left out."""
        if column == self.mapping.subjects.column:
            return self.subject
        return next((one.target for one in self.mapping.fields if column in one.source), "")

    def is_confirmed(self, column: str) -> bool:
        """Tell whether a person said what a column becomes."""
        field = self.mapping.of(self.target_of(column))
        return field is not None and field.note == CONFIRMED

    def asks(self, column: str) -> bool:
        """Tell whether a column may be something, and nobody said yet."""
        return (
            bool(self.suggestions[column].target)
            and not self.target_of(column)
            and _left_out(column) not in self.mapping.decisions
        )

    def unsaid(self, column: str) -> str:
        """Say what is still to be said of a column that becomes a variable; empty if nothing is open."""
        field = self.mapping.of(self.target_of(column))
        return clinical.unsaid(self.raw, self.template, field) if field is not None else ""

    def is_open(self, column: str) -> bool:
        """Tell whether a person has to say something of a column."""
        return self.asks(column) or bool(self.unsaid(column))

    @property
    def open_questions(self) -> list[str]:
        """Columns of which only a person knows what they are, or how their cells are read."""
        return [name for name in self.raw.headers if self.is_open(name)]

    @property
    def lacking(self) -> list[Target]:
        """Mandatory variables that are made of nothing."""
        return [one for one in self.targets if one.mandatory and self.mapping.of(one.name) is None]

    def values(self, column: str) -> list[tuple[str, int]]:
        """Return the distinct texts of a column with their rows, most frequent first."""
        found = self.raw.columns[column]
        pairs = zip(found.values, found.counts.tolist(), strict=True)
        return sorted(((text, int(count)) for text, count in pairs if count), key=lambda pair: (-pair[1], pair[0]))

    # Changes

    def assign(self, column: str, target: str) -> None:
        """Say what a column becomes: a variable, the Patient ID, or nothing. A variable is made of one column."""
        fields = tuple(one for one in self.mapping.fields if column not in one.source and one.target != target)
        subjects, decisions = self.mapping.subjects, set(self.mapping.decisions) - {_left_out(column)}
        if subjects.column == column and target != self.subject:
            subjects = replace(subjects, column="")
        if not target:
            decisions.add(_left_out(column))
        elif target == self.subject:
            subjects = replace(subjects, column=column)
        else:
            made = self.mapping.of(target)
            if made is None or made.source != (column,):
                made = clinical.field_map(self.template[target], self.profiles[column], self.raw)
            fields += (replace(made, note=CONFIRMED),)
        becomes = self.template[target].title if target else "left out"
        changed = replace(self.mapping, fields=fields, subjects=subjects, decisions=tuple(sorted(decisions)))
        self._change(f"{column}: {becomes}", self._used(changed))

    def confirm_suggested(self) -> int:
        """Confirm every column that is mapped by a suggestion; return how many there were."""
        open_ones = [one for one in self.mapping.fields if one.source and one.note != CONFIRMED]
        fields = tuple(replace(one, note=CONFIRMED) if one in open_ones else one for one in self.mapping.fields)
        if open_ones:
            self._change(f"{len(open_ones)} columns confirmed", replace(self.mapping, fields=fields))
        return len(open_ones)

    def constant(self, target: str, value: str) -> None:
        """Give a variable one value for all rows; an empty one takes it back."""
        fields = tuple(one for one in self.mapping.fields if one.target != target)
        if value:
            fields += (FieldMap(target, constant=value, note=CONFIRMED),)
        self._change(f"{self.template[target].title}: {value or 'no value'}", replace(self.mapping, fields=fields))

    def value(self, target: str, text: str, to: str | None) -> None:
        """Say what a text stands for: a value, a missing value (empty), or nothing yet (None)."""
        field = self._field(target)
        kept = tuple(one for one in field.values if one.source != text)
        if to is not None:
            count = dict(self.values(field.source[0])).get(text, 0)
            kept += (ValueMap(text, to, rare=count < _RARE),)
        self._change(f"{self.template[target].title}: a value", self.mapping.with_field(replace(field, values=kept)))

    def missing(self, target: str, code: str, meaning: str) -> None:
        """Say that a code stands for a missing value, and for which kind; an empty meaning takes it back."""
        field = self._field(target)
        codes = {name: said for name, said in field.missing.items() if name != code}
        if meaning:
            codes[code] = meaning
        self._change(
            f"{self.template[target].title}: a missing code", self.mapping.with_field(replace(field, missing=codes))
        )

    def dates(self, target: str, form: str) -> None:
        """Say how the dates of a variable are written."""
        self._first_step(target, Step("date", {"format": form}), f"dates as {form}")

    def decimal(self, target: str, sign: str) -> None:
        """Say which decimal sign the numbers of a variable have."""
        old = next((one.arguments for one in self._field(target).steps if one.op == "number"), {})
        self._first_step(target, Step("number", {**old, "decimal": sign}), f"decimal sign {sign}")

    def steps(self, target: str, steps: tuple[Step, ...], what: str) -> None:
        """Say what is done to each cell of a variable."""
        field = replace(self._field(target), steps=steps)
        self._change(f"{self.template[target].title}: {what}", self.mapping.with_field(field))

    def combine(self, target: str, column: str, way: Combination | None) -> None:
        """Make a variable of its columns and one more, or of its first column only.

        Raises
        ------
        TableError
            No column is chosen, it is used for something else, or days are counted between other than two dates.
        """
        field = self._field(target)
        title = self.template[target].title
        if way is None:
            alone = replace(field, source=field.source[:1], combine=None)
            self._change(f"{title}: not combined", self._used(self.mapping.with_field(alone)))
            return
        if not column or self.target_of(column) not in ("", target):
            raise TableError("Choose a column that is left out so far.")
        source = tuple(dict.fromkeys((*field.source, column)))
        if way.op in ("days", "age") and len(source) != 2:
            raise TableError("Days and years are counted between two columns.")
        steps = self._date_steps(source[0]) if way.op in ("days", "age") else field.steps
        made = replace(field, source=source, combine=way, steps=steps, note=CONFIRMED)
        self._change(f"{title}: combined with {column}", self._used(self.mapping.with_field(made)))

    def _date_steps(self, column: str) -> tuple[Step, ...]:
        """Return how the dates of a column are read, as far as its cells tell."""
        form = self.profiles[column].dates.format
        return (Step("date", {"format": form}),) if form else ()

    def generalise(self, rules: tuple[Rule, ...], what: str) -> None:
        """Say which values are made coarser."""
        self._change(what, replace(self.mapping, generalise=rules))

    def link(self, **changes: Any) -> None:
        """Change how rows are joined with the images: fields of `Subjects`."""
        self._change(_in_words(changes), replace(self.mapping, subjects=replace(self.mapping.subjects, **changes)))

    def rules(self, **changes: Any) -> None:
        """Change what holds for the whole table: fields of `Mapping`."""
        self._change(_in_words(changes), replace(self.mapping, **changes))

    def undo(self) -> str:
        """Take the last change back, and return what it was."""
        what, self.mapping = self._before.pop()
        self.save()
        return what

    # The result

    @property
    def mapping_file(self) -> Path:
        """Where the mapping is kept."""
        return self.workspace.folder / "clinical" / clinical.MAPPING_FILE

    def save(self) -> None:
        """Keep the mapping in the workspace, where the preparation finds it."""
        clinical.save_mapping(self.mapping, self.mapping_file)

    def prepared(self) -> Prepared:
        """Return what the mapping makes of the table now. It takes seconds for a large table."""
        return clinical.apply(self.raw, self.template, self.mapping, clinical.images_of(self.workspace))

    def _used(self, mapping: Mapping) -> Mapping:
        """Return a mapping that names the columns which are left out now."""
        used = {name for one in mapping.fields for name in one.source} | {mapping.subjects.column}
        return replace(mapping, ignored=tuple(name for name in self.raw.headers if name not in used))

    def _field(self, target: str) -> FieldMap:
        field = self.mapping.of(target)
        assert field is not None
        return field

    def _first_step(self, target: str, step: Step, what: str) -> None:
        field = self._field(target)
        steps = (step, *(one for one in field.steps if one.op != step.op))
        self._change(
            f"{self.template[target].title}: {what}", self.mapping.with_field(replace(field, steps=steps))
        )

    def _change(self, what: str, mapping: Mapping) -> None:
        self._before.append((what, self.mapping))
        self.mapping = mapping
        self.save()



def _left_out(column: str) -> str:
    return f"{column}: left out"


def _in_words(changes: Map[str, Any]) -> str:
    words = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in changes.items()}
    return "; ".join(f"{name.replace('_', ' ')}: {value or 'none'}" for name, value in words.items())
