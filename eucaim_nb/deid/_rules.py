"""Rules: what a profile does to every attribute of instances of one SOP class, compiled to look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from pydicom import datadict

from ._actions import Action
from ._allowed import PRIVATE_ELEMENTS, TEXT
from ._decide import decide, kept_by_vr
from ._private import PrivateList, read_list, standard_list
from ._profile import Option, PrivatePolicy, Profile, UnknownPolicy
from ._table import beyond, rows, types

_DICTIONARY: Mapping[int, tuple[str, ...]] = datadict.DicomDictionary  # type: ignore[attr-defined]
_CURVES_AND_OVERLAYS = (0x5000, 0x6000)
_UNEXPECTED = {"PN": Action.EMPTY, **dict.fromkeys(TEXT, Action.CLEAN_TEXT)}
"""A number, a code or a table that the file gives as text is treated as the text that it is."""
_NO_SEQUENCE = -1
_MOST_DECIDED = 10_000
_TEXTS = frozenset(tag for tag, (vr, *_) in _DICTIONARY.items() if vr in TEXT)


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled rules of one profile for one SOP class.

    `Rules.compile(profile, sop_class)` makes them (cached). The engine asks `action` and `private`.
    """

    profile: Profile
    sop_class: str
    top: Mapping[int, Action]
    """At the top level, by tag."""
    nested: Mapping[int, Action]
    """In items of sequences, by tag, where `within` says nothing."""
    within: Mapping[tuple[int, int], Action]
    """In items of sequences, by the tag of the sequence and of the attribute."""
    safe: PrivateList = field(repr=False)
    """Private attributes that may stay."""
    safe_groups: frozenset[tuple[str, int]] = field(repr=False)
    """Creators and groups of those."""
    _decided: dict[int, "Decisions"] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def compile(cls, profile: Profile, sop_class: str) -> "Rules":
        """Return the rules of a profile for a SOP class UID; an unknown one gets rules that fit every IOD.

        Raises
        ------
        ProfileError
            The profile's own list of private attributes cannot be read.
        """
        return _compile(profile, sop_class)

    def action(self, tag: int, vr: str | None = None, path: tuple[int, ...] = ()) -> Action:
        """Return what to do with an attribute; `path` are the tags of the sequences around it, outermost first.

        `vr` is the one of the file; None or 'UN' means that it does not tell, and the data dictionary counts. A
        private attribute is Action.PRIVATE, its creator elements too: see `private`.
        """
        return self.decisions(path)[tag, vr]

    def decisions(self, path: tuple[int, ...] = ()) -> "Decisions":
        """Return what `action` says within some sequences, to be asked for many attributes."""
        sequence = path[-1] if path else _NO_SEQUENCE
        known = self._decided.get(sequence)
        if known is None:
            if len(self._decided) >= _MOST_DECIDED:
                self._decided.clear()
            known = self._decided[sequence] = Decisions(self, sequence)
        return known

    def private(self, creator: str, tag: int, vr: str | None = None) -> Action:
        """Return what to do with a private attribute in a block that `creator` reserved; '' where nobody did.

        Anything else than REMOVE means that it stays, and with it the creator element of its block. Where the file
        does not tell the VR (`vr` None or 'UN'), that of the list counts: see `private_vr`.
        """
        if not creator and tag in self.profile.overrides:
            return self.profile.overrides[tag].action
        listed = self.private_vr(creator, tag)
        if not listed:
            return Action.REMOVE
        return kept_by_vr(listed if vr in (None, "UN") else vr or "", self.profile)

    def private_vr(self, creator: str, tag: int) -> str:
        """Return the VR of a private attribute that may stay; '' for every other."""
        if tag & 0xFFFF < PRIVATE_ELEMENTS:
            return ""
        return self.safe.get((creator.strip(" \0"), tag >> 16, tag & 0xFF), "")

    def used_options(self) -> tuple[Option, ...]:
        """Return the options that these rules apply, for (0012,0064): each has `code` and `meaning` (CID 7050).

        What is done to pixels is not theirs to tell: the engine adds Option.CLEAN_PIXELS where it did that.
        """
        return self.profile.applied

    def _action(self, tag: int, vr: str | None, sequence: int) -> Action:
        if sequence == _NO_SEQUENCE:
            found = self.top.get(tag)
        else:
            found = self.within.get((sequence, tag)) or self.nested.get(tag)
        if found is None:
            return self._unlisted(tag, vr)
        if found is Action.KEEP and vr in _UNEXPECTED and tag not in _TEXTS:
            return _UNEXPECTED[vr]
        return found

    def _unlisted(self, tag: int, vr: str | None) -> Action:
        group = tag >> 16
        if group & 1:
            return Action.PRIVATE
        # Group lengths are retired, and wrong once a value has changed. Curves and overlays go whole, because their
        # sizes without their data would break the object.
        if tag & 0xFFFF == 0 or group & 0xFF00 in _CURVES_AND_OVERLAYS:
            return Action.REMOVE
        if self.profile.unknown is UnknownPolicy.REMOVE or vr is None:
            return Action.REMOVE
        return kept_by_vr(vr, self.profile, in_bytes=Action.REMOVE)


