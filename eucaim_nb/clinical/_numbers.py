"""Numbers in tables: decimal comma or point, units in cells, and codes that stand for a missing value."""

import re
from collections.abc import Iterable

from ._words import folded, units

_FAST = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.A)
_PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_WITH_UNIT = re.compile(r"([-+]?[\d.,\s'’]*\d)\s*([^\d\s.,+-].*)")
_LIMIT = re.compile(r"([<>≤≥])\s*(.+)")
_THOUSANDS = {",": "[.'’\u00a0\u202f ]", ".": "[,'’\u00a0\u202f ]"}
_GROUPED = {
    point: re.compile(rf"[-+]?\d{{1,3}}(?:{sign}\d{{3}})+(?:{re.escape(point)}\d+)?")
    for point, sign in _THOUSANDS.items()
}
_SENTINELS = frozenset(("-1", "-9", "-99", "-999", "-9999", "9", "99", "777", "888", "999", "9999"))


def plain_number(text: str, decimal: str) -> str | None:
    """Return a number with a decimal point and without separators of thousands; None if it is none."""
    if decimal != "," and _FAST.fullmatch(text):
        return text
    value = text.strip().replace("\u2212", "-")
    point = "." if decimal != "," else ","
    if _GROUPED[point].fullmatch(value):
        value = re.sub(_THOUSANDS[point], "", value)
    elif point == "," and "." in value:
        return None
    if point == ",":
        value = value.replace(",", ".")
    if not _PLAIN.fullmatch(value):
        return None
    return value.lstrip("+")


def with_unit(text: str) -> tuple[str, str] | None:
    """Return number and unit of a cell such as `71,5 kg`; None if it is not one of a known unit."""
    found = _WITH_UNIT.fullmatch(text.strip())
    unit = units().get(folded(found[2])) if found else None
    return (found[1].strip(), unit) if found and unit else None


def limit(text: str) -> tuple[str, str] | None:
    """Return sign and number of a cell such as `<0.1`; None if it is none."""
    found = _LIMIT.fullmatch(text.strip())
    return (found[1], found[2].strip()) if found else None


def decimal_of(values: Iterable[str]) -> str:
    """Return which sign stands before the decimals of a column: `.`, `,`, `?` if it cannot be told, or nothing.

    A comma or point before exactly three digits may part thousands.
    """
    commas = points = unclear = 0
    for value in values:
        text = value.strip()
        unit = with_unit(text)
        text = unit[0] if unit else (limit(text) or ("", text))[1]
        if re.fullmatch(r"[-+]?\d*[.,]\d+", text) is None:
            if re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+,\d+", text):
                commas += 1
            elif re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+\.\d+", text):
                points += 1
            continue
        whole, _, decimals = text.replace(",", ".").partition(".")
        if len(decimals) == 3 and whole.strip("-+") not in ("", "0") and len(whole.strip("-+")) < 4:
            unclear += 1
        elif "," in text:
            commas += 1
        else:
            points += 1
    if commas and points:
        return "?"
    return "," if commas else "." if points else "?" if unclear else ""


def suspects(numbers: Iterable[str]) -> list[str]:
    """Return those of some plain numbers that look like codes for a missing value: usual ones, far from all others."""
    usual: list[str] = []
    others: list[float] = []
    for text in numbers:
        if text.partition(".")[0] in _SENTINELS:
            usual.append(text)
        else:
            others.append(float(text))
    if not usual or len(others) < 3:
        return []
    low, high = min(others), max(others)
    return [text for text in usual if (float(text) < 0 <= low) or float(text) > 2 * max(high, 4)]
