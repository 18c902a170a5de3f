"""What is known of the dataset elsewhere, put beside what the record says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ._branch import in_order
from ._field import field_of
from ._record import Record


class Origin(StrEnum):
    """Where a proposal comes from."""

    NODE = "the node"
    HERE = "this workspace"
    PROFILE = "EUCAIM's profile"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values for a field; `note` says what they leave out."""

    key: str
    values: tuple[str, ...]
    origin: Origin
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """A field whose value is not the same everywhere; what is said nowhere is no difference."""

    key: str
    record: tuple[str, ...]
    proposed: Mapping[Origin, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the field is called."""
        return field_of(self.key).name


_FIRST = (Origin.NODE, Origin.HERE, Origin.PROFILE)
"""What the catalogue describes is the dataset at the node; then comes what was sent there from here."""


def filled(record: Record, proposals: Iterable[Proposal]) -> Record:
    """Return the record with proposals in the fields that are empty; what a person wrote stays."""
    wanted: dict[str, tuple[str, ...]] = {}
    for one in sorted(proposals, key=lambda each: _FIRST.index(each.origin)):
        if one.values and not record.values.get(one.key):
            wanted.setdefault(one.key, one.values)
    return record.changed(wanted)


def differences(record: Record, proposals: Iterable[Proposal]) -> tuple[Difference, ...]:
    """Return where the record, this workspace and the node do not say the same of the dataset.

    What the profile only suggests is left out, and so is what the record says and nobody else.
    """
    known: dict[str, dict[Origin, tuple[str, ...]]] = {}
    for one in proposals:
        if one.origin is not Origin.PROFILE and one.values:
            known.setdefault(one.key, {})[one.origin] = one.values
    found = []
    for key in in_order(dict.fromkeys(known, ("-",))):
        said = [record.values.get(key, ()), *known[key].values()]
        if len({tuple(sorted(values)) for values in said}) > 1:
            found.append(Difference(key, said[0], known[key]))
    return tuple(found)


def changes(before: Record, after: Record) -> tuple[str, ...]:
    """Return the keys whose values are not the same in two records, whatever the order of values and nodes."""
    old, new = in_order(before.values), in_order(after.values)
    both = in_order(dict.fromkeys({*old, *new}, ("-",)))
    return tuple(key for key in both if old.get(key) != new.get(key))
