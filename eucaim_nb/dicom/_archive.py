"""Look into ZIP archives without unpacking them into the file system, and without being blown up by them."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from eucaim_nb.ledger import ProblemRecord

from ._place import spool

MOST_LEVELS = 3
MOST_MEMBERS = 200_000
MOST_BYTES = 64 * 2**30
MOST_BYTES_OF_MEMBER = 4 * 2**30
# Deflate reaches about 1,030:1 on zeros. Real DICOM stays far below 200:1, except small blank images.
_SUSPICIOUS_RATIO = 200
_SUSPICIOUS_BYTES = 256 * 2**20
_SUSPICIOUS_TOTAL = 2 * 2**30

Found = tuple[tuple[str, ...], int, BinaryIO | ProblemRecord]
"""Names that lead to a member, its size in bytes, and its opened bytes or why it was not read."""


@dataclass(slots=True)
class _Budget:
    """What a file in the file system may still yield, archives inside it included."""

    members: int
    bytes: int


def members(archive: BinaryIO) -> Iterator[Found]:
    """Yield the files of an archive and of archives inside it. The receiver closes each opened member.

    Names only label what is found: nothing is ever written under them.
    """
    size = archive.seek(0, os.SEEK_END)
    most = min(MOST_BYTES, max(_SUSPICIOUS_TOTAL, size * _SUSPICIOUS_RATIO))
    yield from _members(archive, (), _Budget(MOST_MEMBERS, most))


def _members(archive: BinaryIO, above: tuple[str, ...], budget: _Budget) -> Iterator[Found]:
    try:
        opened = zipfile.ZipFile(archive)
    except Exception:  # zipfile lets through whatever it stumbles over: struct.error, UnicodeDecodeError, ...
        yield (
            above,
            0,
            ProblemRecord(
                "damaged archive", "This ZIP archive is damaged. Export or copy it again.", "ZIP archive"
            ),
        )
        return
    with opened:
        # Not is_dir(), which fails on an empty name.
        entries = [entry for entry in opened.infolist() if not entry.filename.endswith("/")]
        refusal = _refuse_archive(entries, budget)
        if refusal:
            yield above, 0, refusal
            return
        for entry in entries:
            names = (*above, entry.filename)
            refusal = _refuse_member(entry)
            if refusal:
                yield names, entry.file_size, refusal
                continue
            try:
                content = spool(opened, entry)
            except (zipfile.BadZipFile, OSError):
                yield (
                    names,
                    entry.file_size,
                    ProblemRecord("damaged archive", "This member of the archive cannot be unpacked."),
                )
                continue
            if not zipfile.is_zipfile(content):
                content.seek(0)
                yield names, entry.file_size, content
            elif len(names) < MOST_LEVELS:
                with content:
                    yield from _members(content, names, budget)
            else:
                content.close()
                yield (
                    names,
                    entry.file_size,
                    ProblemRecord(
                        "archive not opened",
                        f"Archives are opened {MOST_LEVELS} levels deep. Unpack this one.",
                        "ZIP archive",
                    ),
                )


def _refuse_archive(entries: list[zipfile.ZipInfo], budget: _Budget) -> ProblemRecord | None:
    """Return why an archive is not opened, or take what it claims from the budget."""
    by_offset = sorted(entries, key=lambda entry: (entry.header_offset, entry.compress_size))
    if any(one.header_offset + one.compress_size > other.header_offset for one, other in pairwise(by_offset)):
        return ProblemRecord(
            "damaged archive",
            "Members of this archive overlap, as in archives built to do harm. It was not opened. "
            "Export or copy it again.",
            "ZIP archive",
        )
    claimed = sum(entry.file_size for entry in entries)
    if len(entries) > budget.members or claimed > budget.bytes:
        return ProblemRecord(
            "archive too large",
            f"This archive claims {len(entries):,} files with {claimed / 2**20:,.0f} MiB of content and was "
            f"not opened. One file, archives inside it included, may hold {MOST_MEMBERS:,} files and "
            f"{MOST_BYTES // 2**30} GiB, less if it is small. "
            "If it is genuine, unpack it and scan the folder.",
            "ZIP archive",
        )
    budget.members -= len(entries)
    budget.bytes -= claimed
    return None


def _refuse_member(entry: zipfile.ZipInfo) -> ProblemRecord | None:
    if not entry.filename:
        return ProblemRecord(
            "unsafe name in archive", "This member of the archive has no name. It was not read."
        )
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return ProblemRecord(
            "unsafe name in archive",
            "The name of this member leads out of the archive's folder. It was not read.",
        )
    if entry.flag_bits & 0x1:
        return ProblemRecord(
            "encrypted archive", "This member is protected by a password. Unpack the archive and scan again."
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Python's other decompressors do not keep to the size that a member claims.
        return ProblemRecord(
            "unusual archive", "This member is compressed in an unusual way. Unpack the archive and scan again."
        )
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > MOST_BYTES_OF_MEMBER or (
        ratio > _SUSPICIOUS_RATIO and entry.file_size > _SUSPICIOUS_BYTES
    ):
        return ProblemRecord(
            "archive too large",
            f"This member would unpack to {entry.file_size / 2**20:,.0f} MiB and was not read. If it is "
            "genuine, unpack it first.",
        )
    return None
