"""Making values coarser, so that fewer people stand out: rules as plain data, one value at a time."""

from collections.abc import Callable, Mapping
from typing import Any

Rule = Mapping[str, Any]
Generaliser = Callable[[str], str]


def generaliser(rule: Rule) -> Generaliser:
    """Return what a rule such as `{"target": "age_at_diagnosis", "rule": "band", "width": 5}` does to a value.

    The rules are `band` (`width`; `60-64`), `top` and `bottom` (`limit`; what is beyond becomes it), `prefix` (`length`
    of a code), `year` and `month` of an ISO date, `group` (`groups`: value to value), `suppress` (`values`, or all).
    A text that is no number stays as it is where a rule wants numbers.

    Raises
    ------
    ValueError
        The rule is unknown or lacks an argument.
    """
    name = rule.get("rule")
    try:
        return _RULES[str(name)](rule)
    except KeyError as error:
        missing = f"there is no rule {name!r}" if name not in _RULES else f"the rule {name} lacks {error}"
        raise ValueError(missing) from None
    except TypeError:
        raise ValueError(f"an argument of the rule {name} has the wrong type") from None


def _band(rule: Rule) -> Generaliser:
    width = int(rule["width"])
    if width < 2:
        raise ValueError("width must be at least 2")

    def change(text: str) -> str:
        try:
            start = int(float(text) // width) * width
        except (ValueError, OverflowError):
            return text
        return f"{start}-{start + width - 1}"

    return change


def _clip(rule: Rule) -> Generaliser:
    limit, choose = float(rule["limit"]), min if rule["rule"] == "top" else max

    def change(text: str) -> str:
        try:
            return text if choose(float(text), limit) != limit else f"{limit:g}"
        except ValueError:
            return text

    return change


def _prefix(rule: Rule) -> Generaliser:
    length = int(rule["length"])
    return lambda text: text[:length]


def _group(rule: Rule) -> Generaliser:
    groups = {str(key): str(value) for key, value in rule["groups"].items()}
    return lambda text: groups.get(text, text)


def _suppress(rule: Rule) -> Generaliser:
    values = rule.get("values")
    return lambda text: "" if values is None or text in values else text


_RULES: Mapping[str, Callable[[Rule], Generaliser]] = {
    "band": _band,
    "top": _clip,
    "bottom": _clip,
    "prefix": _prefix,
    "year": lambda rule: lambda text: text[:4],
    "month": lambda rule: lambda text: text[:7],
    "group": _group,
    "suppress": _suppress,
}
