"""A de-identification profile as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """What is done to each attribute, whatever the object; the words are those of PS3.15 as the profile uses them.

    Attributes
    ----------
    title
        Name and version of the profile.
    attributes
        `(tag, keyword, VR, action)` of every attribute that is not simply removed.
    dates
        What becomes of dates: shift, month, remove or keep.
    age_limit
        Ages in years above it are joined; 0 keeps all.
    codes
        Codes of CID 7050 for what CTP really does of the profile.
    keyed
        Whether pseudonyms and days come from the key of the workspace.
    """

    title: str
    attributes: Sequence[tuple[int, str, str, str]]
    dates: str
    age_limit: int
    codes: Sequence[str]
    keyed: bool = True
