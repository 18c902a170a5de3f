"""Take the one part out of a multipart/related answer, without touching its bytes."""

import re

from eucaim_nb.errors import NodeError

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)


def single_part(body: bytes, content_type: str) -> bytes:
    """Return the content of the only part of a multipart body.

    Raises
    ------
    NodeError
        The body is not multipart, or has no complete part.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise NodeError("The node sent an instance in a form that is not multipart/related.")
    boundary = b"--" + found[1].strip().encode()
    start = body.find(boundary)
    head_end = body.find(b"\r\n\r\n", start)
    end = body.rfind(b"\r\n" + boundary + b"--")
    if start < 0 or head_end < 0 or end < head_end:
        raise NodeError("The node sent an incomplete instance.")
    return body[head_end + 4 : end]
