"""Comparing the bytes of the few files that may be the same."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from eucaim_nb.dicom import outline

from ._context import Context
from ._file import File

_CHUNK = 4 * 1024**2
_BEGINNING = 64 * 1024


def digest_of(context: Context, row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a file, from what was read of it before if that still holds; '' if it cannot be read."""
    look = context.ledger.checkable.looks([row["file_id"]]).get(row["file_id"])
    if look is not None and look.sha256 and (look.size, look.mtime_ns) == (row["size"], row["mtime_ns"]):
        return look.sha256
    place = context.place_of(row["file_id"])
    try:
        if place is None:
            return ""
        with place.open() as file:
            return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
    except (OSError, KeyError, ValueError):
        return ""


def pixel_digest(context: Context, file_id: int) -> str:
    """Return the SHA-256 of the pixel data of a file; '' where there are none, or all are of one value."""
    place = context.place_of(file_id)
    try:
        if place is None:
            return ""
        with place.open() as stream:

            def read(offset: int, length: int) -> bytes:
                stream.seek(offset)
                return stream.read(length)

            size = stream.seek(0, 2)
            data = read(0, _BEGINNING)
            found = File({}, size, data, None, outline(data, size, read), read).pixels
            if found is None:
                return ""
            start, length = found
            end = start + length if length >= 0 else size
            digest, blank, first = hashlib.sha256(), True, read(start, 2)
            for here in range(start, end, _CHUNK):
                piece = read(here, min(_CHUNK, end - here))
                digest.update(piece)
                blank = blank and piece == (first * (len(piece) // 2 + 1))[: len(piece)]
            return "" if blank else digest.hexdigest()
    except (OSError, KeyError, ValueError):
        return ""
