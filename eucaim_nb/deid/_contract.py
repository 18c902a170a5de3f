"""The profile that outputs were made with, out of what the ledger kept of it."""

from collections.abc import Mapping
from typing import Any

from eucaim_nb.dicom import tag_of

from ._actions import Action
from ._profile import POLICIES, Option, Override, Profile

_FROM_POLICY = frozenset(
    (
        Option.BASIC,
        Option.FULL_DATES,
        Option.MODIFIED_DATES,
        Option.SAFE_PRIVATE,
        Option.CLEAN_PIXELS,
        Option.CLEAN_FACES,
    )
)


def profile_of(content: Mapping[str, Any]) -> Profile:
    """Return the profile of a recipe; of its own list of private attributes it has the digest only."""
    policies, codes = content["policies"], {option["code"] for option in content["options"]}
    words: dict[str, Any] = {key: kind(policies[key]) for key, kind in POLICIES.items()}
    return Profile(
        name=content["profile"],
        title=content["title"],
        description="",
        version=content["version"],
        options=frozenset(option for option in Option if option.code in codes and option not in _FROM_POLICY),
        **words,
        age_limit=policies["age_limit"],
        id_prefix=policies["id_prefix"],
        recogniser=policies.get("recogniser", ""),
        private_list=content["private_list"],
        reasons=content.get("reasons", {}),
        overrides={
            tag_of(tag): Override(Action(entry["action"]), entry["reason"])
            for tag, entry in content["overrides"].items()
        },
    )
