"""From the codes of PS3.15 Table E.1-1 to actions: by VR, option, and type of the attribute (PS3.15 E.1.1)."""

from eucaim_nb.identity import DatePolicy

from ._actions import Action
from ._allowed import DATES, TEXT, code, vr_of
from ._profile import Option, Profile
from ._table import Row, beyond, row

_TIMEZONE_OFFSET = 0x00080201
_ENCAPSULATED_DOCUMENT = 0x00420011
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW"})
_BY_VR = {
    "AE": Action.EMPTY,
    "AS": Action.AGE,
    "PN": Action.EMPTY,
    "SQ": Action.RECURSE,
    "UI": Action.UID,
    "UN": Action.REMOVE,
    "UR": Action.EMPTY,
    "NONE": Action.REMOVE,
    "": Action.REMOVE,
    **dict.fromkeys(TEXT, Action.CLEAN_TEXT),
}
"""Attributes that no table lists; those of all other VRs are numbers, codes and tables, which are kept."""
_CLEANED = {
    "AE": Action.NUMBER,
    "AS": Action.AGE,
    "CS": Action.CLEAN_TEXT,
    "UI": Action.UID,
    **dict.fromkeys(TEXT, Action.CLEAN_TEXT),
}
_BY_POLICY = {DatePolicy.KEEP: Action.KEEP, DatePolicy.REMOVE: Action.EMPTY}
_BY_TYPE = {"1": "DUZX", "2": "ZDUX", "3": "XZDU", None: "DUZX"}
"""Which letter of a compound code counts. Where the type is not known, what fits every IOD: X/D is taken as D."""


def decide(tag: int, type_: str | None, profile: Profile) -> Action:
    """Return what a profile does to a standard attribute that has `type_` ('1', '2', '3') in its IOD; None: any."""
    if tag in profile.overrides:
        return _required(profile.overrides[tag].action, type_)
    line = row(tag)
    if line is not None:
        return _of_row(line, tag, code(line, profile.columns), type_, profile)
    if tag in beyond():
        return _required(beyond()[tag].action, type_)
    return _required(kept_by_vr(vr_of(tag), profile), type_)


def kept_by_vr(vr: str, profile: Profile, in_bytes: Action = Action.KEEP) -> Action:
    """Return what happens to an attribute of which nothing but its VR is known."""
    if vr in DATES:
        return _BY_POLICY.get(profile.dates, Action.DATE)
    if vr == "UI" and Option.UIDS in profile.options:
        return Action.KEEP  # replaced, it would no longer point at what kept its UID
    return in_bytes if vr in _BYTES else _BY_VR.get(vr, Action.KEEP)


def _of_row(line: Row, tag: int, said: str, type_: str | None, profile: Profile) -> Action:
    vr = vr_of(tag) or line.vr
    if said == "C":
        cleaned = _cleaned(line, tag, vr, profile)
        return cleaned or _of_row(line, tag, line.basic, type_, profile)
    if said == "K":
        return {"SQ": Action.RECURSE, "AS": Action.AGE}.get(vr, Action.KEEP)
    letters = said.replace("*", "").split("/")
    letter = next(letter for letter in _BY_TYPE[type_] if letter in letters)
    if letter in "XZ":
        return _required(Action.REMOVE if letter == "X" else Action.EMPTY, type_)
    if letter == "U":
        return Action.RECURSE if vr == "SQ" else Action.UID
    if tag == _ENCAPSULATED_DOCUMENT:
        return Action.DOCUMENT
    return Action.UID if vr == "UI" else Action.DUMMY


def _required(action: Action, type_: str | None) -> Action:
    """Return what comes nearest to an action in an object that requires the attribute: no content says as little."""
    if action is Action.REMOVE and type_ == "2":
        return Action.EMPTY
    return Action.DUMMY if action in (Action.REMOVE, Action.EMPTY) and type_ == "1" else action


def _cleaned(line: Row, tag: int, vr: str, profile: Profile) -> Action | None:
    """Return how a value is cleaned; None if there is no way: then the Basic Profile counts."""
    if tag == _TIMEZONE_OFFSET:
        return Action.KEEP  # shifted by whole days, a date stays in its time zone
    if vr in DATES:
        return _BY_POLICY.get(profile.dates, Action.DATE)
    if vr == "SQ":
        return Action.STRUCTURED if "clean_structured" in line.options else Action.RECURSE
    return None if line.number is None else _CLEANED.get(vr)
