"""What a UID tells besides being one: a day, a number, a machine, the network card that made it."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from uuid import UUID

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import keyword_for_tag

from ._known import Known
from ._leak import Severity
from ._tables import Source

_SHORTEST_NUMBER = 6


def uid_leak(uid: str, known: Known, numbers: Collection[str]) -> tuple[str, Severity] | None:
    """Return what gives a UID away, and how grave that is; None if nothing does.

    Parameters
    ----------
    numbers
        Bare numbers of the patient and the examination, as the file has them.
    """
    if uid in known.uids:
        return "UID of an original", Severity.ERR
    if any(len(number) >= _SHORTEST_NUMBER and number in uid for number in numbers if number.isdigit()):
        return "UID with a number of the patient", Severity.ERR
    if made_by_network_card(uid):
        return "UUID of version 1: the address of a network card and the time", Severity.WARN
    if known.source is Source.ORIGINAL:
        return "UID of an original", Severity.WARN
    if maker := next((maker for root, maker in _roots().items() if uid.startswith(f"{root}.")), ""):
        return f"UID as a machine of {maker} makes it", Severity.ERR
    if has_day(uid):
        return "UID with a date", Severity.WARN
    return None


def has_day(uid: str) -> bool:
    """Tell whether a component of a UID looks like a day, or a moment, of the last hundred years."""
    return not uid.startswith("2.25.") and any(
        len(part) in (8, 14, 17) and part[:2] in ("19", "20") and _is_past_day(part[:8]) for part in uid.split(".")
    )


def made_by_network_card(uid: str) -> bool:
    """Tell whether a UID is a UUID of version 1 (RFC 9562, 5.1): it has a MAC address and a time in it."""
    if not uid.startswith("2.25.") or not uid[5:].isdigit() or int(uid[5:]) >= 1 << 128:
        return False
    return UUID(int=int(uid[5:])).version == 1


def _is_past_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= date.today()
    except ValueError:
        return False


@cache
def class_attributes() -> frozenset[int]:
    """Return the attributes whose UIDs name a class, an encoding or a vocabulary, by what the standard calls them."""
    words = ("ClassUID", "SyntaxUID", "SOPClasses", "CodingScheme", "ContextUID", "MappingResource")
    return frozenset(
        tag
        for tag, entry in DicomDictionary.items()
        if entry[0] == "UI" and any(word in keyword_for_tag(tag) for word in words)
    )


@cache
def _roots() -> Mapping[str, str]:
    read = tomllib.loads(files("eucaim_nb.reference").joinpath("lint.toml").read_text(encoding="utf-8"))
    return MappingProxyType({root: maker for root, maker in read["roots"].items() if root[0].isdigit()})
