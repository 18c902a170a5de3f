"""Attributes as checks see them: where each is, and what its bytes say."""

from collections import defaultdict
from typing import NamedTuple

from eucaim_nb.dicom import STRING_VRS, AttributePath, decode_text, is_text

CHARSET, PIXELS = 0x00080005, 0x7FE00010
_BYTES_VRS = frozenset(("OB", "UN"))


class Leaf(NamedTuple):
    """One attribute that is no sequence, wherever it is; its value lies in `data` from `start` to `stop`."""

    path: AttributePath
    vr: str
    data: bytes
    start: int
    stop: int
    charset: str

    def __repr__(self) -> str:
        return "Leaf(…)"

    @property
    def tag(self) -> int:
        """Its tag, whatever is around it."""
        return self.path[-1]

    @property
    def raw(self) -> bytes:
        """Its value as it is written."""
        return self.data[self.start : self.stop]

    @property
    def text(self) -> str:
        """Its value as text; empty for numbers and for bytes that are no text."""
        if self.vr in STRING_VRS:
            return decode_text(self.raw, self.charset)
        if self.vr in _BYTES_VRS and self.start < self.stop and is_text(self.raw):
            return decode_text(self.raw, self.charset)
        return ""

    @property
    def values(self) -> list[str]:
        """Its values without padding; none if it is empty."""
        text = self.text.strip(" \0")
        if "\\" not in text:
            return [text] if text else []
        return [value.strip(" \0") for value in text.split("\\")]


class Leaves:
    """The attributes of a data set in the order of the file, and how many items each of its sequences has."""

    def __init__(self) -> None:
        self.all: list[Leaf] = []
        self.by_vr: defaultdict[str, list[Leaf]] = defaultdict(list)
        self.items: dict[AttributePath, int] = {}

    def add(self, leaf: Leaf) -> None:
        """Put an attribute behind the others."""
        self.all.append(leaf)
        self.by_vr[leaf.vr].append(leaf)

    def extend(self, others: "Leaves") -> None:
        """Put the attributes of a sequence behind the others."""
        self.all += others.all
        for vr, leaves in others.by_vr.items():
            self.by_vr[vr] += leaves
        self.items.update(others.items)


def first(leaf: Leaf | None) -> str:
    """Return the first value of an attribute, '' if it is not there or empty."""
    values = leaf.values if leaf is not None else []
    return values[0] if values else ""
