"""Templates: the variables that a receiver asks for, as Frictionless Table Schemas over shared elements."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from eucaim_nb.errors import TableError

from ._words import names, reference, rows

LIST_SEPARATOR = " + "
"""Between the values of a variable that may have several, as in `Chemotherapy + Surgery`."""
DEFAULT = "eucaim-positive"
_TYPES = frozenset(("string", "integer", "number", "date", "list"))
_SCHEMA_TYPES = {"list": "string"}
_REDCAP = ("Variable / Field Name", "Field Label", "Choices, Calculations, OR Slider Labels")


@dataclass(frozen=True)
class Target:
    """A variable of a template.

    Attributes
    ----------
    obligation
        `mandatory`, `if available` or `optional`.
    allowed
        The values that a coded variable may have, each with its EUCAIM code, which may be empty.
    coded
        Whether the code is exported and not the value.
    labels
        How values are written in this template, where it differs.
    page
        Page of an eForm; empty outside of eForms.
    """

    name: str
    element: str
    title: str
    type: str
    obligation: str = "optional"
    values: str = ""
    allowed: Mapping[str, str] = field(default_factory=dict)
    coded: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    decimals: int | None = None
    pattern: str = ""
    page: str = ""
    cdm: str = ""

    @property
    def mandatory(self) -> bool:
        """Whether every row must have it."""
        return self.obligation == "mandatory"

    def written(self, value: str) -> str:
        """Return how a value of this variable is exported."""
        parts = value.split(LIST_SEPARATOR) if self.type == "list" else [value]
        return LIST_SEPARATOR.join(
            (self.coded and self.allowed.get(part)) or self.labels.get(part, part) for part in parts
        )

    def schema(self) -> dict[str, Any]:
        """Return the field descriptor of the Table Schema standard for what is exported."""
        found: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "type": _SCHEMA_TYPES.get(self.type, self.type),
        }
        if self.type == "date":
            found |= {"type": "string", "format": "default"}
        rules: dict[str, Any] = {"required": True} if self.mandatory else {}
        if self.allowed and self.type != "list":
            rules["enum"] = list(dict.fromkeys(self.written(value) for value in self.allowed))
        for rule, limit in (("minimum", self.minimum), ("maximum", self.maximum)):
            if limit is not None and self.type in ("integer", "number"):
                rules[rule] = int(limit) if self.type == "integer" else limit
        if self.max_length is not None:
            rules["maxLength"] = self.max_length
        if self.type == "date":
            rules["pattern"] = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
        elif self.pattern:
            rules["pattern"] = self.pattern
        return found | ({"constraints": rules} if rules else {})


@dataclass(frozen=True)
class Template:
    """What a receiver asks for.

    Attributes
    ----------
    constants
        Values that a table need not have, by target, for instance the organ of a template for one organ.
    digest
        SHA-256 of the file.
    """

    name: str
    title: str
    version: str
    digest: str
    targets: tuple[Target, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    sources: tuple[Mapping[str, str], ...] = ()

    def __getitem__(self, name: str) -> Target:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Target | None:
        """Return a variable; None if there is none of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Target]:
        return {target.name: target for target in self.targets}

    @property
    def subject(self) -> Target | None:
        """The variable that holds the Patient ID."""
        return next((target for target in self.targets if target.element == "patient_id"), None)

    def of(self, element: str) -> Target | None:
        """Return the variable that stands for an element."""
        return next((target for target in self.targets if target.element == element), None)

    def schema(self) -> dict[str, Any]:
        """Return the descriptor of the Table Schema standard for what is exported."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "sources": list(self.sources),
            "missingValues": [""],
            "fields": [target.schema() for target in self.targets],
        }


def templates() -> dict[str, str]:
    """Return the titles of the shipped templates by name."""
    found = (load_template(name.removesuffix(".json")) for name in names("templates"))
    return {template.name: template.title for template in found}


def load_template(name: str | Path) -> Template:
    """Return a shipped template, or that of a file: a Table Schema (JSON) or a REDCap data dictionary (CSV).

    Raises
    ------
    TableError
        There is no such template, or the file is neither.
    """
    if f"{name}.json" in names("templates"):
        return _shipped(str(name))
    path = Path(name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(one.removesuffix(".json") for one in names("templates"))
        raise TableError(
            f"There is no template {str(name)!r}. Choose one of {known}, or give a Table Schema or a REDCap dictionary."
        ) from error
    return _redcap(text, path.stem) if path.suffix.lower() == ".csv" else _of_schema(text, path.stem)


def dictionary(path: str | Path) -> dict[str, dict[str, str]]:
    """Return the meanings of codes by variable, from a REDCap data dictionary.

    Raises
    ------
    TableError
        It is none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(
            "The dictionary cannot be read. Give the CSV file that REDCap exports, in UTF-8."
        ) from error
    return {row[_REDCAP[0]]: book for row in _redcap_rows(text) if (book := _choices(row))}


