"""List the data elements of one instance as a person reads them (PS3.5 chapter 7).

The bytes are walked without recursion and without trusting any length. A damaged or hostile file gives the rows up to
the damage and a last row that says what stopped the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from pydicom.charset import default_encoding, python_encoding

from ._content import Content, ElementsError, Source, element_at, opened
from ._display import MOST_READ, known_as, text_of
from ._tags import tag_of, tag_text

MOST_DEPTH = 64
_MOST_INFLATED = 32 * 1024**2

_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXEL_DATA = {0x7FE00008, 0x7FE00009, 0x7FE00010}
_CHARACTER_SET, _PIXEL_REPRESENTATION = 0x00080005, 0x00280103


@dataclass(frozen=True, slots=True)
class ElementRow:
    r"""One data element as text.

    Attributes
    ----------
    path : str
        Where it is, such as ``(0008,1140)[1].(0008,1155)``; items count from 1. Empty in a row that
        says why the list stops.
    tag : str
        ``(gggg,eeee)`` in upper case.
    keyword, name : str
        From the data dictionary. The name of a private element has its creator in brackets.
    vr : str
    vm : int
        Number of values, for a sequence 1.
    value : str
        Decoded values joined with a backslash, control characters as escapes, cut after 200 characters. Plain text:
        escape it before it becomes HTML.
    depth : int
        0 for elements that are not inside a sequence.
    private : bool
    creator : str
        Private creator; empty if unknown.
    fingerprint : str
        Twelve hexadecimal digits that stand for what `value` does not show, up to its first MiB; else empty.
    """

    path: str
    tag: str
    keyword: str
    name: str
    vr: str
    vm: int
    value: str
    depth: int
    private: bool
    creator: str
    fingerprint: str = ""


def elements(source: Source, *, limit: int = 5000) -> list[ElementRow]:
    """List the elements of an instance, the file meta group first, pixel data only by their size.

    Parameters
    ----------
    source : path or seekable binary stream
    limit : int
        Most rows to return.

    Returns
    -------
    list of ElementRow
        In the order of the file. If something stopped the list early, a last row with an empty tag says what.

    Raises
    ------
    ElementsError
        The file cannot be opened or is not DICOM. The text holds neither a value nor the path.
    """
    try:
        with opened(source, _MOST_INFLATED) as content:
            return _list(content, limit)
    except OSError as error:
        raise ElementsError(f"The file cannot be read: {error.strerror or 'unknown reason'}.") from None
    except ElementsError:
        raise
    except Exception:
        raise ElementsError("The file is so damaged that its elements cannot be listed.") from None


def search(rows: Iterable[ElementRow], text: str) -> list[ElementRow]:
    """Return the rows whose tag, keyword, name or value contain `text`, in upper or lower case.

    A whole tag is found however it is written: ``(0010,0010)``, ``0010,0010`` or ``00100010``.
    """
    wanted = text.strip().casefold()
    try:
        tag = tag_text(tag_of(wanted)).casefold()
    except ValueError:
        tag = wanted
    return [
        row
        for row in rows
        if tag in row.tag.casefold()
        or any(wanted in part.casefold() for part in (row.keyword, row.name, row.value))
    ]


class _Stop(Exception):
    """The walk cannot go on; its text says why."""


@dataclass(slots=True)
class _Level:
    """A data set, or a sequence with its items, that the walk is inside of."""

    end: int
    path: str
    implicit: bool
    order: str
    encodings: list[str]
    row: int | None = None  # the row of the sequence; None for a data set
    items: int = 0
    fragments: bool = False
    creators: dict[int, str] = field(default_factory=dict)


def _list(content: Content, limit: int) -> list[ElementRow]:
    rows: list[ElementRow] = []
    try:
        if content.meta is not None:
            size = content.start if content.stream is content.file else content.file.seek(0, 2)
            meta = _Level(size, "", implicit=False, order="<", encodings=[default_encoding])
            _Walk(content.file, rows, limit, size).run(content.meta, meta, only_group=0x0002)
        level = _Level(content.size, "", content.implicit, content.order, [default_encoding])
        _Walk(content.stream, rows, limit, content.size).run(content.start, level)
        reason = content.cut if not (rows and rows[-1].tag.startswith("(7FE0,00")) else ""
    except _Stop as stop:
        reason = content.cut or str(stop)
    if reason:
        rows.append(ElementRow("", "", "", "The list stops here", "", 0, reason, 0, False, ""))
    return rows


class _Walk:
    """One pass over a data set, which adds to `rows`."""

    def __init__(self, stream: BinaryIO, rows: list[ElementRow], limit: int, size: int) -> None:
        self.stream, self.rows, self.limit, self.size = stream, rows, limit, size
        self.signed = False
        self.truncated = False

    def run(self, position: int, root: _Level, only_group: int | None = None) -> None:
        """Walk from `position` to the end, to pixel data, or to the first element outside `only_group`."""
        levels = [root]
        # Items take no row, so that rows alone would not bound the walk.
        for _ in range(20 * self.limit):
            while position >= levels[-1].end:
                if len(levels) == 1:
                    if self.truncated:
                        raise _Stop("The file ends before the elements do.")
                    return
                self._leave(levels.pop())
            level = levels[-1]
            try:
                tag, vr, length, value = element_at(self.stream, position, level.implicit, level.order)
            except EOFError:
                raise _Stop("The file ends inside an element.") from None
            if only_group is not None and tag >> 16 != only_group:
                return
            if tag in (_ITEM_END, _SEQUENCE_END):
                # A sequence may end although the delimiter of its last item is missing.
                while len(levels) > 1 and (levels[-1].row is None) != (tag == _ITEM_END):
                    self._leave(levels.pop())
                if len(levels) == 1:
                    raise _Stop("A sequence ends that never began: the file is damaged here.")
                self._leave(levels.pop())
                position = value
            elif level.row is not None:
                position = self._item(levels, tag, length, value)
            elif tag in _PIXEL_DATA and len(levels) == 1:
                self._add(level, tag, vr or "OW", 1, _pixels(length), 0)
                return
            else:
                position = self._element(levels, tag, vr, length, value)
        raise _Stop("The file has too many items to list.")

    def _leave(self, level: _Level) -> None:
        if level.row is not None:
            what = "fragment" if level.fragments else "item"
            count = f"{level.items:,} {what}{'' if level.items == 1 else 's'}"
            self.rows[level.row] = replace(self.rows[level.row], value=count)

    def _item(self, levels: list[_Level], tag: int, length: int, value: int) -> int:
        sequence = levels[-1]
        if tag != _ITEM:
            raise _Stop("A sequence holds something that is not an item: the file is damaged here.")
        sequence.items += 1
        if sequence.fragments:
            return value + length
        path = f"{sequence.path}[{sequence.items}]."
        end = self._end(sequence, length, value)
        levels.append(_Level(end, path, sequence.implicit, sequence.order, sequence.encodings))
        return value

    def _end(self, parent: _Level, length: int, value: int) -> int:
        if length == _UNDEFINED:
            return parent.end
        self.truncated |= value + length > self.size
        return min(value + length, parent.end)

    def _element(self, levels: list[_Level], tag: int, vr: str, length: int, value: int) -> int:
        level, depth = levels[-1], (len(levels) - 1) // 2
        implicit, order = level.implicit, level.order
        known = known_as(tag, level.creators.get(tag >> 8, ""))[0]
        if vr == "UN" and (length == _UNDEFINED or known not in ("", "UN")):
            # PS3.5 section 6.2.2: unknown values are in implicit VR little endian, whatever surrounds them.
            vr, implicit, order = "", True, "<"
        if not vr:
            vr = "SQ" if not known and self._holds_items(length, value, order) else self._plain(known)
        if vr == "SQ" or length == _UNDEFINED:
            if vr not in ("SQ", "OB", "OW", "UN"):
                raise _Stop("An element has no length: the file is damaged here.")
            self._add(level, tag, vr, 1, "", depth)
            if depth >= MOST_DEPTH:
                raise _Stop(f"Sequences are nested more than {MOST_DEPTH} deep.")
            path, end = level.path + tag_text(tag), self._end(level, length, value)
            levels.append(
                _Level(end, path, implicit, order, level.encodings, len(self.rows) - 1, fragments=vr != "SQ")
            )
            return value
        if value + length > self.size:
            self._add(level, tag, vr, 0, "", depth)
            there = max(self.size - value, 0)
            raise _Stop(f"The last element declares {length:,} bytes, of which {there:,} are there.")
        self.stream.seek(value)
        data = self.stream.read(min(length, MOST_READ))
        text, vm, fingerprint = text_of(vr, data, length, order, level.encodings)
        if tag == _CHARACTER_SET:
            terms = text.split("\\")
            level.encodings = [python_encoding.get(term.strip(), default_encoding) for term in terms]
        elif tag == _PIXEL_REPRESENTATION:
            self.signed = text == "1"
        elif tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
            level.creators[(tag >> 16) << 8 | (tag & 0xFF)] = text
        self._add(level, tag, vr, vm, text, depth, fingerprint)
        return value + length

    def _holds_items(self, length: int, value: int, order: str) -> bool:
        """Tell whether a value of unknown VR begins with an item that fits into it."""
        try:
            tag, _, item, start = element_at(self.stream, value, implicit=True, order=order)
        except EOFError:
            return False
        return tag == _ITEM and (item == _UNDEFINED or start - value + item <= length)

    def _plain(self, vr: str) -> str:
        """Return one VR where the dictionary leaves a choice (PS3.5 section A.1)."""
        if vr.startswith("US or SS"):
            return "SS" if self.signed else "US"
        return "OW" if " or " in vr else vr or "UN"

    def _add(
        self, level: _Level, tag: int, vr: str, vm: int, value: str, depth: int, fingerprint: str = ""
    ) -> None:
        if len(self.rows) >= self.limit:
            raise _Stop(f"Only the first {self.limit:,} elements are listed.")
        private = bool(tag >> 16 & 1)
        creator = level.creators.get(tag >> 8, "") if private else ""
        _, keyword, name = known_as(tag, creator)
        number = tag_text(tag)
        path = level.path + number
        row = ElementRow(path, number, keyword, name, vr, vm, value, depth, private, creator, fingerprint)
        self.rows.append(row)


def _pixels(length: int) -> str:
    return "compressed frames, not listed" if length == _UNDEFINED else f"{length:,} bytes, not listed"
