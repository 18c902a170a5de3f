"""One chunk of work: some files of one series, de-identified and written. Runs in any process."""

import gc
import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from pydicom import dcmread

from eucaim_nb.dicom import Place
from eucaim_nb.errors import EucaimError
from eucaim_nb.ledger import DeidRow, DeidState

from ._check import Checked, Checker
from ._engine import Engine, Treated
from ._finding import Severity
from ._output import is_another, name_of_output, read_back, write
from ._profile import Profile
from ._rewrite import Document, Quarantine
from ._rules import Rules
from ._values import Maker

_METHOD = 0x00120063
_OWN = "eucaim_nb "
_OBJECTS = 50_000
"""How many more objects there are when the garbage collector looks for cycles among them."""


class Outcome(StrEnum):
    """What a person should know about an original; kinds of the scan's problems come beside these."""

    NOT_TREATABLE = "not treatable"
    UNEXPECTED = "unexpected error"
    VANISHED = "vanished"
    CHANGED = "changed since the scan"
    NOT_READABLE = "not readable now"
    SAME_PLACE = "output of another instance"
    DUPLICATE = "exact duplicate"
    OTHER_CONTENT = "same UID, other content"
    OWN_OUTPUT = "de-identified by this program"
    STAMPED = "said to be de-identified"
    DOCUMENT = "encapsulated document"
    PICTURE = "burned-in text"
    FACE = "face in the picture"


PASSING = frozenset(
    (Outcome.UNEXPECTED, Outcome.VANISHED, Outcome.CHANGED, Outcome.NOT_READABLE, Outcome.SAME_PLACE)
)
"""What may be different the next time although the file is the same in the index."""


@dataclass(frozen=True, slots=True)
class Task:
    """One original to treat.

    `row` is what it gets when it is written, `before` what is known of it from an earlier run; `stamped` tells that it
    declares a de-identification.
    """

    place: Place
    row: DeidRow
    before: DeidRow | None
    stamped: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Files with everything that a process needs to treat them; `folder` of outputs is None for a dry run.

    `of_series` is how many files their series has, and `first` tells that they are the first of it.
    """

    profile: Profile
    maker: Maker
    baselines: Mapping[str, str]
    folder: Path | None
    tasks: Sequence[Task]
    of_series: int
    first: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a chunk: a row per task, `(kind, old, new)` of the crosswalk, and the checks of its outputs.

    `checks` are by file id. Outputs were read from the disk for them, so they are what stands there.
    """

    rows: Sequence[DeidRow]
    crosswalk: frozenset[tuple[str, str, str]]
    checks: Mapping[int, Checked]


def treat(chunk: Chunk) -> Done:
    """De-identify the files of a chunk. What one file does wrong costs that file alone.

    Raises
    ------
    WorkspaceError
        The outputs cannot be written.
    """
    with collecting_rarely(chunk.profile):
        work = _Work(chunk)
        rows = [work.row(task) for task in chunk.tasks]
    return Done(rows, frozenset(work.crosswalk), work.checks)


@contextmanager
def collecting_rarely(profile: Profile) -> Iterator[None]:
    """Spare the garbage collector what it would not find: trees of elements have no cycles, and rules stay."""
    _settle(profile)
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@cache
def _settle(profile: Profile) -> None:
    Rules.compile(profile, "")
    gc.freeze()


def bytes_of(place: Place, size: int, mtime_ns: int) -> bytes:
    """Return the bytes of an original that is still as it was indexed.

    Raises
    ------
    Passing
        It is not.
    """
    try:
        if place.unchanged_since(mtime_ns, size):
            with place.open() as file:
                data = file.read()
            if len(data) == size and place.unchanged_since(mtime_ns, size):
                return data
        elif not place.path.exists():
            raise Passing(
                Outcome.VANISHED, "The original is no longer where it was scanned. Bring it back, or scan again."
            )
    except (zipfile.BadZipFile, KeyError):
        pass
    except OSError as error:
        raise Passing(
            Outcome.NOT_READABLE, f"The original cannot be read: {error.strerror}. Mend that, then run this again."
        ) from error
    raise Passing(
        Outcome.CHANGED, "The original changed since it was scanned. Scan again, then run this again."
    )


class Passing(Exception):
    """An original cannot be treated now; nothing is known of its content."""

    def __init__(self, outcome: Outcome, words: str) -> None:
        super().__init__(words)
        self.outcome = outcome


def passed_over(row: DeidRow, before: DeidRow | None, why: Passing) -> DeidRow:
    """Return the row of an original that cannot be treated now. An output that it has already stays."""
    if before is not None and before.state is DeidState.WRITTEN:
        row = before
    else:
        row = replace(row, state=DeidState.SKIPPED, source_sha256="")
    return replace(row, kind=why.outcome, severity=Severity.WARN, reason=str(why))


