"""One variable of a template: what it may hold, and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ._words import rows

LIST_SEPARATOR = " + "
"""Between the values of a variable that may have several, as in `Chemotherapy + Surgery`."""
_TYPES = frozenset(("string", "integer", "number", "date", "list"))
_SCHEMA_TYPES = {"list": "string"}


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


def target_of(given: Mapping[str, Any]) -> Target:
    """Return the variable that a field of a Table Schema describes, with what is known of its element."""
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
