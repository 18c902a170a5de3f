"""What the lint goes by: `reference/lint.toml` as look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from eucaim_nb.dicom import tag_of
from eucaim_nb.reference import read_toml


@dataclass(frozen=True, slots=True)
class LintFacts:
    """Attributes by tag, and SOP classes; see the comments in the file."""

    mandatory: tuple[int, ...]
    identifying: frozenset[int]
    institution: frozenset[int]
    device: frozenset[int]
    dates: frozenset[int]
    modalities: frozenset[str]
    classes: frozenset[str]
    content: Mapping[str, tuple[int, ...]]
    """Sequences that an object needs, by SOP class."""


@cache
def lint_facts() -> LintFacts:
    """Return the facts, read once."""
    read = read_toml("lint.toml")
    return LintFacts(
        mandatory=_tags(read["mandatory"]["tags"]),
        identifying=frozenset(_tags(read["identifying"]["tags"])),
        institution=frozenset(_tags(read["site"]["institution"])),
        device=frozenset(_tags(read["site"]["device"])),
        dates=frozenset(_tags(read["dates"]["tags"])),
        modalities=frozenset(read["burned_in"]["modalities"]),
        classes=frozenset(read["burned_in"]["classes"]),
        content=MappingProxyType({uid: _tags(tags) for uid, tags in read["content"].items() if uid[0].isdigit()}),
    )


def _tags(written: list[str]) -> tuple[int, ...]:
    return tuple(map(tag_of, written))
