"""Coded concepts, and those that EUCAIM's organs need as presets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from eucaim_nb.errors import MaskError
from eucaim_nb.reference import read_rows

_KEYS = (
    ("value", "scheme", "meaning"),
    ("CodeValue", "CodingSchemeDesignator", "CodeMeaning"),
)
"""How a triple is spelled in the sample's label files, and in the metadata of dcmqi."""


@dataclass(frozen=True, slots=True)
class Code:
    """A concept: code value, coding scheme and meaning (PS3.3 section 8)."""

    value: str
    scheme: str
    meaning: str

    @classmethod
    def of(cls, triple: Mapping[str, Any]) -> "Code":
        """Read a triple from JSON, in either spelling.

        Raises
        ------
        MaskError
            A part is missing or too long.
        """
        for keys in _KEYS:
            if keys[0] in triple:
                parts = [str(triple.get(key) or "").strip() for key in keys]
                if all(parts) and len(parts[0]) <= 16 and len(parts[1]) <= 16 and len(parts[2]) <= 64:
                    return cls(*parts)
        raise MaskError(
            "A code needs a value and a scheme of at most 16 characters, and a meaning of at most 64. Mend the labels."
        )

    def plain(self) -> dict[str, str]:
        """Return the triple as dcmqi spells it."""
        return dict(zip(_KEYS[1], (self.value, self.scheme, self.meaning), strict=True))


@dataclass(frozen=True, slots=True)
class Preset:
    """A structure that is often segmented: its codes, its usual colour, and the names it goes by."""

    name: str
    category: Code
    type: Code
    region: Code | None
    colour: tuple[int, int, int]
    names: frozenset[str]


@cache
def presets() -> Mapping[str, Preset]:
    """Return the structures that are known, by name."""
    found = {}
    for row in read_rows("segments.csv"):
        triples = {
            part: Code(row[f"{part}_code"], "SCT", row[part]) if row[part] else None
            for part in ("category", "type", "region")
        }
        category, kind = triples["category"], triples["type"]
        assert category is not None
        assert kind is not None
        red, green, blue = (int(one) for one in row["colour"].split())
        names = frozenset(folded(one) for one in (row["name"], row["type"], *row["also"].split("|")) if one)
        found[row["name"]] = Preset(row["name"], category, kind, triples["region"], (red, green, blue), names)
    return MappingProxyType(found)


def preset_for(label: str) -> Preset | None:
    """Return the structure that a label names; None for a name that is not known."""
    wanted = folded(label)
    return next((one for one in presets().values() if wanted in one.names), None)


def folded(name: str) -> str:
    """Return a name in small letters, words apart by one blank, as names of structures are compared."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
