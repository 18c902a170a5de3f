"""Reading each file once: its digest, samples of its pixel data, and what the checks of files find."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from eucaim_nb.dicom import Place, outline
from eucaim_nb.ledger import LookRow

from ._context import Context
from ._file import File, Gone
from ._findings import found_by, kept
from ._registry import Check, Rule, registry, rules_for

Rules = Sequence[tuple[Check, Rule]]

_WHOLE = 64 * 1024**2
_BEGINNING = 64 * 1024
_CHUNK = 4 * 1024**2
_SAMPLES, _SAMPLE = 8, 1024


def looks(context: Context, places: Sequence[tuple[Mapping[str, Any], Place]]) -> Iterator[LookRow]:
    """Look at files, given with their indexed attributes, and yield what was read of each, in their order.

    A file that is gone, or was changed since the scan, is looked at as it is told: as a finding that asks for a scan.
    """
    rules, gone = (rules_for(view, context.level, context.node) for view in (File, Gone))
    extra = sorted(
        {name for check in registry().values() if check.node in ("", context.node) for name in check.reads}
    )
    memory = _Memory()
    for values, place in places:
        read = memory.read(place, values["mtime_ns"], values["size"])
        yield _look(values, read, rules, gone, extra)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """A file that was read: its digest, its size, and as much of it as is kept."""

    digest: str
    size: int
    place: Place
    whole: memoryview | None
    beginning: bytes


class _Memory:
    """Room for one file, used again for the next: taking it from the system anew for each costs more than reading."""

    def __init__(self) -> None:
        self._room = bytearray(_CHUNK)

    def read(self, place: Place, mtime_ns: int, size: int) -> _Bytes | str:
        """Return a file, or why it was not read."""
        try:
            if not place.unchanged_since(mtime_ns, size):
                return "The file is gone, or was changed since it was scanned."
            with place.open() as file:
                return self._whole(file, place, size) if size <= _WHOLE else self._in_pieces(file, place)
        except (OSError, KeyError, ValueError):
            return "The file cannot be read any more."

    def _whole(self, file: BinaryIO, place: Place, size: int) -> _Bytes | str:
        if len(self._room) < size:
            self._room = bytearray(size)
        whole = memoryview(self._room)[:size]
        got = 0
        while got < size and (more := file.readinto(whole[got:])):  # type: ignore[attr-defined]
            got += more
        if got != size or file.read(1):
            return "The file is gone, or was changed since it was scanned."
        return _Bytes(hashlib.sha256(whole).hexdigest(), size, place, whole, bytes(whole[:_BEGINNING]))

    def _in_pieces(self, file: BinaryIO, place: Place) -> _Bytes:
        digest, size, beginning = hashlib.sha256(), 0, b""
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
            beginning = beginning or piece[:_BEGINNING]
        return _Bytes(digest.hexdigest(), size, place, None, beginning)


def _look(
    values: Mapping[str, Any], read: _Bytes | str, rules: Rules, gone_rules: Rules, extra: Sequence[str]
) -> LookRow:
    known = {"file_id": values["file_id"], "size": values["size"], "mtime_ns": values["mtime_ns"]}
    if isinstance(read, str):
        gone = Gone(values, read)
        findings = [kept(check, one) for check, rule in gone_rules for one in found_by(rule, gone)]
        facts: dict[str, Any] = {"extra": {}, "findings": findings}
        return LookRow(**{**known, "mtime_ns": -1}, sha256="", pixels="", likeness="", facts=facts)
    with _Reader(read) as bytes_at:
        found = outline(read.beginning, read.size, bytes_at)
        file = File(values, read.size, read.beginning, read.whole, found, bytes_at)
        findings = [kept(check, one) for check, rule in rules for one in found_by(rule, file)]
        facts = {
            "extra": {name: text for name in extra if (text := file.text(name))},
            "findings": findings,
        }
        return LookRow(**known, sha256=read.digest, pixels=_samples(file), likeness="", facts=facts)


def _samples(file: File) -> str:
    """Return a digest of samples of the pixel data; '' without any, and where they are all of one value."""
    if file.pixels is None:
        return ""
    start, length = file.pixels
    length = length if length >= 0 else file.size - start
    if length <= 0:
        return ""
    step = max(length // _SAMPLES, 1) & ~1
    digest, first, blank = hashlib.blake2b(b"%d" % length, digest_size=12), file.read(start, 2), True
    for offset in range(0, length, max(step, _SAMPLE)):
        piece = file.read(start + offset, min(_SAMPLE, length - offset))
        digest.update(piece)
        # Samples begin at even places, so that two bytes of one value come round alike.
        blank = blank and piece == (first * (_SAMPLE // 2))[: len(piece)]
    return "" if blank else digest.hexdigest()


class _Reader:
    """Any part of a file: of what is in memory, or read when it is asked for."""

    def __init__(self, read: _Bytes) -> None:
        self._read = read
        self._file: BinaryIO | None = None

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def __call__(self, offset: int, length: int) -> bytes:
        if self._read.whole is not None:
            return bytes(self._read.whole[offset : offset + length])
        if self._file is None:
            self._file = self._read.place.open()
        self._file.seek(offset)
        return self._file.read(length)
