"""Entries of a zip or tar that someone else made: each is read as it comes, within limits."""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ._answers import Refused

MOST_ENTRIES = 200_000
MOST_BYTES = 64 * 10**9  # unpacked
_RATIO = 200  # unpacked to packed
_GRACE = 100 << 20  # unpacked bytes for which no ratio is asked
_CHUNK = 1 << 20


def safe_path(path: str) -> str:
    """Return a relative path that stays below where it is put.

    Raises
    ------
    Refused
        400: it is absolute, climbs, or has characters or lengths that no file should have.
    """
    parts = path.split("/")
    bad = (
        any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > 255 for part in parts)
        or any(character < " " or character in "\\\x7f" for character in path)
        or parts[0].endswith(":")
        or len(path) > 1024
    )
    if bad:
        raise Refused(400, "A file name is absolute, climbs out of its folder, or has forbidden characters")
    return path


def entries(archive: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the path and the bytes of every regular file; each must be read before the next.

    Raises
    ------
    Refused
        400: no archive, a broken one, or one with links, dangerous names or too much in it.
    """
    budget = _Budget(min(MOST_BYTES, max(_GRACE, archive.stat().st_size * _RATIO)))
    try:
        yield from (_zip if zipfile.is_zipfile(archive) else _tar)(archive, budget)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError) as error:
        raise Refused(400, "The archive is damaged, or of a kind that is not read here") from error
    except RuntimeError as error:  # how zipfile says that a password is needed
        raise Refused(400, "The archive is encrypted") from error


class _Budget:
    """What an archive may still unpack to; what its directory claims does not count."""

    def __init__(self, bytes_: int) -> None:
        self._bytes = bytes_
        self._entries = MOST_ENTRIES

    def enter(self) -> None:
        self._entries -= 1
        if self._entries < 0:
            raise Refused(400, f"The archive has more than {MOST_ENTRIES} files")

    def read(self, file: IO[bytes]) -> Iterator[bytes]:
        while chunk := file.read(_CHUNK):
            self._bytes -= len(chunk)
            if self._bytes < 0:
                raise Refused(400, "The archive unpacks to far more than it should")
            yield chunk


def _zip(archive: Path, budget: _Budget) -> Iterator[tuple[str, Iterator[bytes]]]:
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            if info.is_dir():
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                raise Refused(400, "The archive contains a link")
            budget.enter()
            with packed.open(info) as file:
                yield safe_path(info.filename), budget.read(file)


def _tar(archive: Path, budget: _Budget) -> Iterator[tuple[str, Iterator[bytes]]]:
    with tarfile.open(archive, "r:*") as packed:
        for info in packed:
            if info.isdir():
                continue
            if not info.isreg():
                raise Refused(400, "The archive contains a link or a device")
            budget.enter()
            file = packed.extractfile(info)
            if file is not None:
                yield safe_path(info.name.removeprefix("./")), budget.read(file)
