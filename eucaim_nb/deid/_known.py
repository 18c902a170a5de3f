"""What the index of a workspace knows of originals, and whether a file still has any of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eucaim_nb.workspace import Workspace

from ._finding import Finding, Kind, Severity, masked, path_text
from ._identifying import class_attributes
from ._pictures import fragments
from ._reading import PIXELS, Leaf, Reading
from ._spellings import is_placeholder
from ._traces import MOST_BYTES

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_NUMBERS = ("PatientID", "AccessionNumber")
_STANDARD = "1.2.840.10008."
_SHORTEST, _SHORTEST_IN_BYTES = 4, 6
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
        """Gather them from the index; outputs of this program that were indexed do not count."""
        index, sources = workspace.ledger.index, workspace.originals()
        uids: set[str] = set()
        numbers: set[str] = set()
        for series in {row.series_uid for row in index.series(sources)}:
            for row in index.instances(series, sources):
                uids.update(row[keyword] for keyword in _UIDS if row[keyword])
                numbers.update(_bare(row[keyword]) for keyword in _NUMBERS if row[keyword])
        wanted = {one for one in numbers if len(one) >= _SHORTEST and not is_placeholder(one)}
        return cls(frozenset(uid for uid in uids if not uid.startswith(_STANDARD)), frozenset(wanted))

    def left_in(self, file: Reading, name: str) -> Iterator[Finding]:
        """Yield what of it is in a file or in its path."""
        told: set[str] = set()
        for leaf in (*file.meta, *file.leaves):
            for kind, value in self._in_leaf(leaf):
                told.add(value)
                yield _left(path_text(leaf.path), kind, value)
        for kind, value in self._in_text(name, _SHORTEST):
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
                yield from self._in_text(text, _SHORTEST)
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
                    bare = _bare(joined)
                    if len(bare) >= shortest and bare in self.numbers:
                        yield Kind.ID, bare

    def _in_bytes(self, data: bytes) -> Iterator[tuple[Kind, str, int]]:
        # Latin-1 reads every byte as one character, so that places are those of the bytes.
        text = data.decode("latin-1")
        for found in _UID.finditer(text):
            if found[0] in self.uids:
                yield Kind.UID, found[0], found.start()
        for found in _PIECE.finditer(text):
            if len(found[0]) >= _SHORTEST_IN_BYTES and (bare := _bare(found[0])) in self.numbers:
                yield Kind.ID, bare, found.start()


def _left(place: str, kind: Kind, value: str) -> Finding:
    what = "A UID" if kind is Kind.UID else "A patient ID or accession number"
    words = f"{what} of the scanned originals is still here: {masked(value)}. Do not pass this file on."
    return Finding("", place, kind, Severity.ERR, words)


def _bare(value: str) -> str:
    joined = "".join(_PIECE.findall(value)).lower()
    return joined.lstrip("0") if len(joined.lstrip("0")) >= _SHORTEST else joined
