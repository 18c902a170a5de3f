"""Which attributes a reading is asked for."""

from collections.abc import Iterable

from pydicom.datadict import dictionary_VR, tag_for_keyword

from eucaim_nb.reference import index_attributes

from ._elements import tag_bytes
from ._header import STOP_TAGS

UIDS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
_IMAGE_PIXEL = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
)
_CHARACTER_SET = "SpecificCharacterSet"
_NO_TEXT = frozenset(("SQ", "OB", "OW", "OB or OW", "OD", "OF", "OL", "OV", "UN"))


class Wanted:
    """Which attributes to read.

    Parameters
    ----------
    keywords : iterable of str
        DICOM keywords of top-level attributes that hold text or numbers.

    Raises
    ------
    ValueError
        A keyword is unknown, or its values have no text form.
    """

    def __init__(self, keywords: Iterable[str]) -> None:
        self.keywords = tuple(keywords)
        self.tags = {_tag(keyword): keyword for keyword in self.keywords}
        # What every verdict rests on is always read.
        basis = {_tag(keyword): keyword for keyword in (_CHARACTER_SET, *UIDS, *_IMAGE_PIXEL)}
        self.read = self.tags | basis
        self.unasked = tuple(set(basis.values()).difference(self.keywords))
        # As the walk compares them, by byte order: keywords, and None where it stops.
        self.handled: dict[str, dict[bytes, str | None]] = {
            order: {tag_bytes(tag, order): self.read.get(tag) for tag in STOP_TAGS.union(self.read)}
            for order in "<>"
        }


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None or dictionary_VR(tag) in _NO_TEXT:
        raise ValueError(f"{keyword} is not a DICOM attribute that holds text or numbers")
    return tag


INDEX = Wanted(attribute.keyword for attribute in index_attributes())