@cache
def _shipped(name: str) -> Template:
    return _of_schema(reference(f"templates/{name}.json"), name)


@cache
def elements() -> dict[str, dict[str, str]]:
    """Return the rows of elements.csv by element."""
    return {row["element"]: row for row in rows("elements.csv")}


@cache
def value_lists() -> dict[str, dict[str, str]]:
    """Return the values and their codes by name of the list."""
    found: dict[str, dict[str, str]] = {}
    for row in rows("values.csv"):
        found.setdefault(row["list"], {})[row["value"]] = row["code"]
    return found


def _of_schema(text: str, name: str) -> Template:
    try:
        content = json.loads(text)
        fields = content["fields"]
        targets = tuple(_target(one) for one in fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TableError(
            f"The template {name} is no Table Schema: it needs a list 'fields', each with a name and a type."
        ) from error
    return Template(
        str(content.get("name", name)),
        str(content.get("title", name)),
        str(content.get("version", "")),
        hashlib.sha256(text.encode()).hexdigest(),
        targets,
        dict(content.get("constants", {})),
        str(content.get("description", "")),
        tuple(content.get("sources", ())),
    )


def _target(given: Mapping[str, Any]) -> Target:
    element = str(given.get("element", given["name"]))
    known = elements().get(element, {})
    rules = given.get("constraints", {})
    kind = str(given.get("type", known.get("type", "string")))
    enum = [str(value) for value in rules.get("enum", ())]
    values = known.get("values", "") if not enum else ""
    return Target(
        str(given["name"]),
        element if known else "",
        str(given.get("title", known.get("title", given["name"]))),
        kind if kind in _TYPES else "string",
        str(given.get("obligation", "mandatory" if rules.get("required") else "optional")),
        values,
        dict.fromkeys(enum, "") if enum else dict(value_lists().get(values, {})),
        bool(given.get("coded", False)),
        dict(given.get("labels", {})),
        str(given.get("unit", known.get("unit", ""))),
        _number(rules.get("minimum", known.get("minimum"))),
        _number(rules.get("maximum", known.get("maximum"))),
        rules.get("maxLength"),
        _integer(given.get("decimals", known.get("decimals"))),
        str(rules.get("pattern", known.get("pattern", "") if not enum else "")),
        str(given.get("page", "")),
        known.get("cdm", ""),
    )


def _number(text: Any) -> float | None:
    return None if text in (None, "") else float(text)


def _integer(text: Any) -> int | None:
    return None if text in (None, "") else int(text)


# REDCap


def _redcap_rows(text: str) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    if not found or any(column not in found[0] for column in _REDCAP):
        raise TableError("This CSV is no REDCap data dictionary: it needs the columns that REDCap exports.")
    return found


def _choices(row: Mapping[str, str]) -> dict[str, str]:
    if row.get("Field Type") == "yesno":
        return {"1": "Yes", "0": "No"}
    if row.get("Field Type") == "truefalse":
        return {"1": "True", "0": "False"}
    pairs = (re.fullmatch(r"\s*([^,]+?)\s*,\s*(.+?)\s*", part) for part in (row[_REDCAP[2]] or "").split("|"))
    return (
        {found[1]: found[2] for found in pairs if found}
        if row.get("Field Type") in ("radio", "dropdown", "checkbox")
        else {}
    )


def _redcap(text: str, name: str) -> Template:
    targets: list[Target] = []
    for row in _redcap_rows(text):
        if row.get("Field Type") in ("descriptive", "file", "calc"):
            continue
        book = _choices(row)
        validation = row.get("Text Validation Type OR Show Slider Number", "") or ""
        kind = (
            "integer"
            if validation == "integer"
            else "number"
            if validation.startswith("number")
            else "string"
        )
        variable = row[_REDCAP[0]]
        targets.append(
            _target(
                {
                    "name": variable,
                    "title": row[_REDCAP[1]] or variable,
                    "type": "date" if validation.startswith("date") else kind,
                    "element": "patient_id" if not targets else variable,
                    "constraints": {
                        **({"enum": list(book.values())} if book else {}),
                        **(
                            {"required": True}
                            if (row.get("Required Field?") or "").lower() == "y" or not targets
                            else {}
                        ),
                        "minimum": row.get("Text Validation Min") if kind != "string" else None,
                        "maximum": row.get("Text Validation Max") if kind != "string" else None,
                    },
                }
            )
        )
    return Template(
        name, f"REDCap dictionary {name}", "", hashlib.sha256(text.encode()).hexdigest(), tuple(targets)
    )
