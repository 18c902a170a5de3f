"""Profiles: which options of PS3.15 apply, and what is done differently, why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from eucaim_nb.dicom import tag_text
from eucaim_nb.errors import ProfileError
from eucaim_nb.identity import PREFIX, DatePolicy

from ._actions import Action
from ._allowed import allowed, fits, name_of


class Option(StrEnum):
    """The profile and the options of PS3.15 Annex E, in the order of CID 7050 (113100 to 113112)."""

    BASIC = "basic"
    CLEAN_PIXELS = "clean-pixel-data"
    CLEAN_FACES = "clean-recognizable-visual-features"
    CLEAN_GRAPHICS = "clean-graphics"
    CLEAN_STRUCTURED = "clean-structured-content"
    CLEAN_DESCRIPTORS = "clean-descriptors"
    FULL_DATES = "retain-full-dates"
    MODIFIED_DATES = "retain-modified-dates"
    PATIENT_CHARACTERISTICS = "retain-patient-characteristics"
    DEVICE = "retain-device-identity"
    UIDS = "retain-uids"
    SAFE_PRIVATE = "retain-safe-private"
    INSTITUTION = "retain-institution-identity"

    @property
    def code(self) -> str:
        """The code of CID 7050, coding scheme DCM."""
        return str(113100 + list(Option).index(self))

    @property
    def meaning(self) -> str:
        """The code meaning of CID 7050."""
        return _MEANINGS[self]

    @property
    def column(self) -> str:
        """The column of Table E.1-1; empty for an option that the table does not concern."""
        return _COLUMNS.get(self, "")


_MEANINGS = {
    Option.BASIC: "Basic Application Confidentiality Profile",
    Option.CLEAN_PIXELS: "Clean Pixel Data Option",
    Option.CLEAN_FACES: "Clean Recognizable Visual Features Option",
    Option.CLEAN_GRAPHICS: "Clean Graphics Option",
    Option.CLEAN_STRUCTURED: "Clean Structured Content Option",
    Option.CLEAN_DESCRIPTORS: "Clean Descriptors Option",
    Option.FULL_DATES: "Retain Longitudinal Temporal Information Full Dates Option",
    Option.MODIFIED_DATES: "Retain Longitudinal Temporal Information Modified Dates Option",
    Option.PATIENT_CHARACTERISTICS: "Retain Patient Characteristics Option",
    Option.DEVICE: "Retain Device Identity Option",
    Option.UIDS: "Retain UIDs Option",
    Option.SAFE_PRIVATE: "Retain Safe Private Option",
    Option.INSTITUTION: "Retain Institution Identity Option",
}

_COLUMNS = {
    Option.CLEAN_GRAPHICS: "clean_graphics",
    Option.CLEAN_STRUCTURED: "clean_structured",
    Option.CLEAN_DESCRIPTORS: "clean_descriptors",
    Option.FULL_DATES: "full_dates",
    Option.MODIFIED_DATES: "modified_dates",
    Option.PATIENT_CHARACTERISTICS: "retain_patient",
    Option.DEVICE: "retain_device",
    Option.UIDS: "retain_uids",
    Option.SAFE_PRIVATE: "retain_safe_private",
    Option.INSTITUTION: "retain_institution",
}

_BY_POLICY = {
    Option.BASIC: "it always applies",
    Option.FULL_DATES: "it follows from dates = 'keep'",
    Option.MODIFIED_DATES: "it follows from dates = 'shift' or 'month'",
    Option.SAFE_PRIVATE: "it follows from private = 'safe'",
    Option.CLEAN_PIXELS: "it follows from what is done to the pixels of an instance",
    Option.CLEAN_FACES: "it follows from what is done to the pixels of an instance",
}

_DATES = {
    DatePolicy.KEEP: Option.FULL_DATES,
    DatePolicy.SHIFT: Option.MODIFIED_DATES,
    DatePolicy.MONTH: Option.MODIFIED_DATES,
}


class PrivatePolicy(StrEnum):
    """What becomes of private attributes."""

    REMOVE = "remove"
    SAFE = "safe"
    """Those of PS3.15 Table E.3.10-1, and of the list that the profile names, are kept with their creators."""


class UnknownPolicy(StrEnum):
    """What becomes of attributes that neither the table nor the data dictionary knows."""

    REMOVE = "remove"
    CLEAN = "clean"
    """By VR: text cleaned, dates and UIDs replaced, numbers kept, names and bytes removed."""


class DocumentPolicy(StrEnum):
    """What becomes of instances that carry an encapsulated document (PDF, CDA, STL …)."""

    QUARANTINE = "quarantine"
    """The instance is set aside and reported."""
    DROP = "drop"
    """The instance is left out and reported."""


class IdPolicy(StrEnum):
    """How pseudonyms and UIDs are made."""

    KEYED = "keyed"
    """HMAC under the key of the workspace."""
    LETHE = "lethe"
    """As the EUCAIM anonymiser makes them for the same secret."""


POLICIES: Mapping[str, type[StrEnum]] = {
    "dates": DatePolicy,
    "private": PrivatePolicy,
    "ids": IdPolicy,
    "unknown": UnknownPolicy,
    "documents": DocumentPolicy,
}
"""What a profile decides by a word, by its key in a profile file."""


@dataclass(frozen=True, slots=True)
class Override:
    """What a profile does to one attribute in place of the table, and why."""

    action: Action
    reason: str


@dataclass(frozen=True)
class Profile:
    """A versioned choice of PS3.15 options with its policies; see `reference/profiles` for the shipped ones.

    Raises
    ------
    ProfileError
        The parts contradict each other or PS3.15: the text names the part.
    """

    name: str
    title: str
    description: str
    version: str
    options: frozenset[Option]
    """Options beyond those that the policies below stand for; see `applied`."""
    dates: DatePolicy
    private: PrivatePolicy
    ids: IdPolicy = IdPolicy.KEYED
    unknown: UnknownPolicy = UnknownPolicy.REMOVE
    documents: DocumentPolicy = DocumentPolicy.QUARANTINE
    age_limit: int = 89
    """Ages above it become one year more than it; 0 keeps all ages."""
    id_prefix: str = PREFIX
    private_list: str = ""
    """A file of private attributes to keep beside those of the standard, with the columns of safe_private.csv."""
    recogniser: str = ""
    """A recogniser of names that the site has installed, see `eucaim_nb.identity.recogniser`; none if empty."""
    source: str = ""
    overrides: Mapping[int, Override] = field(default_factory=lambda: MappingProxyType({}))
    """By tag, for attributes of the table and others. A private tag means an attribute whose block has no creator."""
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why a policy or an option is what it is, by its key; reports show it."""

    def __post_init__(self) -> None:
        for option in sorted(self.options):
            if option in _BY_POLICY:
                raise ProfileError(
                    f"options: {option.value!r} is not listed in a profile: {_BY_POLICY[option]}. Take it out."
                )
        if not 0 <= self.age_limit <= 120:
            raise ProfileError(f"age_limit: {self.age_limit} is not an age. Give 0 to 120 years; 0 keeps all ages.")
        if not (1 <= len(self.id_prefix) <= 16 and self.id_prefix.isascii() and self.id_prefix.isalnum()):
            raise ProfileError("id_prefix: give 1 to 16 letters and digits (A-Z, a-z, 0-9).")
        if self.private_list and self.private is PrivatePolicy.REMOVE:
            raise ProfileError("private_list: it needs private = 'safe', because otherwise nothing private is kept.")
        for tag, override in self.overrides.items():
            self._check(tag, override)

    def _check(self, tag: int, override: Override) -> None:
        of = f"override of {tag_text(tag)} {name_of(tag)}".rstrip()
        if problem := fits(tag, override.action):
            raise ProfileError(f"{of}: {problem}")
        if not override.reason.strip() and override.action not in allowed(tag, self.columns):
            raise ProfileError(
                f"{of}: PS3.15 Table E.1-1 does not allow '{override.action.value}' with these options. "
                "Give a reason, which the report will show, or choose another action."
            )

    @cached_property
    def applied(self) -> tuple[Option, ...]:
        """All options that the rules apply, with the Basic Profile, in the order of CID 7050."""
        found = {Option.BASIC, *self.options}
        if self.dates in _DATES:
            found.add(_DATES[self.dates])
        if self.private is PrivatePolicy.SAFE:
            found.add(Option.SAFE_PRIVATE)
        return tuple(option for option in Option if option in found)

    @property
    def columns(self) -> frozenset[str]:
        """The option columns of Table E.1-1 that apply."""
        return frozenset(option.column for option in self.applied if option.column)

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.options, self.dates, self.private, len(self.overrides)))
