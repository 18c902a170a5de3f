"""What the values of a column say for or against its being a variable."""

import re
from collections.abc import Sequence

from ._profile import Profile, says
from ._target import Target, value_lists
from ._values import known_value, letters_of, words_of
from ._words import folded, missing_words, unit_factor

DISTINCTIVE = 18
"""What values are worth that nothing else is written with."""
_SAME = 0.6
"""Part of the values that must be known for a column to be coded with them."""
_CODED = frozenset(("0", "1", "2"))
Evidence = tuple[float, str]


def evidence(profile: Profile, target: Target) -> Evidence:
    """Return by how much the values speak for or against a variable, and why."""
    if profile.kind == "empty":
        return -10, "the column is empty"
    if target.element == "patient_id":
        return _identifier(profile)
    dated = profile.kind == "date" or (profile.dates.share > 0.9 and profile.kind != "integer")
    if target.type == "date":
        return (4, "values are dates") if dated else (-45, "values are no dates")
    if dated:
        return -50, "values are dates"
    if target.type in ("integer", "number"):
        return _numeric(profile, target)
    if target.allowed:
        return _coded(profile, target)
    if target.pattern and profile.values:
        return _formed(profile, target)
    return (-25, "values are numbers") if profile.kind == "number" else (0, "")


def _identifier(profile: Profile) -> Evidence:
    if profile.kind in ("date", "number"):
        return -40, "values are no identifiers"
    held = profile.rows - profile.missing
    return (4, "every row has another value") if held > 1 and profile.distinct == held else (0, "")


def _formed(profile: Profile, target: Target) -> Evidence:
    fitting = [value for value in profile.values if re.fullmatch(target.pattern, value.strip(), re.I)]
    fits = len(fitting) / len(profile.values)
    written = not all(value.strip().isdigit() for value in profile.values)
    if fits > 0.9 and written:
        return DISTINCTIVE, "values have its form"
    if not fits and len(profile.name.strip("_ .")) == 1:
        return -30, "values do not have its form"
    return (5, "values have its form") if fits > 0.7 else (0, "")


def _numeric(profile: Profile, target: Target) -> Evidence:
    if profile.kind not in ("integer", "number") and not profile.book:
        return -35, "values are no numbers"
    factor = unit_factor(profile.unit, target.unit) if profile.unit and target.unit else 1.0
    if factor is None:
        return -30, f"the unit is {profile.unit}"
    if target.unit and profile.values and profile.values.keys() <= _CODED:
        return -30, "values are codes"
    if target.minimum is None or target.maximum is None or profile.middle is None:
        return 0, ""
    low, high = (number * factor for number in profile.middle)
    if low > target.maximum or high < target.minimum:
        return -15, "values are out of its range"
    within = target.minimum <= low and high <= target.maximum
    return (4, "values are in its range") if within else (0, "")


def _coded(profile: Profile, target: Target) -> Evidence:
    if profile.book:
        return 3, "the header explains its codes"
    values = [value for value in profile.values if says(value)]
    known = [value for value in values if known_value(value, target) is not None]
    if values and len(known) >= _SAME * len(values):
        return (DISTINCTIVE if _only_here(known, target) else 5), "its values are known"
    if values and letters_of(values, target):
        return 5, "its letters are known"
    counted = profile.kind == "integer" and profile.distinct > 2 * len(target.allowed) + 4
    if profile.kind == "number" or counted or (not profile.values and profile.distinct > 200):
        return -30, "values are no codes"
    texts = [value for value in values if not value.strip().lstrip("+-").isdigit()]
    if not texts or known or folded(texts[0]) in missing_words():
        return 0, ""
    letters = all(len(folded(text)) == 1 for text in texts)
    return (-12 if letters else -8), "its values are not known"


def _only_here(values: Sequence[str], target: Target) -> bool:
    """Tell whether values are written as those of one list of values only; yes and no are those of many."""
    others = [name for name in value_lists() if name != target.values]
    return bool(target.values) and not any(
        folded(value) in words_of(name) for value in values for name in others
    )
