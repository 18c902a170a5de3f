"""Text inside of what is no text: PDF documents, remarks in compressed pictures, bytes of unknown make."""

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_STRING = re.compile(rb"\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f\s]{4,})>")
_ARRAY = re.compile(rb"\[((?:[^\]\[()]|\((?:\\.|[^\\()])*\))*)\]\s*TJ")
_WIDE = (b"\xfe\xff", b"\xff\xfe")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3})")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b""}
_RUN = re.compile(r"[^\x00-\x1f\x7f-\x9f]{4,}")
_MOST_INFLATED = 8 * 2**20
_JPEG, _J2K, _END = b"\xff\xd8", b"\xff\x4f", b"\xff\xd9"
_COMMENT, _START_OF_SCAN, _J2K_COMMENT, _START_OF_TILE = 0xFE, 0xDA, 0x64, 0x90
_DRAWING = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe", b"SPIFF\0")
"""How application segments begin that a viewer needs (ITU-T T.81 annex B, T.84, ICC.1)."""


def pdf_text(data: bytes) -> str:
    """Return the texts in a PDF (ISO 32000-1, 7.3.4 and 9.4), in the order of the file, as far as they are letters."""
    parts = [data, *_inflated(data)]
    return "\n".join(text for part in parts for text in _strings(part))


def _inflated(data: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(data):
        try:
            yield zlib.decompressobj().decompress(found[1], _MOST_INFLATED)
        except zlib.error:
            continue


def _strings(data: bytes) -> Iterator[str]:
    """Yield every string, and the strings of an array together: letters are set apart there for kerning only."""
    for array in _ARRAY.finditer(data):
        yield "".join(map(_string, _STRING.finditer(array[1])))
    yield from map(_string, _STRING.finditer(data))


def _string(found: re.Match[bytes]) -> str:
    if found[1] is not None:
        raw = _ESCAPE.sub(lambda one: _ESCAPED.get(one[1], _octal(one[1])), found[1])
    else:
        digits = re.sub(rb"\s", b"", found[2]).decode()
        raw = bytes.fromhex(digits + "0" * (len(digits) % 2))
    return raw.decode("utf-16", "replace") if raw[:2] in _WIDE else raw.decode("latin-1")


def _octal(digits: bytes) -> bytes:
    return bytes([int(digits, 8) & 0xFF]) if digits.isdigit() else digits


def remarks(fragment: bytes) -> Iterator[bytes]:
    """Yield the comments and application data in a fragment that say nothing about how to draw the picture."""
    jpeg = fragment[:2] == _JPEG
    if not jpeg and fragment[:2] != _J2K:
        return
    end = fragment.rfind(_END)
    if end > 0 and (behind := fragment[end + 2 :].strip(b"\0")):
        yield behind
    at = 2
    while at + 4 <= len(fragment) and fragment[at] == 0xFF:
        marker = fragment[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == (_START_OF_SCAN if jpeg else _START_OF_TILE):
            return
        stop = at + 2 + int.from_bytes(fragment[at + 2 : at + 4], "big")
        value = fragment[at + 4 : stop]
        if jpeg and (marker == _COMMENT or (0xE0 <= marker <= 0xEF and not value.startswith(_DRAWING))):
            yield value
        elif not jpeg and marker == _J2K_COMMENT:
            yield value[2:]
        at = stop


def readable_runs(data: bytes) -> str:
    """Return the runs of letters in bytes of unknown make, one a line."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return "\n".join(_RUN.findall(text))
