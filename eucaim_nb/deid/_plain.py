"""A profile in plain values, for programs that speak another language of rules."""

from typing import TypedDict

from pydicom.datadict import keyword_for_tag

from ._actions import Action
from ._allowed import vr_of
from ._profile import IdPolicy, Option, Profile
from ._rules import Rules

_NOT_WITHOUT_ENGINE = frozenset(
    (
        Option.CLEAN_GRAPHICS,
        Option.CLEAN_STRUCTURED,
        Option.CLEAN_DESCRIPTORS,
        Option.SAFE_PRIVATE,
        Option.CLEAN_PIXELS,
        Option.CLEAN_FACES,
    )
)
"""What only the engine of this program does: a list of rules alone cleans nothing."""


class PlainRules(TypedDict):
    """Rules by attribute as `(tag, keyword, VR, action)`, with the policies that they need."""

    title: str
    attributes: list[tuple[int, str, str, str]]
    dates: str
    age_limit: int
    codes: list[str]
    keyed: bool
    """Whether pseudonyms and days come from the key of the workspace."""


def plain_rules(profile: Profile) -> PlainRules:
    """Return what a profile does to each standard attribute, in any object; what is not listed is removed.

    `codes` are those of CID 7050 that hold for whoever follows the list to the letter.
    """
    rules = Rules.compile(profile, "")
    return {
        "title": f"{profile.name} {profile.version}",
        "attributes": [
            (tag, keyword_for_tag(tag), vr_of(tag), action.value)
            for tag, action in sorted(rules.top.items())
            if action not in (Action.REMOVE, Action.PRIVATE, Action.STAMP)
        ],
        "dates": profile.dates.value,
        "age_limit": profile.age_limit,
        "codes": [option.code for option in rules.used_options() if option not in _NOT_WITHOUT_ENGINE],
        "keyed": profile.ids is IdPolicy.KEYED,
    }
