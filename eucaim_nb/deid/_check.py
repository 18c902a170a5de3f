"""One output beside its original: a second look at it, by other code than the engine's (PS3.15 E.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eucaim_nb.dicom import fragments, path_text, remarks
from eucaim_nb.identity import masked

from ._demands import declarations, identity, in_meta, method_codes, same_as_original, shifted_by, uid_pairs
from ._finding import Finding, Kind, Severity, of_file
from ._personal import Trace
from ._pictures import differ
from ._private import PrivateList, standard_list
from ._private_left import private_left
from ._profile import Option, PrivatePolicy, Profile
from ._reading import PIXELS, NotReadable, Reading, read
from ._spellings import says_something
from ._traces import Traces, sought
from ._walk import Remembered

_PREAMBLE = 128
_REMEDY = "Do not pass this file on: de-identify it again or leave it out."
_WORDS = {
    Kind.UID: "A UID of the original",
    Kind.ID: "A number of the original that leads to the patient",
    Kind.NAME: "A name of the original",
    Kind.DATE: "A date of the original",
    Kind.PLACE: "An address or institution of the original",
    Kind.PHONE: "A telephone number or e-mail address of the original",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and what became of each UID."""

    findings: tuple[Finding, ...]
    uids: Mapping[str, str]


def verify_file(
    original: bytes | memoryview,
    output: bytes | memoryview,
    *,
    profile: Profile,
    name: str = "",
    patient: str = "",
) -> tuple[Finding, ...]:
    """Check one output against its original. Neither changes, nothing else is read.

    Parameters
    ----------
    original, output
        The bytes of both files.
    profile
        What was meant to be done.
    name
        Path of the output below its folder, with '/': it is searched too.
    patient
        The pseudonym of the patient, if it is known.

    Returns
    -------
    tuple of Finding
        The gravest first; none if everything is as it should be. No text holds a value of the original.
    """
    return Checker(profile).check(bytes(original), bytes(output), name, patient).findings


class Checker:
    """Checks outputs of one profile, one after the other; what the files before had too is not read again."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._originals: Remembered = {}
        self._outputs: Remembered = {}

    def check(self, original: bytes, output: bytes, name: str, patient: str) -> Checked:
        """Check one output against its original: see `verify_file`."""
        try:
            after = read(output, self._outputs)
        except NotReadable:
            return _unreadable(name, "The output cannot be read as DICOM.")
        try:
            before = read(original, self._originals)
        except NotReadable:
            return _unreadable(name, "The original cannot be read, so nothing is compared.")
        return _compared(before, after, self._profile, name, patient)


def _unreadable(name: str, words: str) -> Checked:
    return Checked((Finding(name, "", Kind.UNREADABLE, Severity.ERR, f"{words} {_REMEDY}"),), {})


def _compared(before: Reading, after: Reading, profile: Profile, name: str, patient: str) -> Checked:
    shift = shifted_by(before, after)
    traces = Traces(before, profile, shift)
    found = [
        *_left(traces, after, name),
        *_around(after),
        *identity(after, before),
        *declarations(after, profile),
        *same_as_original(before, after, profile, patient),
        *_pixels(before, after),
        *_unchanged(before, after, profile),
        *private_left(after, _may_be_left(profile), Severity.ERR),
    ]
    return Checked(of_file(name, found), uid_pairs(before, after) if Option.UIDS not in profile.applied else {})


def _left(traces: Traces, output: Reading, name: str) -> Iterator[Finding]:
    """Yield what is left of the original: in attributes, then anywhere else in the bytes."""
    seen: set[tuple[Kind, str]] = set()
    told: set[tuple[Kind, str]] = set()

    def said(trace: Trace, place: str) -> Iterator[Finding]:
        seen.add((trace.kind, trace.secret))
        if (trace.kind, place) not in told:
            told.add((trace.kind, place))
            words = f"{_WORDS[trace.kind]} is still here: {masked(trace.secret)}. {_REMEDY}"
            yield Finding("", place, trace.kind, Severity.ERR, words)

    before, after = output.without_samples()
    rests = [(before, 0), (after, len(output.body) - len(after))]
    if output.inflated:
        rests.append((output.data[: _PREAMBLE + 1024], -1))
    near = any(traces.may_be_in(part) for part, _ in rests)
    in_bytes = [(trace, start) for part, start in rests if part for trace in traces.in_bytes(part, near=near)]
    for leaf in (*output.meta, *output.leaves) if near or in_bytes else traces.doubtful(output):
        for trace in traces.in_leaf(leaf, raw=bool(in_bytes)):
            yield from said(trace, path_text(leaf.path))
    for trace in traces.in_text(name):
        yield from said(trace, "file name")
    for trace, start in in_bytes:
        place = output.where(start + trace.offset) if start >= 0 else "file meta information"
        within = any(kind is trace.kind and inner.startswith(place) for kind, inner in told)
        if (trace.kind, trace.secret) not in seen and not within:
            yield from said(trace, place)
    if output.encapsulated and output.pixels:
        for _, fragment in fragments(output.pixels):
            for trace in traces.in_bytes(fragment, pictures=True):
                yield from said(trace, path_text((PIXELS,)))


def _around(output: Reading) -> Iterator[Finding]:
    """Yield what stands in places that hold no attribute of the data set."""
    if any(output.data[:_PREAMBLE]):
        yield Finding(
            "", "preamble", Kind.PREAMBLE, Severity.ERR, f"The 128 bytes before the data set are not empty. {_REMEDY}"
        )
    yield from (finding for leaf in output.meta if (finding := in_meta(leaf)))
    if output.encapsulated and output.pixels:
        for _, fragment in fragments(output.pixels):
            if any(remark.text.strip(b"\0") for remark in remarks(fragment)):
                yield Finding(
                    "",
                    path_text((PIXELS,)),
                    Kind.REMARK,
                    Severity.ERR,
                    f"A compressed picture carries a comment or application data. {_REMEDY}",
                )
                return


def _unchanged(before: Reading, after: Reading, profile: Profile) -> Iterator[Finding]:
    """Yield identifying attributes that are as they were, however short: the site's too, if the profile says so."""
    wanted = sought(profile)
    left = after.with_tags(wanted)
    were = {leaf.path: leaf.raw for leaf in before.with_tags(wanted)} if left else {}
    for leaf in left:
        if were.get(leaf.path) == leaf.raw and says_something(leaf.text):
            words = f"An identifying attribute has the value of the original. {_REMEDY}"
            yield Finding("", path_text(leaf.path), Kind.IDENTIFIER, Severity.ERR, words)


def _may_be_left(profile: Profile) -> PrivateList | None:
    if profile.private is PrivatePolicy.REMOVE:
        return {}
    return None if profile.private_list else standard_list()


def _pixels(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield changes of pixel data that the output does not declare."""
    if after.has_pixels_of(before) or (Option.CLEAN_PIXELS.code in method_codes(after) and after.pixels):
        return
    one, other = before.pixels or b"", after.pixels or b""
    if not (before.encapsulated and after.encapsulated) or differ(one, other):
        yield Finding(
            "",
            path_text((PIXELS,)),
            Kind.PIXELS,
            Severity.ERR,
            "Pixel data are not those of the original, and the file does not declare that they were cleaned. "
            "De-identify it again.",
        )
