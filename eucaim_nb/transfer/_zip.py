"""A ZIP archive as the body of a request: written while it is sent, stored and not compressed.

`zipfile` can only stream with the checksum behind the data, which Java's stream reader, and so XNAT, refuses for
stored members. Here every checksum is known beforehand. Structures: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from ._body import Body, Part, Watch, nobody

_DATE = (1 << 5) | 1  # 1980-01-01: nothing of the file's own time is told
_MOST = 0xFFFF_FFFF
_MOST_MEMBERS = 0xFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive; `name` is ASCII, `crc32` that of its content."""

    name: str
    part: Part
    crc32: int


class ZipBody(Body):
    """The bytes of an archive.

    Parameters
    ----------
    members
        The files in the order of the archive. Members and archives above 4 GB take the ZIP64 form.
    watch
        Called before every read; what it raises ends the request.
    """

    def __init__(self, members: Sequence[Member], watch: Watch = nobody) -> None:
        pieces: list[bytes | Part] = []
        directory: list[bytes] = []
        offset = 0
        for member in members:
            head = _local_header(member)
            directory.append(_central_header(member, offset))
            pieces += [head, member.part]
            offset += len(head) + member.part.size
        central = b"".join(directory)
        super().__init__([*pieces, central + _end(len(members), len(central), offset)], watch)


def _local_header(member: Member) -> bytes:
    size, name = member.part.size, member.name.encode("ascii")
    extra = struct.pack("<HHQQ", 1, 16, size, size) if size > _MOST else b""
    shown = min(size, _MOST)
    fields = (45 if extra else 20, 0, 0, 0, _DATE, member.crc32, shown, shown, len(name), len(extra))
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name + extra


def _central_header(member: Member, offset: int) -> bytes:
    size, name = member.part.size, member.name.encode("ascii")
    large = [value for value in (size, size, offset) if value > _MOST]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = 45 if extra else 20
    shown = min(size, _MOST)
    fields = (version, version, 0, 0, 0, _DATE, member.crc32, shown, shown, len(name), len(extra))
    rest = (0, 0, 0, 0, min(offset, _MOST))  # comment, disk, attributes inside and outside, place
    return struct.pack("<4s6H3L2H", b"PK\x01\x02", *fields) + struct.pack("<3H2L", *rest) + name + extra


def _end(count: int, size: int, offset: int) -> bytes:
    large = b""
    if count > _MOST_MEMBERS or size > _MOST or offset > _MOST:
        record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
        large = record + struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    shown = min(count, _MOST_MEMBERS)
    counts = (0, 0, shown, shown, min(size, _MOST), min(offset, _MOST), 0)
    return large + struct.pack("<4s4H2LH", b"PK\x05\x06", *counts)
