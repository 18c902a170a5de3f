"""Templates: the variables that a receiver asks for, as Frictionless Table Schemas over shared elements."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from eucaim_nb.errors import TableError

from . import _redcap
from ._target import Target, target_of
from ._words import names, reference

DEFAULT = "eucaim-positive"


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
    return _of_dictionary(text, path.stem) if path.suffix.lower() == ".csv" else _of_schema(text, path.stem)


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
    return _redcap.books(text)


@cache
def _shipped(name: str) -> Template:
    return _of_schema(reference(f"templates/{name}.json"), name)


def _of_schema(text: str, name: str) -> Template:
    try:
        content = json.loads(text)
        fields = content["fields"]
        targets = tuple(target_of(one) for one in fields)
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


def _of_dictionary(text: str, name: str) -> Template:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Template(name, f"REDCap dictionary {name}", "", digest, _redcap.targets(text))
