"""Attributes that the standard requires of an instance, by its SOP class."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from eucaim_nb.reference import read_rows


@cache
def required(sop_class: str) -> Mapping[str, frozenset[int]]:
    """Return tags by type, '1' and '2', that must be at the top level; empty for a class that is not known."""
    classes, types = _table()
    found: dict[str, set[int]] = {}
    for module in classes.get(sop_class, ()):
        for type_ in ("1", "2"):
            found.setdefault(type_, set()).update(types.get((type_, module), ()))
    if "2" in found:
        found["2"] -= found["1"]
    return MappingProxyType({type_: frozenset(tags) for type_, tags in found.items() if tags})


@cache
def _table() -> tuple[dict[str, list[str]], dict[tuple[str, str], frozenset[int]]]:
    classes: dict[str, list[str]] = {}
    types: dict[tuple[str, str], frozenset[int]] = {}
    for row in read_rows("required_attributes.csv"):
        if row["kind"] == "class":
            classes[row["name"]] = row["values"].split()
        else:
            tags = frozenset(int(tag, 16) for tag in row["values"].split())
            types[row["kind"].removeprefix("type "), row["name"]] = tags
    return classes, types
