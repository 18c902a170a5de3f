"""Take the one part out of a multipart/related answer while it arrives, without touching its bytes."""

import re
from collections.abc import Iterable
from typing import IO

from eucaim_nb.errors import NodeError

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_LONGEST_HEAD = 64 * 2**10
_LONGEST_TAIL = 4096


def save_single_part(pieces: Iterable[bytes], content_type: str, file: IO[bytes]) -> None:
    """Write the content of the only part of a multipart body to a file.

    Parameters
    ----------
    pieces
        The body.
    content_type
        Value of the header.
    file
        Empty, and open for reading and writing.

    Raises
    ------
    NodeError
        The body is not multipart, or has no complete part.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise NodeError("The node sent an instance in a form that is not multipart/related.")
    boundary = b"--" + found[1].strip().encode()
    head: bytes | None = b""
    for piece in pieces:
        if head is None:
            file.write(piece)
            continue
        head += piece
        start = head.find(boundary)
        end = head.find(b"\r\n\r\n", max(start, 0))
        if start >= 0 and end >= 0:
            file.write(head[end + 4 :])
            head = None
        elif len(head) > _LONGEST_HEAD:
            break
    size = file.tell()
    file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read()
    end = tail.rfind(b"\r\n" + boundary + b"--")
    if head is not None or end < 0:
        raise NodeError("The node sent an incomplete instance.")
    file.truncate(size - len(tail) + end)
