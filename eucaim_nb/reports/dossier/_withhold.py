"""Texts that people typed, without the patients that this workspace knows by name or number."""

import re
from collections.abc import Iterable, Iterator
from os import fsdecode, path
from pathlib import Path

from eucaim_nb.identity import fold
from eucaim_nb.workspace import Workspace

MASK = "[withheld]"
_NUMBERS = ("PatientID", "AccessionNumber")
_PIECE = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W\d_]+")
_UID = re.compile(r"(?<![\w.])[0-2](?:\.(?:0|[1-9]\d*)){4,}(?![\w.])")
_GAP = re.compile(r"[ ._/-]?")
_SHORTEST_NUMBER, _SHORTEST_WORD, _MOST_PIECES = 4, 3, 4
_NOBODY = frozenset({"anon", "anonymous", "anonymised", "anonymized", "none", "patient", "test", "unknown"})


class Withhold:
    """Call it with a text to get the same without what names a patient.

    Typed reasons and notes, and names of files, can say more than they should. Here those words are known: numbers and
    names of the scanned originals, and every UID.

    Parameters
    ----------
    numbers
        Patient IDs, accession numbers and birth dates (YYYYMMDD).
    names
        Names of patients, as their headers have them.
    """

    def __init__(self, numbers: Iterable[str], names: Iterable[str]) -> None:
        bare = (_bare(form) for number in numbers for form in _forms(number))
        self._numbers = frozenset(one for one in bare if len(one) >= _SHORTEST_NUMBER) - _NOBODY
        words = (fold(word) for name in names for word in _WORD.findall(name))
        self._words = frozenset(one for one in words if len(one) >= _SHORTEST_WORD) - _NOBODY

    @classmethod
    def of(cls, workspace: Workspace) -> "Withhold":
        """Gather what the index, the crosswalk and one header of each patient say. Originals are only read."""
        index, originals = workspace.ledger.index, workspace.originals()
        rows = index.headers((*_NUMBERS, "PatientBirthDate"), originals) if originals else []
        known = {value for row in rows for value in row.values()}
        known.update(old for old, _ in workspace.ledger.deidentified.crosswalk("patient"))
        files = index.a_file_of_each_patient(originals) if originals else []
        return cls(known, (name for root, folder, file in files for name in _names(workspace, root, folder, file)))

    def __call__(self, text: str) -> str:
        spans = [one.span() for one in _UID.finditer(text) if not one[0].startswith("1.2.840.10008.")]
        spans += (one.span() for one in _WORD.finditer(text) if fold(one[0]) in self._words)
        spans += self._numbers_in(text)
        said, end = [], 0
        for start, stop in sorted(spans):
            if start >= end:
                said += [text[end:start], MASK]
            end = max(end, stop)
        return "".join([*said, text[end:]])

    def _numbers_in(self, text: str) -> Iterator[tuple[int, int]]:
        pieces = list(_PIECE.finditer(text))
        for first, piece in enumerate(pieces):
            joined, end = "", piece.start()
            for other in pieces[first : first + _MOST_PIECES]:
                if joined and not _GAP.fullmatch(text, end, other.start()):
                    break
                joined, end = joined + other[0], other.end()
                if _bare(joined) in self._numbers:
                    yield piece.start(), end


def _bare(number: str) -> str:
    joined = "".join(_PIECE.findall(number)).lower()
    return joined.lstrip("0") if len(joined.lstrip("0")) >= _SHORTEST_NUMBER else joined


def _forms(number: str) -> Iterator[str]:
    """Yield a number, and if it is a date how else people write that."""
    yield number
    if len(number) == 8 and number.isdecimal():
        year, month, day = number[:4], number[4:6], number[6:]
        yield from (day + month + year, month + day + year)


def _names(workspace: Workspace, root: bytes, folder: bytes, name: bytes) -> Iterator[str]:
    """Yield what a file calls its patient; a file that is gone or cannot be read has nothing to tell."""
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    from eucaim_nb.dicom import quiet_pydicom

    file = Path(path.join(workspace.folder, fsdecode(path.join(root, folder, name))))
    try:
        with quiet_pydicom():
            header = dcmread(file, stop_before_pixels=True, specific_tags=["PatientName"], force=True)
            yield str(header.get("PatientName", ""))
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, NotImplementedError, InvalidDicomError):
        return
