"""Who is named in a data set: the names, numbers and places from which its texts must be cleaned."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes

from eucaim_nb.identity import Person

from ._parse import Data, Element, Tree

# Attributes, at any depth, whose values point to a person or to the place of an examination.
_NUMBERS = frozenset(
    (
        0x00100020,  # Patient ID
        0x00101000,  # Other Patient IDs
        0x00080050,  # Accession Number
        0x00101090,  # Medical Record Locator
        0x00101080,  # Military Rank
        0x00380010,  # Admission ID
        0x00380060,  # Service Episode ID
        0x00401001,  # Requested Procedure ID
        0x00402016,  # Placer Order Number
        0x00402017,  # Filler Order Number
        0x00102154,  # Patient's Telephone Numbers
        0x00102155,  # Patient's Telecom Information
    )
)
_PLACES = frozenset(
    (
        0x00080080,  # Institution Name
        0x00080081,  # Institution Address
        0x00081040,  # Institutional Department Name
        0x00101040,  # Patient's Address
        0x00102297,  # Responsible Person
        0x00102299,  # Responsible Organization
        0x00081010,  # Station Name
    )
)
_BIRTH_DATE = 0x00100030
_NAMED = _NUMBERS | _PLACES | {_BIRTH_DATE}
_CHARSET = 0x00080005
_DELIMITERS = set(b"\r\n\t\f\\^=")  # behind these the first character set counts again (PS3.5 section 6.1.2.5.3)


class Texts:
    """Reads and writes text in the character set of one data set or item (PS3.3 section C.12.1.1.2)."""

    def __init__(self, terms: str) -> None:
        self.terms = terms
        self._encodings = convert_encodings(terms.split("\\")) if terms else ["iso8859"]

    def read(self, raw: bytes) -> str:
        """Return a value as text."""
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        return str(decode_bytes(raw, self._encodings, _DELIMITERS))

    def write(self, text: str) -> bytes:
        """Return text as a value; what the character set cannot write becomes '?'."""
        if text.isascii():
            return text.encode("ascii")
        from pydicom.charset import encode_string

        try:
            return bytes(encode_string(text, self._encodings))
        except (UnicodeError, ValueError):
            return text.encode(self._encodings[0], "replace")


@lru_cache(maxsize=64)
def texts_of(terms: str) -> Texts:
    """Return the reader for a Specific Character Set."""
    return Texts(terms)


def charset_of(data: Data, elements: Sequence[Element], outer: Texts) -> Texts:
    """Return the reader that a data set or item asks for, the outer one if it does not say."""
    for one in elements:
        if one.tag == _CHARSET:
            return texts_of(bytes(data[one.value : one.end]).decode("ascii", "replace").strip("\0 "))
        if one.tag > _CHARSET:
            break
    return outer


_Named = tuple[int, str, str]
"""Tag, VR and text of an attribute that points to somebody."""


class People:
    """Who is named in files, one after the other; a tree that the file before had too is not searched again."""

    def __init__(self) -> None:
        self._in_trees: dict[int, tuple[Tree, Texts, list[_Named]]] = {}

    def person(self, data: memoryview, elements: Iterable[Element], texts: Texts) -> Person:
        """Return everybody and everything that a data set itself says points to a person."""
        names: set[str] = set()
        numbers: set[str] = set()
        dates: set[str] = set()
        places: set[str] = set()
        for tag, vr, value in self._named(data, elements, texts):
            kept = {part.strip() for part in value.split("\\")} - {""}
            if vr == "PN":
                names |= kept
            elif tag in _NUMBERS:
                numbers |= kept
            elif tag in _PLACES:
                places |= kept
            else:
                dates |= kept
        return _person(frozenset(names), frozenset(numbers), frozenset(dates), frozenset(places))

    def _named(self, data: Data, elements: Iterable[Element], texts: Texts) -> list[_Named]:
        found: list[_Named] = []
        for one in elements:
            if (tree := one.tree) is not None:
                found += self._at_top(one.tag, tree, texts) if tree.data else self._within(data, tree, texts)
            elif one.vr == "PN" or one.tag in _NAMED:
                found.append((one.tag, one.vr, texts.read(bytes(data[one.value : one.end])).strip("\0 ")))
        return found

    def _within(self, data: Data, tree: Tree, texts: Texts) -> list[_Named]:
        found: list[_Named] = []
        for item in tree.items:
            found += self._named(data, item.elements, charset_of(data, item.elements, texts))
        return found

    def _at_top(self, tag: int, tree: Tree, texts: Texts) -> list[_Named]:
        known = self._in_trees.get(tag)
        if known is None or known[:2] != (tree, texts):
            known = self._in_trees[tag] = tree, texts, self._within(tree.data, tree, texts)
        return known[2]


@lru_cache(maxsize=256)
def _person(
    names: frozenset[str], numbers: frozenset[str], dates: frozenset[str], places: frozenset[str]
) -> Person:
    return Person.of(names=sorted(names), ids=sorted(numbers), dates=sorted(dates), others=sorted(places))
