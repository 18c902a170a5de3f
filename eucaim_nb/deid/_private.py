"""Lists of private attributes that may stay (PS3.15 E.3.10)."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from eucaim_nb.errors import ProfileError
from eucaim_nb.reference import read_text

COLUMNS = ("creator", "group", "element", "vr", "vm", "meaning")

PrivateList = Mapping[tuple[str, int, int], str]
"""VR by creator, group, and the last two digits of the element number."""


@cache
def standard_list() -> PrivateList:
    """Return the safe private attributes of PS3.15 Table E.3.10-1."""
    name = "safe_private.csv"
    return _read(read_text(name), name)


def read_list(path: Path) -> PrivateList:
    """Return a list of one's own; it has the columns of `reference/safe_private.csv`.

    Raises
    ------
    ProfileError
        The file is missing, lacks a column, or has a line that is not a private attribute.
    """
    try:
        return _read(path.read_text(encoding="utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            f"The list of private attributes {path.name} cannot be read. Choose a CSV file in UTF-8."
        ) from error


def _read(text: str, name: str) -> PrivateList:
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    reader = csv.DictReader(line for _, line in numbered)
    if missing := [column for column in COLUMNS[:4] if column not in (reader.fieldnames or ())]:
        raise ProfileError(f"{name} has no column {missing[0]!r}. Its first line must be: {','.join(COLUMNS)}")
    found: dict[tuple[str, int, int], str] = {}
    for line, (number, _) in zip(reader, numbered[1:], strict=False):
        try:
            group, element = int(line["group"], 16), int(line["element"], 16)
        except (TypeError, ValueError):
            group = element = -1
        creator = (line["creator"] or "").strip()
        if not (creator and 0 < group <= 0xFFFF and group & 1 and 0 <= element <= 0xFF):
            raise ProfileError(
                f"Line {number} of {name} is not a private attribute: it needs a creator, an odd group and the last "
                "two digits of the element, in hexadecimal."
            )
        found[creator, group, element] = (line["vr"] or "").strip() or "UN"
    return MappingProxyType(found)
