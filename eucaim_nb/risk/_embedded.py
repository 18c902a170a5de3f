"""Text inside of what is no text: PDF documents, and bytes of unknown make."""

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


def readable_runs(data: bytes) -> str:
    """Return the runs of letters in bytes of unknown make, one a line."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return "\n".join(_RUN.findall(text))