class _Work:
    """The treatment of one chunk: `crosswalk` and `checks` gather what `Done` tells of it."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._engine = Engine(
            chunk.profile, chunk.maker, chunk.baselines, pictures=chunk.folder is not None, of_series=chunk.of_series
        )
        self._checker = Checker(chunk.profile)
        self.crosswalk: set[tuple[str, str, str]] = set()
        self.checks: dict[int, Checked] = {}

    def row(self, task: Task) -> DeidRow:
        """Return what became of one original."""
        row = task.row
        try:
            data = bytes_of(task.place, row.source_size, row.source_mtime_ns)
        except Passing as why:
            return passed_over(row, task.before, why)
        row = replace(row, source_sha256=hashlib.sha256(data).hexdigest())
        if task.stamped and _is_own(data):
            return replace(
                row,
                state=DeidState.ALREADY,
                kind=Outcome.OWN_OUTPUT,
                severity=Severity.INFO,
                reason="This is an output of this program, scanned as an original. It was left alone.",
            )
        try:
            treated = self._engine.treat(memoryview(data))
            first = self._chunk.first and task is self._chunk.tasks[0]
            row = _noted(row, treated, stamped=task.stamped, first=first)
            return self._written(data, row, treated)
        except Document as why:
            row = _set_aside(row, Outcome.DOCUMENT, str(why))
            return replace(row, state=DeidState.DROPPED, severity=Severity.INFO) if why.dropped else row
        except Quarantine as why:
            return _set_aside(row, Outcome.NOT_TREATABLE, str(why))
        except EucaimError:
            raise
        except Exception as error:
            # A mistake of this program costs one file, not the run, and lets nothing through.
            return _set_aside(
                row,
                Outcome.UNEXPECTED,
                f"This file was set aside: an unexpected error of type {type(error).__name__} stopped its treatment.",
            )

    def _written(self, data: bytes, row: DeidRow, treated: Treated) -> DeidRow:
        """Write an output and check what stands on the disk then."""
        output, folder = name_of_output(treated), self._chunk.folder
        counts = {f"{tag:08X} {action.value}": number for (tag, action), number in treated.counts.items()}
        row = replace(row, counts=counts, blanked=[astuple(box) for box in treated.blanked])
        if folder is None:
            return replace(row, output=output)
        path = folder / output
        if is_another(path, treated.sop_uid):
            words = (
                "The place of this output holds another instance, which was not replaced. Move the files that do not "
                "belong there out of the folder of de-identified images."
            )
            # The row keeps the place, so that what lies there is not taken for a left-over.
            return replace(_set_aside(row, Outcome.SAME_PLACE, words), output=output)
        on_disk = write(path, treated.pieces)
        patient = treated.patient[1]
        if (made := read_back(path, treated.pieces)) is not None and row.file_id is not None:
            self.checks[row.file_id] = self._checker.check(data, made, output, patient)
        self.crosswalk.add(("patient", *treated.patient))
        self.crosswalk.update(("uid", old, new) for old, new in treated.uids.items())
        return replace(
            row,
            output=output,
            size=on_disk.size,
            mtime_ns=on_disk.mtime_ns,
            sha256=on_disk.sha256,
            patient=patient,
            study_uid=treated.study_uid,
            series_uid=treated.series_uid,
            sop_uid=treated.sop_uid,
        )


def _noted(row: DeidRow, treated: Treated, *, stamped: bool, first: bool) -> DeidRow:
    """Return the row with what a person should know; of a face, only the first file of a series tells."""
    if stamped:
        return replace(
            row,
            kind=Outcome.STAMPED,
            severity=Severity.WARN,
            reason="Another program said that it de-identified this instance. It was treated like any other: see that "
            "its identifiers are those you expect.",
        )
    if treated.note:
        return replace(row, kind=Outcome.PICTURE, severity=Severity.WARN, reason=treated.note)
    if treated.face and first:
        return replace(row, kind=Outcome.FACE, severity=Severity.INFO, reason=treated.face)
    return row


def _set_aside(row: DeidRow, outcome: Outcome, words: str) -> DeidRow:
    return replace(
        row, state=DeidState.QUARANTINED, kind=outcome, severity=Severity.ERR, reason=words, counts={}, output=""
    )


def _is_own(data: bytes) -> bool:
    """Tell whether this program wrote an instance, by the De-identification Method."""
    try:
        method = dcmread(BytesIO(data), stop_before_pixels=True, specific_tags=[_METHOD]).get(_METHOD)
    except Exception:  # whatever pydicom makes of a damaged file: then it is treated like any other
        return False
    if method is None or not method.value:
        return False
    values = [method.value] if isinstance(method.value, str) else list(method.value)
    return str(values[0]).startswith(_OWN)
