"""What a de-identified file must have: its own identity, the profile's declarations, the content of the original."""

from collections.abc import Iterator

from eucaim_nb.dicom import path_text
from eucaim_nb.identity import DatePolicy

from ._finding import Finding, Kind, Severity
from ._leaf import Leaf, first
from ._profile import Option, Profile
from ._reading import Reading
from ._spellings import PLACEHOLDER_DATES, days_between, moved

MODIFIED = {
    DatePolicy.KEEP: "UNMODIFIED",
    DatePolicy.SHIFT: "MODIFIED",
    DatePolicy.MONTH: "MODIFIED",
    DatePolicy.REMOVE: "REMOVED",
}
"""(0028,0303) by what was done to dates (PS3.15 E.1.1)."""

IN_FILE_META = frozenset((0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013))
"""File meta information that says nothing of where the file was."""

_SOP_CLASS, _SOP, _STUDY, _SERIES = 0x00080016, 0x00080018, 0x0020000D, 0x0020000E
_PATIENT_ID, _MODALITY, _STUDY_DATE = 0x00100020, 0x00080060, 0x00080020
_REMOVED, _METHOD, _CODES, _DATES = 0x00120062, 0x00120063, 0x00120064, 0x00280303
_CODE, _SCHEME = 0x00080100, 0x00080102
_NAMES = {
    _SOP_CLASS: "SOP Class UID",
    _SOP: "SOP Instance UID",
    _STUDY: "Study Instance UID",
    _SERIES: "Series Instance UID",
    _PATIENT_ID: "Patient ID",
    _MODALITY: "Modality",
}
_PIXEL_CODES = frozenset((Option.CLEAN_PIXELS.code, Option.CLEAN_FACES.code))
_CONTENT = frozenset(
    (
        0x00620002,  # Segment Sequence
        0x52009229,  # Shared Functional Groups Sequence
        0x52009230,  # Per-Frame Functional Groups Sequence
        0x30060010,  # Referenced Frame of Reference Sequence
        0x30060020,  # Structure Set ROI Sequence
        0x30060039,  # ROI Contour Sequence
        0x30060040,  # Contour Sequence
        0x30060080,  # RT ROI Observations Sequence
    )
)
_STRUCTURED = 0x0040A730
_CONTOURS, _OF_CONTOURS = 0x30060040, frozenset((0x30060050,))
"""Contour Sequence, and Contour Data in it."""
_REFERENCE = 0x00081155
"""Referenced SOP Instance UID."""


def declarations(output: Reading, profile: Profile) -> Iterator[Finding]:
    """Yield declarations (PS3.15 E.1.1) that are missing, or say something else than the profile."""
    if output.value(_REMOVED).upper() != "YES":
        yield _stamp(_REMOVED, "Patient Identity Removed is not YES.")
    if not output.value(_METHOD):
        yield _stamp(_METHOD, "De-identification Method is missing.")
    said, wanted = method_codes(output), {option.code for option in profile.applied}
    if not wanted <= said <= wanted | _PIXEL_CODES:
        yield _stamp(_CODES, "The codes of the method are not those of the profile.")
    if output.value(_DATES) != MODIFIED[profile.dates]:
        yield _stamp(_DATES, f"Longitudinal Temporal Information Modified is not {MODIFIED[profile.dates]}.")


def method_codes(output: Reading) -> set[str]:
    """Return the codes in (0012,0064) that are of coding scheme DCM."""
    codes, schemes = {}, {}
    for leaf in output.of("SH"):
        path = leaf.path
        if path[0] == _CODES and len(path) == 3:
            if path[2] == _CODE:
                codes[path[1]] = first(leaf)
            elif path[2] == _SCHEME:
                schemes[path[1]] = first(leaf)
    return {code for item, code in codes.items() if schemes.get(item) == "DCM"}


def identity(output: Reading, original: Reading | None = None) -> Iterator[Finding]:
    """Yield what is missing or contradictory in how a file names itself.

    Parameters
    ----------
    original
        What it lacks too weighs less.
    """
    for tag, name in _NAMES.items():
        if output.value(tag):
            continue
        if original is not None and not original.value(tag):
            words = f"{name} is missing or empty, as it was in the original. A node may refuse the file."
            yield Finding("", path_text((tag,)), Kind.MISSING, Severity.WARN, words)
        else:
            yield _finding(tag, Kind.MISSING, f"{name} is missing or empty.")
    for tag, in_meta in ((_SOP_CLASS, 0x00020002), (_SOP, 0x00020003)):
        if output.value(tag) != output.meta_value(in_meta):
            yield _finding(
                tag, Kind.MISMATCH, f"{_NAMES[tag]} is another one than in the file meta information."
            )


