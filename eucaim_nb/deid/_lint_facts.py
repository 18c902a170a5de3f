"""What the lint goes by: `reference/lint.toml` as look-ups."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class LintFacts:
    """Attributes by tag, SOP classes and UID roots; see the comments in the file."""

    mandatory: tuple[int, ...]
    identifying: frozenset[int]
    institution: frozenset[int]
    device: frozenset[int]
    dates: frozenset[int]
    modalities: frozenset[str]
    classes: frozenset[str]
    content: Mapping[str, tuple[int, ...]]
    """Sequences that an object needs, by SOP class."""
    roots: Mapping[str, str]
    """Maker by UID root."""


@cache
def lint_facts() -> LintFacts:
    """Return the facts, read once."""
    read = tomllib.loads(files("eucaim_nb.reference").joinpath("lint.toml").read_text(encoding="utf-8"))
    return LintFacts(
        mandatory=_tags(read["mandatory"]["tags"]),
        identifying=frozenset(_tags(read["identifying"]["tags"])),
        institution=frozenset(_tags(read["site"]["institution"])),
        device=frozenset(_tags(read["site"]["device"])),
        dates=frozenset(_tags(read["dates"]["tags"])),
        modalities=frozenset(read["burned_in"]["modalities"]),
        classes=frozenset(read["burned_in"]["classes"]),
        content=MappingProxyType({uid: _tags(tags) for uid, tags in read["content"].items() if uid[0].isdigit()}),
        roots=MappingProxyType({root: maker for root, maker in read["roots"].items() if root[0].isdigit()}),
    )


def _tags(written: list[str]) -> tuple[int, ...]:
    return tuple(int(tag.strip("()").replace(",", ""), 16) for tag in written)
