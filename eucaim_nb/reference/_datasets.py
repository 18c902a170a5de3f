"""What can be said about a dataset at a node, and what a node says while it makes one."""

import re
from dataclasses import dataclass
from functools import cache

from ._files import read_toml


@dataclass(frozen=True, slots=True)
class DatasetProperty:
    """One property of a dataset.

    `kind` is how its value is written: line, text, choices, choice, words, licence, dataset. `longest` is 0 without a
    limit. `path` is its place in an XNAT project; `in_form` tells that it belongs to the node's custom form.
    """

    name: str
    title: str
    kind: str
    help: str
    needed: bool
    shortest: int
    longest: int
    choices: tuple[str, ...]
    path: str
    in_form: bool


@dataclass(frozen=True, slots=True)
class DatasetMessage:
    """What a text of a node means, and how it is mended."""

    pattern: re.Pattern[str]
    means: str
    mend: str


@cache
def dataset_properties(family: str) -> tuple[DatasetProperty, ...]:
    """Return the properties of a dataset at a family of nodes, in the order in which they are filled in."""
    return tuple(
        DatasetProperty(
            name=row["name"],
            title=row["title"],
            kind=row["kind"],
            help=row.get("help", ""),
            needed=row.get("needed", False),
            shortest=row.get("shortest", 0),
            longest=row.get("longest", 0),
            choices=tuple(row.get("choices", ())),
            path=row.get("path", ""),
            in_form=row.get("form", False),
        )
        for row in read_toml("dataset_properties.toml")["property"]
        if row["family"] == family
    )


@cache
def creation_steps() -> tuple[str, ...]:
    """Return the messages of a creation that goes well, in their order."""
    return tuple(read_toml("dataset_messages.toml")["steps"])


def dataset_message(text: str) -> DatasetMessage | None:
    """Return what a text of dataset-service means; None for one that is not known."""
    return next((one for one in _messages() if one.pattern.match(text)), None)


@cache
def _messages() -> tuple[DatasetMessage, ...]:
    rows = read_toml("dataset_messages.toml")["message"]
    return tuple(DatasetMessage(re.compile(row["pattern"]), row["means"], row["mend"]) for row in rows)