class Decisions(dict[tuple[int, str | None], Action]):
    """What rules say at one level of a data set, by tag and VR; each is worked out when it is asked for first."""

    def __init__(self, rules: Rules, sequence: int) -> None:
        super().__init__()
        self._rules, self._sequence = rules, sequence

    def __missing__(self, asked: tuple[int, str | None]) -> Action:
        if len(self) >= _MOST_DECIDED:
            self.clear()
        found = self[asked] = self._rules._action(*asked, self._sequence)
        return found


@dataclass(frozen=True, slots=True)
class _Base:
    """What the rules of one profile have in common."""

    any_iod: Mapping[int, Action]
    typed: Mapping[str, Mapping[int, Action]]
    """By type ('1', '2', '3'): attributes whose action depends on it."""
    within: Mapping[tuple[int, int], Action]


@lru_cache(256)
def _compile(profile: Profile, sop_class: str) -> Rules:
    base = _base(profile)
    top = dict(base.any_iod)
    of_iod = types().iods.get(sop_class)
    if of_iod is not None:
        # What the IOD does not have stands there as in a standard extended SOP class: as type 3.
        for tag in base.typed["3"]:
            top[tag] = base.typed[of_iod.get(tag, "3")[0]][tag]
    safe = _safe(profile)
    groups = frozenset((creator, group) for creator, group, _ in safe)
    return Rules(profile, sop_class, MappingProxyType(top), base.any_iod, base.within, safe, groups)


@lru_cache(16)
def _base(profile: Profile) -> _Base:
    tags = {*_DICTIONARY, *beyond(), *(line.number for line in rows() if line.number is not None)}
    any_iod = {tag: decide(tag, None, profile) for tag in tags if tag & 0xFFFF}
    typed: dict[str, dict[int, Action]] = {"1": {}, "2": {}, "3": {}}
    for tag, action in any_iod.items():
        by_type = {type_: decide(tag, type_, profile) for type_ in typed}
        if {*by_type.values()} != {action}:
            for type_, decided in by_type.items():
                typed[type_][tag] = decided
    within = {
        (sequence, tag): typed[type_[0]][tag]
        for sequence, listed in types().sequences.items()
        for tag, type_ in listed.items()
        if tag in typed["3"]
    }
    return _Base(MappingProxyType(any_iod), typed, MappingProxyType(within))


@lru_cache(16)
def _safe(profile: Profile) -> PrivateList:
    if profile.private is PrivatePolicy.REMOVE:
        return {}
    if not profile.private_list:
        return standard_list()
    return {**standard_list(), **read_list(Path(profile.private_list))}
