"""What a UID tells besides being one: who made it, and on which day."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import keyword_for_tag

from eucaim_nb.reference import read_toml


@cache
def class_attributes() -> frozenset[int]:
    """Return the attributes whose UIDs name a class, an encoding or a vocabulary, by what the standard calls them."""
    words = ("ClassUID", "SyntaxUID", "SOPClasses", "CodingScheme", "ContextUID", "MappingResource")
    return frozenset(
        tag
        for tag, entry in DicomDictionary.items()
        if entry[0] == "UI" and any(word in keyword_for_tag(tag) for word in words)
    )


def maker_of_uid(uid: str) -> str:
    """Return whose machines make UIDs such as this; '' if that is not known."""
    return next((maker for root, maker in _makers().items() if uid.startswith(f"{root}.")), "")


def has_day(uid: str) -> bool:
    """Tell whether a component of a UID looks like a day, or a moment, of the last hundred years."""
    return not uid.startswith("2.25.") and any(
        len(part) in (8, 14, 17) and part[:2] in ("19", "20") and _is_past_day(part[:8]) for part in uid.split(".")
    )


def _is_past_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= date.today()
    except ValueError:
        return False


@cache
def _makers() -> Mapping[str, str]:
    return {root: maker for root, maker in read_toml("lint.toml")["roots"].items() if root[0].isdigit()}
