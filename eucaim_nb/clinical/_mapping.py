"""The mapping of a table to a template, as one file: what each variable is made of, and every decision taken.

It is written with sorted keys, so that two of them can be compared line by line; it holds no cell of the table but the
distinct values of coded variables.
"""

import json
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from eucaim_nb import __version__
from eucaim_nb.errors import TableError
from eucaim_nb.whole import replacing

from ._combine import COMBINATIONS, Combination
from ._steps import Step
from ._table import Layout, RawTable
from ._template import Template
from ._values import ValueMap

FORMAT = 1
NORMALISE = ("trim", "upper", "zero-pad")
"""What may be done to Patient IDs of the table so that they are those of the images: `zero-pad:8` names a length."""
ROWS = ("one", "first", "last", "timepoints")
DATES = ("both", "as images", "days")


@dataclass(frozen=True)
class FieldMap:
    """What one variable is made of.

    Attributes
    ----------
    source
        Columns; none for a constant.
    missing
        Codes of the column that stand for a missing value, and what they mean: `unknown`, `not applicable`, `not done`.
    steps
        What is done to each value of each column, in this order.
    combine
        How several columns become one.
    values
        What texts stand for, for a coded variable; done after the steps.
    """

    target: str
    source: tuple[str, ...] = ()
    constant: str = ""
    missing: Map[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    combine: Combination | None = None
    values: tuple[ValueMap, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Subjects:
    """How rows are joined with the images.

    Attributes
    ----------
    column
        The column with Patient IDs as in the images.
    normalise
        Of `NORMALISE`, in this order; nothing is done unless it stands here.
    pseudonyms
        `key`: Patient IDs are replaced as those of the images are. `keep`: they are pseudonyms already.
    rows
        `one` row for a patient; else which of several: `first`, `last`, or all as `timepoints`.
    without_images
        `drop` or `keep` rows of patients of whom no image is indexed, if any images are.
    """

    column: str = ""
    normalise: tuple[str, ...] = ()
    pseudonyms: str = "key"
    rows: str = "one"
    without_images: str = "drop"


@dataclass(frozen=True)
class Mapping:
    """Everything that makes of a table what a template asks for.

    Attributes
    ----------
    dates
        `as images`: moved as the images of the patient are; `days`: only days from the patient's first study;
        `both`.
    generalise
        Rules that the risk phase chose, see `_generalise`.
    invalid
        `block` the export while cells are wrong, or `drop rows` that have such cells.
    """

    template: str
    template_version: str = ""
    template_digest: str = ""
    source: Map[str, Any] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    subjects: Subjects = field(default_factory=Subjects)
    fields: tuple[FieldMap, ...] = ()
    ignored: tuple[str, ...] = ()
    dates: str = "both"
    invalid: str = "block"
    generalise: tuple[Map[str, Any], ...] = ()
    decisions: tuple[str, ...] = ()

    def of(self, target: str) -> FieldMap | None:
        """Return what a variable is made of."""
        return next((one for one in self.fields if one.target == target), None)

    def with_field(self, changed: FieldMap) -> "Mapping":
        """Return the mapping with one variable made anew."""
        kept = tuple(one for one in self.fields if one.target != changed.target)
        return replace(self, fields=(*kept, changed))


def source_of(table: RawTable) -> dict[str, Any]:
    """Return what a mapping remembers of a table."""
    return {"sha256": table.digest, "columns": list(table.headers)}


def save_mapping(mapping: Mapping, path: Path) -> None:
    """Write a mapping in place of what was there.

    Raises
    ------
    TableError
        The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(json.dumps(as_data(mapping), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    except OSError as error:
        raise TableError(
            f"The mapping cannot be written as {path.name}: {error.strerror}. Mend the permissions."
        ) from error


def as_data(mapping: Mapping) -> dict[str, Any]:
    """Return a mapping as it is written."""
    return {
        "format": FORMAT,
        "program": f"eucaim_nb {__version__}",
        "template": {
            "name": mapping.template,
            "version": mapping.template_version,
            "sha256": mapping.template_digest,
        },
        "source": {
            **mapping.source,
            "layout": {one.name: getattr(mapping.layout, one.name) for one in fields(Layout)},
        },
        "subjects": {one.name: _plain(getattr(mapping.subjects, one.name)) for one in fields(Subjects)},
        "fields": [_field(one) for one in sorted(mapping.fields, key=lambda each: each.target)],
        "ignored": sorted(mapping.ignored),
        "dates": mapping.dates,
        "invalid": mapping.invalid,
        "generalise": [dict(rule) for rule in mapping.generalise],
        "decisions": list(mapping.decisions),
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _field(one: FieldMap) -> dict[str, Any]:
    found: dict[str, Any] = {"target": one.target}
    if one.source:
        found["source"] = list(one.source)
    if one.constant:
        found["constant"] = one.constant
    if one.missing:
        found["missing"] = dict(one.missing)
    if one.steps:
        found["steps"] = [step.as_data() for step in one.steps]
    if one.combine:
        found["combine"] = {"op": one.combine.op, "separator": one.combine.separator}
    if one.values:
        found["values"] = [
            {"from": value.source, "to": value.to, "by": value.by, **({"rare": True} if value.rare else {})}
            for value in sorted(one.values, key=lambda each: each.source)
        ]
    if one.note:
        found["note"] = one.note
    return found


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping.

    Raises
    ------
    TableError
        The file is none, or asks for something that there is not; the text says what.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"The mapping cannot be read: {error.strerror}. Choose another file.") from error
    except ValueError as error:
        raise TableError("The mapping is not JSON. Mend the file.") from error
    try:
        if content["format"] != FORMAT:
            raise TableError(f"This version reads mappings of format {FORMAT} only.")
        return _of_data(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TableError(
            f"The mapping has no usable entry for {error}. Mend the file or make it anew."
        ) from error


def _of_data(content: Map[str, Any]) -> Mapping:
    source = dict(content.get("source", {}))
    layout = Layout(**source.pop("layout", {}))
    subjects = dict(content.get("subjects", {}))
    subjects["normalise"] = tuple(subjects.get("normalise", ()))
    template = content["template"]
    return _checked(
        Mapping(
            template["name"],
            template.get("version", ""),
            template.get("sha256", ""),
            source,
            layout,
            Subjects(**subjects),
            tuple(_field_of(one) for one in content["fields"]),
            tuple(content.get("ignored", ())),
            content.get("dates", "both"),
            content.get("invalid", "block"),
            tuple(content.get("generalise", ())),
            tuple(content.get("decisions", ())),
        )
    )


def _field_of(data: Map[str, Any]) -> FieldMap:
    combine = data.get("combine")
    if combine is not None and combine["op"] not in COMBINATIONS:
        raise TableError(f"Columns are combined by {', '.join(COMBINATIONS)}, not by {combine['op']!r}.")
    return FieldMap(
        data["target"],
        tuple(data.get("source", ())),
        str(data.get("constant", "")),
        dict(data.get("missing", {})),
        tuple(Step.of(step) for step in data.get("steps", ())),
        Combination(combine["op"], combine.get("separator", " ")) if combine else None,
        tuple(
            ValueMap(str(one["from"]), str(one["to"]), one.get("by", "person"), bool(one.get("rare", False)))
            for one in data.get("values", ())
        ),
        data.get("note", ""),
    )


def _checked(mapping: Mapping) -> Mapping:
    for name, value, known in (
        ("subjects.rows", mapping.subjects.rows, ROWS),
        ("subjects.pseudonyms", mapping.subjects.pseudonyms, ("key", "keep")),
        ("subjects.without_images", mapping.subjects.without_images, ("drop", "keep")),
        ("dates", mapping.dates, DATES),
        ("invalid", mapping.invalid, ("block", "drop rows")),
        *(("subjects.normalise", one.partition(":")[0], NORMALISE) for one in mapping.subjects.normalise),
    ):
        if value not in known:
            raise TableError(f"The mapping says {name} = {value!r}. It must be one of: {', '.join(known)}.")
    for one in mapping.fields:
        if len(one.source) > 1 and one.combine is None:
            raise TableError(
                f"The mapping makes {one.target} of several columns and does not say how (combine)."
            )
        if one.combine is not None and one.combine.op in ("days", "age") and len(one.source) != 2:
            raise TableError(f"The mapping of {one.target} counts between two dates and needs two columns.")
    return mapping


@dataclass(frozen=True)
class Difference:
    """What is new in a table against the one that a mapping was made for."""

    new_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    other_template: bool

    def __bool__(self) -> bool:
        return bool(self.new_columns or self.missing_columns or self.other_template)


def difference(mapping: Mapping, table: RawTable, template: Template) -> Difference:
    """Return what changed since a mapping was made."""
    before: Sequence[str] = mapping.source.get("columns", ())
    return Difference(
        tuple(name for name in table.headers if name not in before),
        tuple(name for name in before if name not in table.headers),
        bool(mapping.template_digest) and mapping.template_digest != template.digest,
    )
