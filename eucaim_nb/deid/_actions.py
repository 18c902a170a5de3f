"""What de-identification can do to one attribute: a closed set, and the words for each."""

from enum import StrEnum


class Action(StrEnum):
    """The treatment of one attribute.

    The codes of PS3.15 Table E.1-1 (D, Z, X, K, C, U and their compounds) are resolved to these by VR, option and
    attribute type; the engine knows only these.
    """

    KEEP = "keep"
    """The value stays as it is."""
    REMOVE = "remove"
    """The attribute goes, with everything inside it."""
    EMPTY = "empty"
    """The attribute stays with a zero-length value (a sequence: with no items)."""
    DUMMY = "dummy"
    """A fixed value that its VR allows and that says nothing; in a sequence every value of its items becomes one."""
    UID = "uid"
    """Keyed replacement of an instance UID; UIDs of the standard itself stay."""
    CLEAN_TEXT = "clean text"
    """Text without what identifies; the rest of it stays."""
    DATE = "date"
    """DA, DT or TM by the date policy of the profile."""
    PSEUDONYM = "pseudonym"
    """The patient's keyed pseudonym (a PN: as the family name)."""
    NUMBER = "number"
    """Keyed replacement of another identifier: accession numbers, placer numbers, device ids."""
    AGE = "age"
    """AS, top-coded."""
    RECURSE = "recurse"
    """The sequence stays; each attribute of its items has its own action."""
    STRUCTURED = "structured"
    """Structured content: the items stay, and each is treated by its value type and concept."""
    PIXELS = "pixels"
    """Pixel data: the samples stay unless pixel cleaning says otherwise; a codestream loses its remarks."""
    DOCUMENT = "document"
    """An encapsulated document: by the document policy of the profile."""
    PRIVATE = "private"
    """A private attribute: `Rules.private` decides, knowing the creator."""
    STAMP = "stamp"
    """Written by the engine itself: a declaration about the de-identification, never copied from the source."""

    @property
    def words(self) -> str:
        """What is done, for people."""
        return _WORDS[self]


_WORDS = {
    Action.KEEP: "kept as it is",
    Action.REMOVE: "removed",
    Action.EMPTY: "emptied",
    Action.DUMMY: "replaced by a meaningless value",
    Action.UID: "replaced by a keyed UID",
    Action.CLEAN_TEXT: "kept, without what identifies a person",
    Action.DATE: "treated by the date policy",
    Action.PSEUDONYM: "replaced by the patient's pseudonym",
    Action.NUMBER: "replaced by a keyed number",
    Action.AGE: "kept, very high ages joined",
    Action.RECURSE: "kept, each item treated in turn",
    Action.STRUCTURED: "kept, each content item cleaned",
    Action.PIXELS: "pixel data, with its remarks removed",
    Action.DOCUMENT: "treated by the document policy",
    Action.PRIVATE: "treated by the policy for private attributes",
    Action.STAMP: "written anew to declare the de-identification",
}
