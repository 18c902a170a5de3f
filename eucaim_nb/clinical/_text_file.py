"""Text files with separated columns: encoding, separator and records, without changing a cell."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from eucaim_nb.errors import TableError

from ._finding import Finding, Severity

_LOOK = 200
"""Records from which the separator is told."""
_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 10_000_000
# Letters that texts in a code page of one byte per character hold, by code page; the first wins a draw.
_LETTERS = {
    "cp1252": "äöüßéèêëàâçñóíúáãõåøæìòùîïôûœÄÖÜÉÈÀÇÁÍÓÚÑÃÕÅØÆºª°µ€’–²³",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžáéíúýőűäöüß",
}


def encoding_of(data: bytes, encoding: str | None) -> tuple[str, list[Finding]]:
    """Return the encoding of a file, guessed if it is not given, and what a person should know about that.

    Raises
    ------
    TableError
        The file is not text of that encoding.
    """
    if encoding is None:
        encoding, findings = _guessed(data)
    else:
        findings = []
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise TableError(
            f"The table cannot be read as {encoding}. Choose another encoding, or save it as CSV UTF-8."
        ) from error
    return "utf-8-sig" if encoding == "utf-8" and data.startswith(_MARK) else encoding, findings


def _guessed(data: bytes) -> tuple[str, list[Finding]]:
    for mark, name in ((_MARK, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return name, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        high = bytes(byte for byte in data if byte > 127)
        fit = {
            name: sum(letter in letters for letter in high.decode(name, "replace")) / len(high)
            for name, letters in _LETTERS.items()
        }
        best = max(fit, key=lambda name: fit[name])
        if b"\0" in data[:1000]:
            raise TableError("This file is no text table. Give CSV, TSV, XLSX, XLS or JSON.") from None
        try:
            data.decode(best)
        except UnicodeDecodeError:
            best = "latin-1"
        return best, [
            Finding(
                "encoding",
                Severity.WARN,
                f"The file is not UTF-8 and does not say what it is; it was read as {best}.",
                "Look whether accented letters are right; choose another encoding if not.",
            )
        ]
    return "utf-8", []


def delimiter_of(data: bytes, encoding: str) -> str:
    """Return the separator under which most records have the same number of cells, more than one."""
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        records = [
            record
            for record, _ in zip(_reader(data, encoding, delimiter), range(_LOOK), strict=False)
            if record
        ]
        if not records:
            continue
        cells, often = Counter(map(len, records)).most_common(1)[0]
        score = (often / len(records) if cells > 1 else 0.0, cells)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def records(data: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each record, an empty list for an empty line.

    Raises
    ------
    TableError
        A quotation mark is left open: what follows it would be lost in one cell.
    """
    number = 0
    try:
        for record in _reader(data, encoding, delimiter, strict=True):
            number += 1
            yield record
    except csv.Error as error:
        raise TableError(
            f"The table cannot be read after line {number + 1}: a quotation mark is left open there, or stands within "
            "a cell without being doubled. Mend that cell."
        ) from error


def _reader(data: bytes, encoding: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    return csv.reader(lines, delimiter=delimiter, strict=strict)
