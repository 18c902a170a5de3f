"""Look into ZIP archives without unpacking them into the file system, and without being blown up by them."""

import zipfile
import zlib
from collections.abc import Iterator
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

Found = tuple[tuple[str, ...], int, BinaryIO | ProblemRecord]
"""Names that lead to a member, its size in bytes, and its opened bytes or why it was not read."""


def members(archive: BinaryIO, above: tuple[str, ...] = ()) -> Iterator[Found]:
    """Yield the files of an archive and of archives inside it. The receiver closes each opened member.

    Names only label what is found: nothing is ever written under them.
    """
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield (
            above,
            0,
            ProblemRecord(
                "damaged archive", "This ZIP archive is damaged. Export or copy it again.", "ZIP archive"
            ),
        )
        return
    with opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        refusal = _refuse_archive(entries)
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
            except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error):
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
                    yield from members(content, names)
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


def _refuse_archive(entries: list[zipfile.ZipInfo]) -> ProblemRecord | None:
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_BYTES:
        return ProblemRecord(
            "archive too large",
            f"This archive claims more than {MOST_MEMBERS:,} files or {MOST_BYTES // 2**30} GiB of content "
            "and was not opened. "
            "If it is genuine, unpack it and scan the folder.",
            "ZIP archive",
        )
    return None


def _refuse_member(entry: zipfile.ZipInfo) -> ProblemRecord | None:
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
