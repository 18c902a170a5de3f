"""A profile as a table that a person can read and a data protection officer can sign."""

from dataclasses import dataclass

from eucaim_nb.dicom import tag_text

from ._actions import Action
from ._allowed import allowed, name_of, vr_of
from ._decide import decide
from ._profile import Option, PrivatePolicy, Profile
from ._table import Row, beyond, row, rows, types_of

_SHORT = {option.column: option.value for option in Option if option.column}
_PRIVATE = {
    PrivatePolicy.REMOVE: "removed",
    PrivatePolicy.SAFE: "kept where a list of safe private attributes names them, otherwise removed",
}
_DEPENDS = "by what the object requires: "


@dataclass(frozen=True, slots=True)
class Line:
    """What a profile does to one attribute, or to those of one pattern."""

    tag: str
    """As the standard writes it."""
    name: str
    vr: str
    codes: str
    """The codes of PS3.15 Table E.1-1: of the Basic Profile, then of each option; empty if it is not listed there."""
    actions: tuple[Action, ...]
    """More than one where the type of the attribute in the object decides."""
    words: str
    reason: str
    conforms: bool
    """Whether the table allows it with the options of the profile."""


def as_table(profile: Profile) -> tuple[Line, ...]:
    """Return a line for every attribute that the table, the project or the profile names, in tag order."""
    named = {line.number for line in rows() if line.number is not None} | {*beyond()} | {*profile.overrides}
    patterns = [_pattern(line, profile) for line in rows() if line.number is None]
    return (*(_line(tag, profile) for tag in sorted(named)), *patterns)


def _line(tag: int, profile: Profile) -> Line:
    listed = row(tag)
    actions = tuple(dict.fromkeys(decide(tag, type_, profile) for type_ in sorted(types_of(tag), reverse=True)))
    conforms = listed is None or tag not in profile.overrides or {*actions} <= allowed(tag, profile.columns)
    return Line(
        tag=tag_text(tag),
        name=listed.name if listed else name_of(tag),
        vr=vr_of(tag),
        codes=_codes(listed),
        actions=actions,
        words=_words(actions),
        reason=_reason(tag, listed, profile),
        conforms=conforms,
    )


def _pattern(line: Row, profile: Profile) -> Line:
    private = line.tag == "odd"
    action = Action.PRIVATE if private else Action.REMOVE
    return Line(
        tag="(gggg,eeee), gggg odd" if private else f"({line.tag[:4]},{line.tag[4:]})",
        name=line.name,
        vr=line.vr,
        codes=_codes(line),
        actions=(action,),
        words=_PRIVATE[profile.private] if private else action.words,
        reason="PS3.15 E.3.10" if private else "PS3.15 Table E.1-1",
        conforms=True,
    )


def _codes(line: Row | None) -> str:
    if line is None:
        return ""
    options = "".join(f"; {said} with {_SHORT[column]}" for column, said in line.options.items())
    return line.basic + options + (" (options inferred)" if line.inferred and options else "")


def _words(actions: tuple[Action, ...]) -> str:
    said = [action.words for action in actions]
    return said[0] if len(said) == 1 else _DEPENDS + ", or ".join(said)


def _reason(tag: int, line: Row | None, profile: Profile) -> str:
    if tag in profile.overrides:
        return profile.overrides[tag].reason
    if line is None:
        return beyond()[tag].reason
    return f"PS3.15 Table E.1-1, {line.edition}"
