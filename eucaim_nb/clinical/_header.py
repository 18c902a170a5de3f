"""Where a table begins: titles above the header, several lines of header, a line of units, code books in headers."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ._words import folded, missing_meaning, units

LOOK = 60
"""Records from which the header is told."""
_MOST_LINES = 8
_NUMBER = re.compile(r"[<>≤≥~]?\s*[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?\s*%?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d.*)?|\d{4}-\d{2}|\d{8}")
_PAIR = re.compile(
    r"(?:^|[\s,;|/({\[:])(-?\w{1,4})\s*=\s*([^=,;|{}()\[\]\n]+?)\s*(?=$|[,;|{}()\[\]\n]|/\s*-?\w{1,4}\s*=|\s-?\w{1,4}\s*=)"
)
_UNIT_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]")


@dataclass(frozen=True)
class Header:
    """The first lines of a table: `skip` above the header, `rows` of header, perhaps one of units."""

    skip: int
    rows: int
    units_row: bool


def locate(records: Sequence[Sequence[str]]) -> Header:
    """Return where the header stands, told by the first records of a table.

    The lines of a header hold texts where the lines below hold numbers, dates, or the same few words again and again.
    """
    width = max((len(record) for record in records), default=0)
    filled = [_filled(record) for record in records]
    body = records[min(_MOST_LINES, max(len(records) // 2, 1)) :]
    usual = Counter(_filled(record) for record in body if _filled(record)).most_common(1)
    usually = usual[0][0] if usual else width
    skip = next((i for i, count in enumerate(filled) if count >= max(2, usually * 0.6) or width == 1), 0)
    if usually > 2:
        while skip > 0 and filled[skip - 1] > 1 and filled[skip - 1] * 4 > width:
            skip -= 1
    measured = _measured(body, width)
    seen = [Counter(record[column] for record in body if column < len(record)) for column in range(width)]
    rows = 1
    while skip + rows < min(len(records) - 1, skip + _MOST_LINES) and _is_header(
        records[skip + rows], measured, seen
    ):
        rows += 1
    # A line of group names above the header is sparse, and the names are in the line after it.
    units_row = rows > 1 and _is_units(records[skip + rows - 1])
    return Header(skip, rows - units_row, units_row)


def _filled(record: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in record)


def _measured(body: Sequence[Sequence[str]], width: int) -> list[bool]:
    """Tell which columns hold numbers or dates."""
    found = []
    for column in range(width):
        cells = [record[column].strip() for record in body if column < len(record) and _says(record[column])]
        found.append(bool(cells) and sum(map(_is_measure, cells)) >= 0.8 * len(cells))
    return found


def _says(cell: str) -> bool:
    return missing_meaning(cell) is None


def _is_measure(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _is_header(record: Sequence[str], measured: Sequence[bool], seen: Sequence[Counter[str]]) -> bool:
    against = 0
    words = 0
    for column, cell in enumerate(record):
        text = cell.strip()
        if not _says(text):
            continue
        if measured[column]:
            if _is_measure(text):
                against += 1
            else:
                words += 1
        elif seen[column][cell] > 1:
            against += 1
    if words:
        return words > against
    return not against and bool(_filled(record)) and not any(measured) and _is_units(record)


def _is_units(record: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in record if cell.strip()]
    return bool(cells) and all(folded(cell.strip("()[] ")) in units() for cell in cells)


def names(lines: Sequence[Sequence[str]], width: int) -> tuple[list[str], list[str]]:
    """Return the name of each column and all that its header lines say.

    The line with the most different texts gives the names; where it names two columns alike or not at all, the texts
    above join in.
    """
    padded = [[*(cell.strip() for cell in line), *([""] * (width - len(line)))] for line in lines]
    main = (
        max(range(len(padded)), key=lambda i: (len({cell for cell in padded[i] if cell}), -i))
        if padded
        else 0
    )
    groups = [_spread(line) for line in padded[:main]]
    often = Counter(padded[main]) if padded else Counter()
    found, said = [], []
    for column in range(width):
        name = " ".join(padded[main][column].split()) if padded else ""
        above = [line[column] for line in groups if line[column]]
        if above and (not name or often[padded[main][column]] > 1):
            name = " ".join([*above, name]).strip()
        elif not name:
            name = next((line[column] for line in padded if line[column]), "")
        found.append(name)
        said.append("\n".join([*above, *(line[column] for line in padded[main:] if line[column])]))
    return found, said


def _spread(line: Sequence[str]) -> list[str]:
    """Return a line of group names with each name in all the columns that it stands over."""
    found, last = [], ""
    for cell in line:
        last = cell or last
        found.append(last)
    return found


def code_book(text: str) -> Mapping[str, str]:
    """Return the meanings of codes that a header gives, as in `ER {0=neg, 1=pos}`; empty unless there are two."""
    pairs = {key: " ".join(meaning.split()) for key, meaning in _PAIR.findall(text)}
    return pairs if len(pairs) > 1 else {}


def unit_in(header: str, sure: Collection[str] = ()) -> str:
    """Return the unit in brackets or behind a slash or underscore in a header; empty if there is none.

    Behind a sign only units count that are nothing else, and those that are `sure`.
    """
    for found in _UNIT_BRACKETS.findall(header):
        unit = units().get(folded(found))
        if unit:
            return unit
    *before, last = re.split(r"[\s_,/]+", folded(header))
    return units().get(last, "") if before and last in (*_SURE_UNITS, *sure) else ""


_SURE_UNITS = frozenset(
    (
        "mm",
        "cm",
        "ml",
        "cc",
        "kg",
        "days",
        "years",
        "months",
        "percent",
        "pct",
        "dias",
        "tage",
        "giorni",
        "jours",
    )
)