def same_as_original(original: Reading, output: Reading, profile: Profile, patient: str) -> Iterator[Finding]:
    """Yield differences from the original that de-identification must not make.

    Parameters
    ----------
    patient
        The pseudonym that the patient has everywhere; '' if it is not known.
    """
    for tag in (_SOP_CLASS, _MODALITY):
        if original.value(tag) != output.value(tag):
            yield _finding(tag, Kind.MISMATCH, f"{_NAMES[tag]} is another one than before.")
    if patient and output.value(_PATIENT_ID) != patient:
        yield _finding(_PATIENT_ID, Kind.MISMATCH, "Patient ID is not the pseudonym that the crosswalk has.")
    for path, count in original.items.items():
        structured = path[-1] == _STRUCTURED and Option.CLEAN_STRUCTURED in profile.applied
        if (structured or path[-1] in _CONTENT) and output.items.get(path) != count:
            yield Finding(
                "",
                path_text(path),
                Kind.CONTENT,
                Severity.ERR,
                f"There were {count} items before, and {output.items.get(path, 0)} now.",
            )
    yield from _contours(original, output)
    yield from _references(original, output)
    yield from _dates(original, output, profile)


def uid_pairs(original: Reading, output: Reading) -> dict[str, str]:
    """Return what became of each UID that is not the standard's, told by the places where both stand."""
    before = {leaf.path: leaf for leaf in original.of("UI")}
    pairs: dict[str, str] = {}
    for leaf in output.of("UI"):
        if (old := before.get(leaf.path)) is not None:
            values, new = old.values, leaf.values
            if len(values) == len(new):
                pairs.update((a, b) for a, b in zip(values, new, strict=True) if a and a != b)
    return pairs


def shifted_by(original: Reading, output: Reading) -> int | None:
    """Return by how many days the study date was moved, None if that cannot be told."""
    return days_between(original.value(_STUDY_DATE), output.value(_STUDY_DATE))


def _contours(original: Reading, output: Reading) -> Iterator[Finding]:
    if not any(path[-1] == _CONTOURS for path in original.items):
        return
    were = original.with_tags(_OF_CONTOURS)
    after = {one.path: one.raw for one in output.with_tags(_OF_CONTOURS)} if were else {}
    for leaf in were:
        if after.get(leaf.path) != leaf.raw:
            yield Finding(
                "", path_text(leaf.path), Kind.CONTENT, Severity.ERR, "Contour Data are not those of the original."
            )
            return


def _references(original: Reading, output: Reading) -> Iterator[Finding]:
    """Yield references that are still there and point to nothing."""
    for leaf in output.of("UI"):
        if leaf.tag == _REFERENCE and not leaf.values:
            before = next((one for one in original.leaves if one.path == leaf.path), None)
            if before is not None and before.values:
                words = "A reference to another instance lost its UID."
                yield Finding("", path_text(leaf.path), Kind.REFERENCE, Severity.ERR, words)


def _dates(original: Reading, output: Reading, profile: Profile) -> Iterator[Finding]:
    """Yield dates that do not follow the policy, or not alike."""
    shift = shifted_by(original, output)
    before = {leaf.path: leaf for leaf in original.of("DA", "DT")}
    for leaf in output.of("DA", "DT"):
        if leaf.tag in profile.overrides:
            continue
        old = before.get(leaf.path)
        if old is None:
            continue
        for then, now in zip(old.values, leaf.values, strict=False):
            if problem := _of_date(then.replace(".", "")[:8], now[:8], profile.dates, shift):
                yield Finding("", path_text(leaf.path), *problem)
                break


def _of_date(
    then: str, now: str, policy: DatePolicy, shift: int | None
) -> tuple[Kind, Severity, str] | None:
    if len(then) < 8 or len(now) < 8 or now in PLACEHOLDER_DATES or then in PLACEHOLDER_DATES:
        return None
    if policy is DatePolicy.REMOVE:
        return Kind.DATE, Severity.ERR, "There is a date, although the profile removes dates."
    if policy is DatePolicy.MONTH and now[6:8] != "01":
        return Kind.DATE, Severity.ERR, "The date is not the first of a month, although the profile wants that."
    if policy is DatePolicy.SHIFT and shift == 0:
        return Kind.DATE, Severity.ERR, "The date was not moved."
    if policy is DatePolicy.SHIFT and shift is not None and moved(then, shift) != now:
        return Kind.MISMATCH, Severity.WARN, "The date was moved by another number of days than the study date."
    if policy is DatePolicy.KEEP and then != now:
        return Kind.MISMATCH, Severity.WARN, "The date is another one, although the profile keeps dates."
    return None


def in_meta(leaf: Leaf) -> Finding | None:
    """Return a finding if an attribute of the file meta information tells where the file was."""
    if leaf.tag in IN_FILE_META:
        return None
    return Finding(
        "",
        path_text(leaf.path),
        Kind.IDENTIFIER,
        Severity.ERR,
        "The file meta information names a station or carries private information.",
    )


def _stamp(tag: int, message: str) -> Finding:
    return Finding("", path_text((tag,)), Kind.STAMP, Severity.ERR, message)


def _finding(tag: int, kind: Kind, message: str) -> Finding:
    return Finding("", path_text((tag,)), kind, Severity.ERR, message)
