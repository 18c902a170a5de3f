"""The transfer by a CTP on this computer: it sends, and what XNAT lists counts."""

import contextlib
import os
import shutil
import socket
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadItem, UploadState
from eucaim_nb.nodes import Credentials, Xnat, connect
from eucaim_nb.nodes.health_ri import Labels, ctp, labels_of
from eucaim_nb.workspace import Workspace

from .._carrier import place
from .._plan import chosen_series
from .._receipt import write_receipt
from .._source import DEIDENTIFIED, check_allowed, source_ids
from ._deliver import deliver
from ._make import folder_of, youngest
from ._program import Running, end_left_over, find_program, furnish
from ._record import Record, state_of
from ._relay import Image, Relay

_LOOK_SECONDS = 0.5
_STILL_SECONDS, _STUCK_SECONDS = 15.0, 120.0
"""CTP counts as done when nothing has moved for so long, with an empty queue and with a full one."""
_ZIPPED = 50
_INTERVAL_MS = 1000


@dataclass(frozen=True, slots=True)
class CtpSummary:
    """What became of the images that CTP was to send.

    `queued` were to be at the node, of which `already_there` were when the run began. `sent` left this computer,
    `verified` are listed by the node with the digest of what CTP made of them, `missing` are not. `quarantined` lie in
    CTP's quarantine, in `quarantine` by stage; `refusals` are the reasons the node gave. `seconds` is wall-clock time.
    """

    queued: int
    already_there: int
    sent: int
    verified: int
    missing: int
    quarantined: int
    quarantine: dict[str, int]
    refusals: list[str]
    seconds: float


