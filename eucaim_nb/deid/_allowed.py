"""What PS3.15 allows for an attribute, and which actions make sense for its VR."""

from pydicom.datadict import dictionary_description, dictionary_has_tag, dictionary_VR

from ._actions import Action
from ._table import Row, beyond, row

TEXT = frozenset({"LO", "LT", "SH", "ST", "UC", "UT"})
DATES = frozenset({"DA", "DT", "TM"})
CHOOSABLE = frozenset(Action) - {Action.DOCUMENT, Action.PIXELS, Action.PRIVATE, Action.STAMP}
"""The others follow from what an attribute is."""

PRIVATE_ELEMENTS = 0x1000
"""Private elements from here on hold values; those before reserve blocks (PS3.5 section 7.8.1)."""

_WITHOUT_CREATOR = (Action.KEEP, Action.REMOVE)
_STRICTER = frozenset({Action.REMOVE, Action.EMPTY, Action.DUMMY})
_FITS = {
    Action.UID: frozenset({"UI"}),
    Action.CLEAN_TEXT: TEXT | {"CS"},
    Action.DATE: DATES,
    Action.PSEUDONYM: frozenset({"LO", "SH", "PN", "ST", "UT", "UC"}),
    Action.NUMBER: frozenset({"LO", "SH", "AE", "ST", "UT", "UC"}),
    Action.AGE: frozenset({"AS"}),
    Action.RECURSE: frozenset({"SQ"}),
    Action.STRUCTURED: frozenset({"SQ"}),
}


def vr_of(tag: int) -> str:
    """Return the VR of a standard attribute, the wider where there are two; '' if it is not known."""
    if dictionary_has_tag(tag):
        return dictionary_VR(tag).split(" or ")[-1]
    found = row(tag)
    return found.vr if found else ""


def name_of(tag: int) -> str:
    """Return the name of a standard attribute; '' if it is not known."""
    if dictionary_has_tag(tag):
        return dictionary_description(tag)
    if tag >> 16 & 1:
        return "Private attribute without a creator"
    found = row(tag)
    return found.name if found else ""


def code(line: Row, columns: frozenset[str]) -> str:
    """Return the code of a row that applies: C before K before the Basic Profile.

    Where two options disagree, cleaning is the safer of what both allow. A K that is only inferred does not count.
    """
    said = {line.options[column] for column in columns if column in line.options}
    if "C" in said:
        return "C"
    return "K" if "K" in said and not line.inferred else line.basic


def allowed(tag: int, columns: frozenset[str]) -> frozenset[Action]:
    """Return the actions that conform to the table under these option columns, and those that are stricter."""
    line = row(tag)
    if line is None:
        return frozenset(Action)
    codes = {line.basic, code(line, columns)} | {line.options.get(column, "") for column in columns}
    letters = {letter for said in codes for letter in said.replace("*", "").split("/")}
    found = set(_STRICTER)
    if letters & {"D", "Z"}:
        found |= {Action.PSEUDONYM, Action.NUMBER}
    if "U" in letters:
        found |= {Action.UID, Action.RECURSE}
    if letters & {"C", "K"}:
        found |= {Action.CLEAN_TEXT, Action.DATE, Action.AGE, Action.NUMBER, Action.UID}
        found |= {Action.RECURSE, Action.STRUCTURED}
    if "K" in letters and not line.inferred:
        found.add(Action.KEEP)
    return frozenset(found)


def fits(tag: int, action: Action) -> str:
    """Return what is wrong with an action for an attribute, for people; '' if nothing is."""
    if tag >> 16 & 1:
        if action in _WITHOUT_CREATOR and tag & 0xFFFF >= PRIVATE_ELEMENTS:
            return ""
        return "for a private attribute without a creator there is 'keep' or 'remove'; others belong in a private list."
    vr = vr_of(tag)
    if not vr:
        return "no such attribute is known. Check the tag."
    if action not in CHOOSABLE or (tag in beyond() and beyond()[tag].action not in CHOOSABLE):
        return f"'{action.value}' cannot be chosen here. Take the override out."
    if action in _FITS and vr not in _FITS[action]:
        return f"'{action.value}' makes no sense for a value of VR {vr}. Choose another action."
    if vr == "SQ" and action is Action.KEEP:
        return "a sequence cannot be kept unseen. Choose 'recurse', which keeps it and treats its items."
    return ""
