"""Checks of a script for CTP's DicomAnonymizer."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pydicom.datadict import dictionary_VR

from ._calls import FUNCTIONS, UNKEYED, balanced, calls, parameters
from ._notes import Note, Severity

MANDATORY = {
    "00100020": "Patient ID",
    "00080060": "Modality",
    "00180015": "Body Part Examined",
    "00080070": "Manufacturer",
    "00080022": "Acquisition Date",
}
"""Headers without which Health-RI does not take an image (User Guide 6.2.3)."""
_DECLARED = ("00120062", "00120063")
_COMMENTS = "00104000"
_GONE = ("@remove()", "@empty()", "@quarantine()")


def lint_script(file: str, root: Element) -> Iterator[Note]:
    """Yield what is wrong with a script; a routing script is one that removes nothing."""
    lines = {
        (line.get("t") or "").lower(): (line.text or "").strip()
        for line in root.iter("e")
        if line.get("en") == "T"
    }
    known = {one.get("t") for one in root.iter("p")}
    for tag, script in lines.items():
        yield from _lint_line(file, tag, script, known)
    removed = {one.get("t") for one in root.iter("r") if one.get("en") == "T"}
    if removed or _COMMENTS not in lines:
        yield from _lint_treatment(file, lines, removed)
    else:
        yield from _lint_routing(file, root, lines[_COMMENTS])


def _lint_line(file: str, tag: str, script: str, known: set[str | None]) -> Iterator[Note]:
    def note(rule: str, severity: Severity, message: str) -> Note:
        return Note(file, rule, severity, _shown(tag), message)

    if len(tag) != 8 or any(one not in "0123456789abcdef" for one in tag):
        yield note("tag", Severity.ERR, "This is no tag: give eight hexadecimal digits.")
        return
    called = list(calls(script))
    for name in called:
        if name not in FUNCTIONS:
            said = f"CTP has no function @{name}(): it writes the text into the image as it stands. Correct it."
            yield note("function", Severity.ERR, said)
    if not balanced(script):
        yield note("brackets", Severity.ERR, "A bracket or quotation mark is not closed: CTP ignores the rest.")
    for name in sorted(parameters(script) - {str(one) for one in known}):
        yield note("parameter", Severity.ERR, f"The parameter {name} is used but not defined.")
    if "skip" in called:
        said = "@skip() lets the image pass as it is, with all identifiers. Use @quarantine()."
        yield note("skip", Severity.ERR, said)
    if UNKEYED & {*called} and tag != _COMMENTS:
        said = "This can be found again by trying all values, because no secret goes into it. Use the look-up table."
        yield note("no secret", Severity.WARN, said)
    if _is_sequence(tag):
        if script == "@empty()":
            yield note("sequence", Severity.ERR, "@empty() leaves the items of a sequence in place. Use @remove().")
        elif script == "@keep()":
            said = "@keep() keeps a sequence with all that is in it, unseen. Use @process() or @remove()."
            yield note("sequence", Severity.ERR, said)
    if tag in _DECLARED and not script.startswith("@always()"):
        yield note("constant", Severity.ERR, "Written only where it exists already. Begin with @always().")


def _lint_treatment(file: str, lines: dict[str, str], removed: set[str | None]) -> Iterator[Note]:
    if "unspecifiedelements" not in removed:
        said = "Attributes that the script does not name stay. Remove unspecified elements."
        yield Note(file, "unspecified", Severity.ERR, "unspecifiedelements", said)
    if "privategroups" not in removed:
        yield Note(file, "private", Severity.ERR, "privategroups", "Private attributes stay. Remove private groups.")
    for tag, name in MANDATORY.items():
        if lines.get(tag, "@remove()") in _GONE:
            said = f"{name} would be gone, and Health-RI does not take images without it. Name it in the script."
            yield Note(file, "mandatory header", Severity.ERR, _shown(tag), said)
    for tag in _DECLARED:
        if tag not in lines:
            said = "The images would not say that they were de-identified. Write it with @always()."
            yield Note(file, "declaration", Severity.WARN, _shown(tag), said)


def _lint_routing(file: str, root: Element, script: str) -> Iterator[Note]:
    where = _shown(_COMMENTS)
    if not script.startswith("@always()"):
        said = "Written only where comments exist already. Begin with @always()."
        yield Note(file, "constant", Severity.ERR, where, said)
    for label in ("Project:", "Subject:", "Session:"):
        if label not in script:
            said = f"Without {label} XNAT guesses it from the header, or leaves the images unassigned."
            yield Note(file, "routing", Severity.ERR, where, said)
    for one in root.iter("p"):
        name = one.text or ""
        if one.get("t") == "PROJECTNAME" and not _is_label(name):
            said = "The name of the project has characters that XNAT does not take, or is empty. Set it."
            yield Note(file, "label", Severity.ERR, "PROJECTNAME", said)


def _is_label(text: str) -> bool:
    return bool(text) and all(one.isascii() and (one.isalnum() or one in "_-") for one in text)


def _is_sequence(tag: str) -> bool:
    try:
        return dictionary_VR(int(tag, 16)) == "SQ"
    except KeyError:
        return False


def _shown(tag: str) -> str:
    return f"({tag[:4]},{tag[4:]})".upper()
