"""A leak: a place that tells who a patient is, or could, and what takes it away."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from pydicom.datadict import dictionary_description

from eucaim_nb.dicom import tag_of
from eucaim_nb.reference import read_toml


class Severity(StrEnum):
    """How much a leak weighs."""

    ERR = "ERR"
    """It names a person."""
    WARN = "WARN"
    """It helps to find one, or nobody can tell without looking."""


class Kind(StrEnum):
    """What is told."""

    NAME = "name"
    NUMBER = "number"
    BIRTH = "date of birth"
    DATE = "date"
    AGE = "age"
    CONTACT = "phone, e-mail or web address"
    ADDRESS = "address"
    SITE = "institution or device"
    UID = "UID"
    GRAPHICS = "overlay, curve or icon"
    DOCUMENT = "document"
    REMARK = "remark in a compressed picture"
    AROUND = "bytes around the data set"


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak in one file. Its texts hold no value: `excerpt` is a first letter and a length.

    Attributes
    ----------
    place : str
        A path of attributes such as `(0040,A730)[2](0040,A160)`, or `file name`, `preamble`, `after the data set`.
    attribute : str
        Its name in the standard.
    detector : str
        What found it.
    hidden : bool
        Few people know that this place can name somebody.
    """

    place: str
    attribute: str
    kind: Kind
    detector: str
    severity: Severity
    excerpt: str
    remedy: str
    hidden: bool


@dataclass(frozen=True)
class LeakFacts:
    """Attributes by what they tell; see `reference/risk.toml`."""

    numbers: frozenset[int]
    contacts: frozenset[int]
    addresses: frozenset[int]
    sites: frozenset[int]
    birth: frozenset[int]
    technical: frozenset[int]
    hidden: frozenset[int]
    remedies: Mapping[str, str]


@cache
def leak_facts() -> LeakFacts:
    """Return the facts, read once."""
    read: dict[str, Any] = read_toml("risk.toml")
    sets = {
        name: frozenset(map(tag_of, tags)) for name, tags in read["leaks"].items() if isinstance(tags, list)
    }
    return LeakFacts(**sets, remedies=MappingProxyType(read["remedy"]))


def name_of(tag: int) -> str:
    """Return the name of an attribute; a private one has none, for its creator may be a name itself."""
    if tag >> 16 & 1:
        return "Private attribute"
    try:
        return dictionary_description(tag)
    except KeyError:
        return "Unknown attribute"
