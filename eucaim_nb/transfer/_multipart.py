"""A multipart/related body (RFC 2387) of DICOM files."""

import uuid
from collections.abc import Sequence

from ._body import Body, Part, Watch, nobody


class MultipartBody(Body):
    """A body of DICOM parts.

    Parameters
    ----------
    parts
        The files, sent byte for byte in this order.
    watch
        Told of every read; what it raises ends the request.
    """

    def __init__(self, parts: Sequence[Part], watch: Watch = nobody) -> None:
        self.boundary = uuid.uuid4().hex
        pieces: list[bytes | Part] = []
        for number, part in enumerate(parts):
            line_end = "\r\n" if number else ""
            head = (
                f"{line_end}--{self.boundary}\r\nContent-Type: application/dicom\r\n"
                f"Content-Length: {part.size}\r\n\r\n"
            )
            pieces += [head.encode(), part]
        super().__init__([*pieces, f"\r\n--{self.boundary}--\r\n".encode()], watch)

    @property
    def content_type(self) -> str:
        """Value for the Content-Type header (PS3.18 section 8.6.1.2.2)."""
        return f'multipart/related; type="application/dicom"; boundary={self.boundary}'
