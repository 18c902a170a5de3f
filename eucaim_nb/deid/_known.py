"""What the index of a workspace knows of originals, and whether a file still has any of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eucaim_nb.dicom import class_attributes, fragments, path_text
from eucaim_nb.identity import SHORTEST_NUMBER, bare, masked, of_originals
from eucaim_nb.workspace import Workspace

from ._finding import Finding, Kind, Severity
from ._reading import PIXELS, Leaf, Reading
from ._spellings import is_placeholder
from ._traces import MOST_BYTES

_SHORTEST_IN_BYTES = 6
_UID = re.compile(r"(?<![0-9.])[0-2](?:\.(?:0|[1-9][0-9]*)){2,}")
_WORD = re.compile(r"[^\W_]+(?:[ ._/-][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_TEXTS = frozenset(("AE", "LO", "LT", "OB", "PN", "SH", "ST", "UC", "UN", "UR", "UT"))
_MOST_PIECES = 6


@dataclass(frozen=True)
class Known:
    """UIDs and bare numbers (letters and digits, no leading zeros) of all scanned originals."""

    uids: frozenset[str]
    numbers: frozenset[str]

    def __repr__(self) -> str:
        return "Known(…)"

    @classmethod
    def of(cls, workspace: Workspace) -> "Known":
        """Gather them from the index."""
        uids, numbers = of_originals(workspace)
        return cls(uids, frozenset(number for number in numbers if not is_placeholder(number)))

    def left_in(self, file: Reading, name: str) -> Iterator[Finding]:
        """Yield what of it is in a file or in its path."""
        told: set[str] = set()
        for leaf in (*file.meta, *file.leaves):
            for kind, value in self._in_leaf(leaf):
                told.add(value)
                yield _left(path_text(leaf.path), kind, value)
        for kind, value in self._in_text(name, SHORTEST_NUMBER):
            yield _left("file name", kind, value)
        before, after = file.without_samples()
        for part, start in ((before, 0), (after, len(file.body) - len(after))):
            for kind, value, at in self._in_bytes(part):
                if value not in told:
                    told.add(value)
                    yield _left(file.where(start + at), kind, value)
        if file.encapsulated and file.pixels:
            for _, fragment in fragments(file.pixels):
                for kind, value, _ in self._in_bytes(fragment):
                    if kind is Kind.UID:
                        yield _left(path_text((PIXELS,)), kind, value)

    def _in_leaf(self, leaf: Leaf) -> Iterator[tuple[Kind, str]]:
        if leaf.vr == "UI":
            if leaf.tag not in class_attributes():
                yield from ((Kind.UID, uid) for uid in leaf.values if uid in self.uids)
        elif leaf.vr in _TEXTS:
            if text := leaf.text:
                yield from self._in_text(text, SHORTEST_NUMBER)
            elif len(leaf.raw) <= MOST_BYTES:
                yield from ((kind, value) for kind, value, _ in self._in_bytes(leaf.raw))

    def _in_text(self, text: str, shortest: int) -> Iterator[tuple[Kind, str]]:
        for found in _UID.findall(text):
            if found in self.uids:
                yield Kind.UID, found
        for run in _WORD.findall(text):
            # Every piece, and pieces that belong together because a number is written with separators.
            pieces = _PIECE.findall(run)[:64]
            for first in range(len(pieces)):
                joined = ""
                for piece in pieces[first : first + _MOST_PIECES]:
                    joined += piece
                    number = bare(joined)
                    if len(number) >= shortest and number in self.numbers:
                        yield Kind.ID, number

    def _in_bytes(self, data: bytes) -> Iterator[tuple[Kind, str, int]]:
        # Latin-1 reads every byte as one character, so that places are those of the bytes.
        text = data.decode("latin-1")
        for found in _UID.finditer(text):
            if found[0] in self.uids:
                yield Kind.UID, found[0], found.start()
        for found in _PIECE.finditer(text):
            if len(found[0]) >= _SHORTEST_IN_BYTES and (number := bare(found[0])) in self.numbers:
                yield Kind.ID, number, found.start()


def _left(place: str, kind: Kind, value: str) -> Finding:
    what = "A UID" if kind is Kind.UID else "A patient ID or accession number"
    words = f"{what} of the scanned originals is still here: {masked(value)}. Do not pass this file on."
    return Finding("", place, kind, Severity.ERR, words)