def send(
    workspace: Workspace,
    *,
    bundle: str = "",
    deidentify: bool = False,
    override: str | None = None,
    credentials: Credentials | Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> CtpSummary:
    """Run a CTP until it has sent everything, and verify by XNAT's own listing.

    Run again after any interruption, it sends only what the node does not list.

    Parameters
    ----------
    bundle
        Folder with the scripts that `make` wrote; without it, the private folder.
    deidentify
        CTP de-identifies the originals by its script, instead of sending what was de-identified here.
    override
        Reason why images may be sent whose de-identification nobody verified; needed with `deidentify`. It is recorded.
    credentials
        What to sign in with; without it, what `nodes.credentials_of` finds.

    Raises
    ------
    Refused
        Images are not verified as de-identified, and no reason was given.
    SettingsError, WorkspaceError, NodeError
        Java, CTP or its scripts are missing or wrong, there is nothing to send, or the node cannot be used.
    """
    return _Run(
        workspace, Path(bundle or folder_of(workspace)), deidentify, override, credentials, progress or silent()
    ).run()


class _Run:
    """One run: what there is to send, a CTP that sends it, and what has become of it."""

    def __init__(
        self,
        workspace: Workspace,
        bundle: Path,
        deidentify: bool,
        override: str | None,
        credentials: Credentials | Mapping[str, str] | None,
        progress: Progress,
    ) -> None:
        self._workspace, self._bundle, self._progress = workspace, bundle, progress
        self._deidentify, self._override = deidentify, override
        self._credentials = Credentials.from_job(credentials)
        self._folder = folder_of(workspace) / "run"
        self._sent: set[str] = set()
        self._refusals: set[str] = set()
        self._settled: set[Labels] = set()
        self._record = Record(folder_of(workspace) / ("sent_deidentified_by_ctp.csv" if deidentify else "sent.csv"))

    def run(self) -> CtpSummary:
        """Do it all."""
        began = time.monotonic()
        self._program = find_program(self._workspace)
        node = connect(self._workspace, self._credentials)
        service = node.images()
        if not isinstance(service, Xnat):
            raise SettingsError("CTP sends to Health-RI, and this workspace is for another node.")
        with contextlib.closing(service):
            self._choose()
            service.check(patient=True)
            there = self._listed(service)
            missing = [uid for uid in self._expected if uid not in there]
            if missing:
                self._transfer(service, {*missing})
            now = self._listed(service) if missing else there
            quarantine = quarantined(self._folder) if missing else {}
            summary = self._summary(there, now, quarantine, began)
            self._keep(service, node.settings.name, now, summary)
        return summary

    def _summary(self, there: set[str], now: set[str], quarantine: dict[str, int], began: float) -> CtpSummary:
        return CtpSummary(
            queued=len(self._expected),
            already_there=len(there),
            sent=len(self._sent),
            verified=len(now),
            missing=len(self._expected) - len(now),
            quarantined=sum(quarantine.values()),
            quarantine=quarantine,
            refusals=sorted(self._refusals),
            seconds=round(time.monotonic() - began, 3),
        )

    def _transfer(self, service: Xnat, missing: set[str]) -> None:
        self._missing, self._whole = missing, Counter(self._expected[uid][1] for uid in missing)
        end_left_over(self._folder)
        self._lay_out()
        furnish(self._program, self._folder)
        received = self._folder / "received"
        received.mkdir(mode=0o700)
        try:
            with Relay(received, {uid: self._expected[uid][1] for uid in missing}) as relay:
                trees = self._trees()
                self._write_files(relay.address, trees)
                self._wait_for_age(trees)
                with Running(self._program, self._folder) as running:
                    self._watch(service, relay, running)
                for labels in self._whole:
                    self._deliver(service, labels, relay.session(labels))
        finally:
            for name in ("outbox", "received"):
                shutil.rmtree(self._folder / name, ignore_errors=True)

    # What there is to send

    def _choose(self) -> None:
        ids = self._workspace.originals() if self._deidentify else source_ids(self._workspace, DEIDENTIFIED)
        if self._deidentify:
            self._check_reason()
        self._series = chosen_series(self._workspace, ids, None)
        if not self._deidentify:
            check_allowed(self._workspace, DEIDENTIFIED, self._override, ids, self._series)
        uploads, self._ids = self._workspace.ledger.uploads, ids
        items = [item for pair in self._series for item in uploads.candidates(ids, *pair)]
        self._expected: dict[str, tuple[UploadItem, Labels]] = {}
        names = _Names(self._workspace) if self._deidentify else None
        patients: dict[str, str] = {}  # a study that names two patients goes to one of them, as in an upload
        for item in items:
            patients[item.study_uid] = min(item.patient_id, patients.get(item.study_uid, item.patient_id))
        for item in items:
            uid, patient, study = item.sop_uid, patients[item.study_uid], item.study_uid
            if names is not None:
                uid, patient, study = names.uid(uid), names.patient(patient), names.uid(study)
            self._expected[uid] = item, labels_of(patient, study)

    def _check_reason(self) -> None:
        reason = (self._override or "").strip()
        if not reason:
            raise Refused(
                "Nobody verifies what CTP makes of the originals before it is sent. De-identify here and let CTP only "
                "send, or give the reason why it may; it is recorded."
            )
        self._workspace.ledger.events.record("CTP de-identifies, unverified", reason=reason)

    def _listed(self, service: Xnat) -> set[str]:
        """Return the UIDs that XNAT lists with the digest of what CTP made of the file as it is now."""
        self._progress.begin("Asking the node what it has", total=len(self._expected), unit="images")
        listed: dict[Labels, Counter[str]] = {}
        found = set()
        for uid, (item, labels) in self._expected.items():
            digest = self._record.digest_of(item) if not self._deidentify else self._record.digest(uid)
            if digest:
                if labels not in listed:
                    listed[labels] = service.digests(labels)
                if digest in listed[labels]:
                    found.add(uid)
            self._progress.advance()
        return found

    # CTP's folder

    def _lay_out(self) -> None:
        """Make the folder of the run anew, with what is to be sent: linked, or copied with its time."""
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            outbox = self._folder / "outbox"
            outbox.mkdir(mode=0o700, parents=True)
            if self._deidentify:
                return
            for number, uid in enumerate(self._missing):
                item, _ = self._expected[uid]
                folder = outbox / f"{number // 1000:06}"
                folder.mkdir(exist_ok=True)
                source = place(self._workspace.folder, item).path
                target = folder / f"{number:09}.dcm"
                try:
                    os.link(source, target)
                except OSError:
                    shutil.copy2(source, target)
        except OSError as error:
            raise WorkspaceError(
                f"The folder of CTP cannot be made: {error.strerror}. Make room, then try again."
            ) from error

    def _trees(self) -> list[Path]:
        if not self._deidentify:
            return [self._folder / "outbox"]
        wanted = {*self._ids}
        return [
            (self._workspace.folder / os.fsdecode(root)).resolve()
            for number, root, _ in self._workspace.ledger.index.sources()
            if number in wanted
        ]

    def _write_files(self, address: str, trees: Sequence[Path]) -> None:
        names = [ctp.ROUTING, ctp.FILTER, *([ctp.ANONYMIZER] if self._deidentify else [])]
        try:
            files = {name: (self._bundle / name).read_text(encoding="utf-8") for name in names}
            table = folder_of(self._workspace) / ctp.LOOKUP
            if self._deidentify:
                files[ctp.LOOKUP] = table.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError("The scripts of CTP are not there or cannot be read. Make them anew first.") from error
        files[ctp.LOG] = ctp.quiet_log()
        files[ctp.CONFIG] = ctp.config(
            ctp.Pipeline(
                port=_free_port(),
                trees=[str(tree) for tree in trees],
                export=address,
                routing=ctp.ROUTING,
                filter=ctp.FILTER,
                anonymizer=ctp.ANONYMIZER if self._deidentify else "",
                lookup=str(table) if self._deidentify else "",
                zipped=_ZIPPED,
                interval_ms=_INTERVAL_MS,
            )
        )
        wrong = [note for note in ctp.lint(files) if note.severity is ctp.Severity.ERR]
        if wrong:
            first = wrong[0]
            raise SettingsError(f"{first.file} {first.where}: {first.message} CTP was not started.")
        for name in (*names, ctp.LOG, ctp.CONFIG):
            (self._folder / name).write_text(files[name], encoding="utf-8")

    def _wait_for_age(self, trees: Sequence[Path]) -> None:
        """Wait until no file is so young that CTP would pass it over for good."""
        self._progress.begin("Waiting until the newest file is old enough for CTP")
        newest = max((when for tree in trees if (when := youngest(tree)) is not None), default=0.0)
        until = newest + ctp.MIN_AGE_SECONDS + 1.0
        # A time in the far future would never come: what is set wrong is told by what is missing in the end.
        until = min(until, time.time() + 60.0)
        while (left := until - time.time()) > 0:
            self._progress.stop.wait(min(left, _LOOK_SECONDS))
            self._progress.check()

    # While it sends

    def _watch(self, service: Xnat, relay: Relay, running: Running) -> None:
        self._progress.begin("CTP starts", total=len(self._missing), unit="images")
        moved, before = time.monotonic(), (-1, -1, -1)
        while True:
            self._progress.stop.wait(_LOOK_SECONDS)
            self._progress.check()
            aside, waiting = sum(quarantined(self._folder).values()), queued(self._folder)
            self._progress.doing = f"CTP sends; {waiting:,} in its queue, {aside:,} in its quarantine"
            for labels, count in self._whole.items():
                if len(images := relay.session(labels)) == count:
                    self._deliver(service, labels, images)
            if not running.alive:
                raise NodeError("CTP ended by itself. Its log is in private/ctp/run of the workspace.")
            now = (relay.received, aside, waiting)
            if now != before:
                moved, before = time.monotonic(), now
            # Folders of originals hold more than what is counted here: only stillness tells that CTP is through.
            exact = not self._deidentify and relay.received + aside >= len(self._missing) and not waiting
            if exact or time.monotonic() - moved > (_STUCK_SECONDS if waiting else _STILL_SECONDS):
                return

    def _deliver(self, service: Xnat, labels: Labels, images: Sequence[Image]) -> None:
        if not images or labels in self._settled:
            return
        self._settled.add(labels)
        why = deliver(service, labels, images, self._progress)
        if why:
            self._refusals.add(why)
        else:
            self._note(images)
        for image in images:
            image.path.unlink(missing_ok=True)

    def _note(self, images: Sequence[Image]) -> None:
        self._record.add(images, {one.sop_uid: state_of(self._expected[one.sop_uid][0]) for one in images})
        self._sent.update(one.sop_uid for one in images)
        self._progress.done = len(self._sent)

    # Afterwards

    def _keep(self, service: Xnat, node: str, verified: set[str], summary: CtpSummary) -> None:
        """Tell the journal what the node lists, and the audit trail how it went."""
        if not self._deidentify:
            journal = self._workspace.ledger.uploads
            journal.enqueue(node, self._ids, self._series)
            journal.note_digests(node, {uid: self._record.digest(uid) for uid in verified})
            journal.mark(node, verified, UploadState.VERIFIED)
            failed = [uid for uid in self._expected if uid not in verified]
            journal.mark(node, failed, UploadState.FAILED, message="CTP did not bring this image to the node.")
            write_receipt(self._workspace, service)
        self._workspace.ledger.events.record(
            "transfer by CTP",
            node=node,
            queued=summary.queued,
            sent=summary.sent,
            verified=summary.verified,
            quarantined=summary.quarantined,
        )


class _Names:
    """What the de-identification here makes of UIDs and patients: CTP is given the same table."""

    def __init__(self, workspace: Workspace) -> None:
        self._uids = dict(workspace.ledger.deidentified.crosswalk("uid"))
        self._patients = dict(workspace.ledger.deidentified.crosswalk("patient"))

    def uid(self, old: str) -> str:
        return self._uids.get(old, old)

    def patient(self, old: str) -> str:
        return self._patients.get(old, old)


def quarantined(folder: Path) -> dict[str, int]:
    """Count the images in the quarantine of each stage of a CTP; stages without any are left out."""
    found = {}
    for stage in sorted((folder / "quarantines").glob("*")):
        count = sum(_images_in(file) for file in stage.iterdir() if file.is_file())
        if count:
            found[stage.name] = count
    return found


def queued(folder: Path) -> int:
    """Count the images and archives that CTP has taken in and not yet sent."""
    places = ("cache", "cacheTemp", "queue", "active")
    roots = (folder / "roots" / "export" / name for name in places)
    return sum(1 for root in roots for _ in _files(root))


def _files(folder: Path) -> Iterator[str]:
    for _, _, names in os.walk(folder):
        yield from names


def _images_in(file: Path) -> int:
    if not zipfile.is_zipfile(file):
        return 1
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
        return sum(not member.is_dir() for member in archive.infolist())
    return 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
