"""Rules that make values coarser, so that fewer people stand out: plain data, chosen in the risk phase."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eucaim_nb.errors import TableError

from ._column import Column

Rule = Mapping[str, Any]


def generalised(columns: Mapping[str, Column], rules: Sequence[Rule]) -> dict[str, Column]:
    """Return columns after rules such as `{"target": "age_at_diagnosis", "rule": "band", "width": 5}`.

    The rules are `band` (`width`; `60-64`), `top` and `bottom` (`limit`; what is beyond becomes it), `prefix` (`length`
    of a code), `year` and `month` of a date, `group` (`groups`: value to value), `suppress` (`values`, or all).

    Raises
    ------
    TableError
        A rule is unknown or lacks an argument.
    """
    found = dict(columns)
    for rule in rules:
        try:
            make = _RULES[rule["rule"]](rule)
        except (KeyError, TypeError, ValueError) as error:
            raise TableError(
                f"The rule of generalisation for {rule.get('target', '?')!r} cannot be used: {error}."
            ) from error
        if rule.get("target") in found:
            found[rule["target"]] = found[rule["target"]].map_filled(make)
    return found


def _band(rule: Rule) -> Callable[[str], str]:
    width = int(rule["width"])
    if width < 2:
        raise ValueError("width must be at least 2")

    def change(text: str) -> str:
        try:
            start = int(float(text) // width) * width
        except ValueError:
            return text
        return f"{start}-{start + width - 1}"

    return change


def _clip(rule: Rule) -> Callable[[str], str]:
    limit, choose = float(rule["limit"]), min if rule["rule"] == "top" else max

    def change(text: str) -> str:
        try:
            return text if choose(float(text), limit) != limit else f"{limit:g}"
        except ValueError:
            return text

    return change


def _prefix(rule: Rule) -> Callable[[str], str]:
    length = int(rule["length"])
    return lambda text: text[:length]


def _group(rule: Rule) -> Callable[[str], str]:
    groups = {str(key): str(value) for key, value in rule["groups"].items()}
    return lambda text: groups.get(text, text)


def _suppress(rule: Rule) -> Callable[[str], str]:
    values = rule.get("values")
    return lambda text: "" if values is None or text in values else text


_RULES: Mapping[str, Callable[[Rule], Callable[[str], str]]] = {
    "band": _band,
    "top": _clip,
    "bottom": _clip,
    "prefix": _prefix,
    "year": lambda rule: lambda text: text[:4],
    "month": lambda rule: lambda text: text[:7],
    "group": _group,
    "suppress": _suppress,
}
