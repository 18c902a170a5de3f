"""Skipping over what is nested, without recursion and without trusting its depth.

A file of a few kilobytes can nest sequences thousands deep, which ends every recursive reader that opens it.
So even sequences that could be skipped by their length are looked at, if they are long enough to hide that.
"""

import re
from enum import Enum, auto

from pydicom.datadict import dictionary_VR

from ._elements import (
    ITEM,
    ITEM_DELIMITER,
    READ_LENGTH,
    READ_NUMBERS,
    SEQUENCE_DELIMITER,
    SHORT_VRS,
    UNDEFINED_LENGTH,
    Encoding,
    Unsure,
    element_at,
    shows_vr,
    tag_bytes,
)
from ._problems import HeaderError, ProblemKind
from ._window import Window

MAX_DEPTH = 64

# A level of nesting takes 16 bytes or more (a sequence's tag and length, an item's tag and length).
SMALLEST_DEEP_VALUE = 16 * MAX_DEPTH

# So in a nest that is too deep, the outer half of the items are at least this long: 512 bytes, 0x0200.
_LONG_ITEM = {
    "<": re.compile(rb"\xfe\xff\x00\xe0(?=(.[\x02-\xff]..|..[^\0].|...[^\0]))", re.DOTALL),
    ">": re.compile(rb"\xff\xfe\xe0\x00(?=(..[\x02-\xff].|.[^\0]..|[^\0]...))", re.DOTALL),
}

_ITEM_TAG = {order: tag_bytes(ITEM, order) for order in "<>"}
_SEARCHED_AT_ONCE = 256 * 1024


class _Inside(Enum):
    SEQUENCE = auto()
    ITEM = auto()
    FRAGMENTS = auto()


# What is being walked: its kind, its end (None until a delimiter comes), and how it is written.
_Open = tuple[_Inside, int | None, Encoding]


def end_of_value(window: Window, tag: int, vr: bytes, start: int, length: int, encoding: Encoding) -> int:
    """Return the offset behind a value that may be nested, is at `start` and has the declared `length`.

    Raises
    ------
    HeaderError
        Sequences are nested deeper than `MAX_DEPTH`.
    EndOfFile, Unsure
        The items do not fit together.
    """
    if length != UNDEFINED_LENGTH:
        _refuse_depth(window, start, start + length, encoding)
        return start + length
    return _walk(window, start, None, _contents(window, tag, vr, start, encoding), encoding)


def _refuse_depth(window: Window, start: int, end: int, encoding: Encoding) -> None:
    if _begins_with_item(window, start, encoding) and _seems_deep(window, start, end, encoding):
        try:
            _walk(window, start, end, _Inside.SEQUENCE, encoding, into_defined=True)
        except Unsure:
            # Only its depth was in question: a value with a known length is skipped as a whole.
            return


def _begins_with_item(window: Window, start: int, encoding: Encoding) -> bool:
    return window.read(start, 4) == _ITEM_TAG[encoding.order]


def _seems_deep(window: Window, start: int, end: int, encoding: Encoding) -> bool:
    """Tell whether items may be nested too deep, from nothing but the tags and lengths of long items.

    This never misses depth, but may overrate it: chance bytes count as items, undefined lengths as endless.
    """
    ends: list[int] = []
    for offset in range(start, min(end, window.size), _SEARCHED_AT_ONCE):
        # Seven bytes more, so that a tag and length across two pieces are seen.
        piece = window.read(offset, min(_SEARCHED_AT_ONCE + 7, end - offset))
        for found in _LONG_ITEM[encoding.order].finditer(piece):
            here = offset + found.start()
            while ends and ends[-1] <= here:
                ends.pop()
            (length,) = READ_LENGTH[encoding.order](found[1])
            ends.append(here + 8 + length)
            if len(ends) > MAX_DEPTH // 2:
                return True
    return False


def _contents(window: Window, tag: int, vr: bytes, start: int, encoding: Encoding) -> _Inside:
    """Tell what a value of undefined length holds."""
    if vr == b"SQ" or vr == b"UN":
        return _Inside.SEQUENCE
    if vr:
        return _Inside.FRAGMENTS
    try:
        known = dictionary_VR(tag)
    except KeyError:
        known = "SQ" if _begins_with_item(window, start, encoding) else ""
    if known != "SQ":
        raise Unsure
    return _Inside.SEQUENCE


def _walk(
    window: Window,
    here: int,
    end: int | None,
    inside: _Inside,
    encoding: Encoding,
    *,
    into_defined: bool = False,
) -> int:
    """Return the offset behind the items that begin at `here`.

    Values of known length are skipped, unless `into_defined` says to look for sequences in them too.
    """
    open_values: list[_Open] = [(inside, end, encoding)]
    while open_values:
        inside, end, encoding = open_values[-1]
        if end is not None and here >= end:
            if here > end:
                raise Unsure
            open_values.pop()
        elif inside is _Inside.ITEM:
            tag, vr, length, here = element_at(window, here, encoding)
            if tag == ITEM_DELIMITER and end is None:
                open_values.pop()
            elif tag >> 16 == 0xFFFE:
                raise Unsure
            elif length == UNDEFINED_LENGTH:
                _enter(open_values, _contents(window, tag, vr, here, encoding), None, encoding)
            elif into_defined and vr not in SHORT_VRS and _begins_with_item(window, here, encoding):
                _enter(open_values, _Inside.SEQUENCE, here + length, encoding)
            else:
                if length >= SMALLEST_DEEP_VALUE and vr not in SHORT_VRS and not into_defined:
                    _refuse_depth(window, here, here + length, encoding)
                here += length
        else:
            tag, _, length, here = element_at(window, here, encoding)
            if tag == SEQUENCE_DELIMITER and end is None:
                open_values.pop()
            elif tag != ITEM:
                raise Unsure
            elif inside is _Inside.SEQUENCE:
                item_end = None if length == UNDEFINED_LENGTH else here + length
                # Explicit files may carry implicit items (within UN: PS3.5 section 6.2.2), never the reverse.
                explicit = encoding.explicit and shows_vr(window, here)
                open_values.append((_Inside.ITEM, item_end, Encoding(explicit, encoding.order)))
            elif length == UNDEFINED_LENGTH:
                raise Unsure
            else:
                here += length
    return here


def _enter(open_values: list[_Open], inside: _Inside, end: int | None, encoding: Encoding) -> None:
    # Every sequence but the outermost stands in an item of another.
    if len(open_values) // 2 >= MAX_DEPTH:
        raise HeaderError(
            ProblemKind.TOO_DEEP,
            f"Sequences are nested more than {MAX_DEPTH} deep, which no image needs and which can stop a "
            "server. Leave this file out, and ask the PACS administrator where it comes from.",
        )
    open_values.append((inside, end, encoding))


def fragments_end(window: Window, start: int, order: str, most: int) -> bool:
    """Tell whether encapsulated pixel data that begin at `start` have an end, within `most` fragments."""
    here = start
    for _ in range(most):
        header = window.read(here, 8)
        if len(header) < 8:
            return False
        group, element, length = READ_NUMBERS[order](header)
        if group << 16 | element != ITEM:
            return bool(group << 16 | element == SEQUENCE_DELIMITER)
        here += 8 + length
    return False
