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
_SENTINELS = frozenset((-1.0, -9.0, -99.0, -999.0, -9999.0, 9.0, 99.0, 999.0, 9999.0, 888.0, 777.0))
_SENTINEL_TEXTS = frozenset(f"{number:.0f}" for number in _SENTINELS)


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


def suspects(values: Iterable[str], decimal: str) -> list[str]:
    """Return the numbers of a column that look like codes for a missing value: usual ones, far from all others."""
    values = list(values)
    if not any(value.strip().partition(".")[0] in _SENTINEL_TEXTS for value in values):
        return []
    read = ((plain_number(value, decimal), value) for value in values)
    numbers = sorted({(float(plain), value) for plain, value in read if plain is not None})
    found = []
    for number, text in numbers:
        if number not in _SENTINELS:
            continue
        others = [other for other, _ in numbers if other not in _SENTINELS or abs(other) < 9.5 < abs(number)]
        if len(others) > 2 and (
            number < min(others) - 0.5 <= number + max(others)
            or number < 0 <= min(others)
            or number > 2 * max(others)
        ):
            found.append(text)
    return found
