"""PS3.15 Table E.1-1 and what belongs to it, as plain look-ups: no rule is decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from eucaim_nb.reference import read_rows

from ._actions import Action

COLUMNS = (
    "retain_safe_private",
    "retain_uids",
    "retain_device",
    "retain_institution",
    "retain_patient",
    "full_dates",
    "modified_dates",
    "clean_descriptors",
    "clean_structured",
    "clean_graphics",
)
"""The option columns of the table, in its order."""

EDITIONS = "2024e, with the rows that 2026c adds"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of Table E.1-1."""

    tag: str
    """Eight hexadecimal digits, X for any digit; 'odd' for all attributes of odd groups."""
    name: str
    vr: str
    """Empty where the row is about attributes of many VRs."""
    standard_iod: bool
    basic: str
    """The code of the Basic Profile: D, Z, X, U or a compound of them."""
    options: Mapping[str, str]
    """K or C, by the columns that say something."""
    edition: str
    inferred: bool
    """The edition has this row, but its option columns were not at hand: `options` are a conclusion from the VR."""

    @property
    def number(self) -> int | None:
        """The tag as a number; None for a pattern."""
        return None if self.tag == "odd" or "X" in self.tag else int(self.tag, 16)


@dataclass(frozen=True, slots=True)
class Beyond:
    """An attribute that the table does not list, with the action that every profile starts from."""

    name: str
    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Types:
    """Attribute types of PS3.3 ('1', '1C', '2', '2C' or '3') for the attributes whose treatment depends on them."""

    iods: Mapping[str, Mapping[int, str]]
    """By SOP class UID: types at the top level of its instances."""
    sequences: Mapping[int, Mapping[int, str]]
    """By sequence: types in its items."""


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows of Table E.1-1, in tag order, patterns included."""
    return tuple(
        Row(
            tag=line["tag"],
            name=line["name"],
            vr=line["vr"],
            standard_iod=line["standard_iod"] == "Y",
            basic=line["basic"],
            options=MappingProxyType({column: line[column] for column in COLUMNS if line[column]}),
            edition=line["edition"],
            inferred=line["inferred"] == "yes",
        )
        for line in read_rows("ps315.csv")
    )


@lru_cache(8192)
def row(tag: int) -> Row | None:
    """Return the row for an attribute, by its tag or by a pattern; None if the table does not list it."""
    found = _by_number().get(tag)
    if found:
        return found
    digits = f"{tag:08X}"
    for candidate, pattern in _patterns():
        odd = pattern == "odd" and tag >> 16 & 1
        if odd or (pattern != "odd" and all(p in ("X", d) for p, d in zip(pattern, digits, strict=True))):
            return candidate
    return None


@cache
def beyond() -> Mapping[int, Beyond]:
    """Return what is known of attributes that the table does not list and VR alone would treat wrongly."""
    return MappingProxyType(
        {
            int(line["tag"], 16): Beyond(line["name"], Action(line["action"]), line["reason"])
            for line in read_rows("ps315_beyond.csv")
        }
    )


@cache
def types() -> Types:
    """Return the attribute types by SOP class and by sequence."""
    classes: dict[str, str] = {}
    places: dict[str, dict[str, dict[int, str]]] = {"iod": {}, "sequence": {}}
    for line in read_rows("iod_types.csv"):
        if line["kind"] == "class":
            classes[line["place"]] = line["value"]
        else:
            place, type_ = line["place"].split(" ")
            found = places[line["kind"]].setdefault(place, {})
            found.update((int(tag, 16), type_) for tag in line["value"].split(" "))
    empty: Mapping[int, str] = {}
    return Types(
        iods=MappingProxyType({uid: places["iod"].get(iod, empty) for uid, iod in classes.items()}),
        sequences=MappingProxyType({int(tag, 16): found for tag, found in places["sequence"].items()}),
    )


@cache
def types_of(tag: int) -> frozenset[str]:
    """Return the types ('1', '2', '3') that an attribute has in any object, as far as its treatment depends on them."""
    places = (*types().iods.values(), *types().sequences.values())
    return frozenset(found[tag][0] for found in places if tag in found) | {"3"}


@cache
def _by_number() -> Mapping[int, Row]:
    return {row.number: row for row in rows() if row.number is not None}


@cache
def _patterns() -> tuple[tuple[Row, str], ...]:
    return tuple((row, row.tag) for row in rows() if row.number is None)
