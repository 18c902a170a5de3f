"""Verification: a second look at every output beside its original, by other code than the engine's (PS3.15 E.1)."""

import hashlib
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eucaim_nb.dicom import Place
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import DeidFinding, DeidRow, DeidState
from eucaim_nb.workspace import Workspace

from ._actions import Action
from ._contract import profile_of
from ._demands import declarations, identity, in_meta, method_codes, same_as_original, shifted_by, uid_pairs
from ._finding import Finding, Kind, Severity, masked, of_file, path_text
from ._identifying import traced
from ._pictures import differ, fragments, remarks
from ._private import PrivateList, standard_list
from ._private_left import private_left
from ._profile import IdPolicy, Option, PrivatePolicy, Profile
from ._reading import PIXELS, NotReadable, Reading, read
from ._spellings import says_something
from ._traces import Trace, Traces

_BATCH = 200
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
class VerifySummary:
    """What verification found.

    `files` are outputs, `verified` those without any error, now or before. `findings` are of those looked at now; the
    ledger keeps all.
    """

    files: int
    verified: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    findings: tuple[Finding, ...]
    uids: Mapping[str, str]
    """What became of each UID."""


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
    return _checked(bytes(original), bytes(output), profile, name, patient).findings


def verify_outputs(
    workspace: Workspace,
    file_ids: Collection[int] | None = None,
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> VerifySummary:
    """Check the outputs of de-identification against their originals and note in the ledger which are verified.

    Parameters
    ----------
    workspace
    file_ids
        Originals whose outputs are checked; all by default.
    again
        Check also outputs that were verified before and have not changed since.

    Raises
    ------
    WorkspaceError
        The ledger cannot be used.
    """
    progress = progress or silent()
    records = workspace.ledger.deidentified
    total = records.counts().written if file_ids is None else len(file_ids)
    progress.begin("Verifying de-identified files", total=total, unit="files")
    run = _Run(workspace)
    try:
        for row in records.rows(DeidState.WRITTEN):
            if file_ids is not None and row.file_id not in file_ids:
                continue
            run.files += 1
            if again or not run.stands(row):
                run.check(row)
            progress.advance()
    finally:
        run.note()
    return VerifySummary(run.files, run.verified, tuple(run.all_findings))


class _Run:
    """Verification of many outputs, noted in the ledger batch by batch."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._records = workspace.ledger.deidentified
        self._profiles: dict[str, Profile] = {}
        self._uids: dict[bytes, bytes] = {}
        self._sources: dict[bytes, bytes] = {}
        self._verified: list[int] = []
        self._findings: dict[int, Sequence[DeidFinding]] = {}
        self.files = 0
        self.verified = 0
        self.all_findings: list[Finding] = []

    def stands(self, row: DeidRow) -> bool:
        """Tell, and count, whether an output was verified before and has not changed since."""
        if row.verified_at is None:
            return False
        try:
            status = (self._workspace.deidentified / row.output).stat()
        except OSError:
            return False
        same = (status.st_size, status.st_mtime_ns) == (row.size, row.mtime_ns)
        self.verified += same
        return same

    def check(self, row: DeidRow) -> None:
        """Check the output of one row."""
        checked = self._check(row)
        found = [*checked.findings, *of_file(row.output, self._linkage(checked.uids, row))]
        self.all_findings += found
        if not any(one.severity is Severity.ERR for one in found):
            self._verified.append(row.id)
            self.verified += 1
        self._findings[row.id] = [
            DeidFinding(row.file_id, one.kind, one.severity, one.message, one.tag, row.output) for one in found
        ]
        if len(self._findings) >= _BATCH:
            self.note()

    def note(self) -> None:
        """Write what was found so far to the ledger."""
        if self._findings:
            self._records.note_verified(self._verified, self._findings)
        self._verified, self._findings = [], {}

    def _check(self, row: DeidRow) -> _Checked:
        try:
            output = (self._workspace.deidentified / row.output).read_bytes()
        except OSError:
            return _only(row, Kind.MISSING, "The de-identified file is gone. De-identify again.")
        if hashlib.sha256(output).hexdigest() != row.sha256:
            return _only(
                row, Kind.MISMATCH, "The de-identified file was changed after it was written. De-identify again."
            )
        original = self._original(row)
        if original is None:
            return _only(
                row, Kind.MISSING, "The original cannot be read any more, so that nothing can be compared. Scan again."
            )
        if row.source_sha256 and hashlib.sha256(original).hexdigest() != row.source_sha256:
            return _only(
                row, Kind.MISMATCH, "The original was changed since it was de-identified. Scan and de-identify again."
            )
        return _checked(original, output, self._profile(row.recipe), row.output, row.patient)

    def _original(self, row: DeidRow) -> bytes | None:
        place = self._workspace.ledger.index.place(row.file_id) if row.file_id is not None else None
        if place is None:
            return None
        try:
            with Place.of(self._workspace.folder, *place).open() as file:
                return file.read()
        except (OSError, KeyError, zipfile.BadZipFile):
            return None

    def _profile(self, recipe: str) -> Profile:
        if recipe not in self._profiles:
            self._profiles[recipe] = profile_of(self._records.recipe(recipe))
        return self._profiles[recipe]

    def _linkage(self, uids: Mapping[str, str], row: DeidRow) -> Iterator[Finding]:
        """Yield UIDs that became two different ones, and different UIDs that became the same."""
        # Lethe's UIDs follow from the patient too, so that a UID which two patients have becomes two.
        common = row.recipe + (row.patient if self._profile(row.recipe).ids is IdPolicy.LETHE else "")
        for old, new in uids.items():
            before, after = _short(common + old), _short(common + new)
            if self._uids.setdefault(before, after) != after:
                yield Finding(
                    "",
                    "",
                    Kind.REFERENCE,
                    Severity.ERR,
                    "One UID of the originals has two replacements: references are broken. De-identify all again.",
                )
            if self._sources.setdefault(after, before) != before:
                yield Finding(
                    "",
                    "",
                    Kind.REFERENCE,
                    Severity.ERR,
                    "Two UIDs of the originals have the same replacement. De-identify all again.",
                )


def _checked(original: bytes, output: bytes, profile: Profile, name: str, patient: str) -> _Checked:
    try:
        after = read(output)
    except NotReadable:
        finding = Finding(name, "", Kind.UNREADABLE, Severity.ERR, f"The output cannot be read as DICOM. {_REMEDY}")
        return _Checked((finding,), {})
    try:
        before = read(original)
    except NotReadable:
        finding = Finding(
            name, "", Kind.UNREADABLE, Severity.ERR, f"The original cannot be read, so nothing is compared. {_REMEDY}"
        )
        return _Checked((finding,), {})
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
    return _Checked(of_file(name, found), uid_pairs(before, after) if Option.UIDS not in profile.applied else {})


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
    wanted = traced(frozenset(profile.applied)) - {
        tag for tag, override in profile.overrides.items() if override.action is Action.KEEP
    }
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


def _only(row: DeidRow, kind: Kind, message: str) -> _Checked:
    return _Checked((Finding(row.output, "", kind, Severity.ERR, message),), {})


@lru_cache(maxsize=65536)
def _short(uid: str) -> bytes:
    return hashlib.blake2b(uid.encode(), digest_size=12).digest()
