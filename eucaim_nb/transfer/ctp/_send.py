"""The transfer by a CTP on this computer: it sends, and what XNAT lists counts."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.errors import NodeError, SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadState
from eucaim_nb.nodes import Credentials, Xnat, connect
from eucaim_nb.nodes.health_ri import Labels, ctp
from eucaim_nb.workspace import Workspace

from .._receipt import write_receipt
from ._deliver import deliver
from ._expected import deidentified_by_ctp, deidentified_here
from ._folder import empty, fill_outbox, new_folder, quarantined, queued, write_files
from ._make import folder_of, youngest
from ._program import Running, end_left_over, find_program, furnish
from ._record import Record, state_of
from ._relay import Image, Relay

_LOOK_SECONDS = 1.0
_STILL_SECONDS, _STUCK_SECONDS = 15.0, 120.0
"""CTP counts as done when nothing has moved for so long, with an empty queue and with a full one."""
_LONGEST_PAUSE = 60.0


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
        self._private = folder_of(workspace)
        self._folder = self._private / "run"
        self._record = Record(self._private / ("sent_deidentified_by_ctp.csv" if deidentify else "sent.csv"))
        self._sent: set[str] = set()
        self._refusals: set[str] = set()
        self._settled: set[Labels] = set()

    def run(self) -> CtpSummary:
        """Do it all."""
        began = time.monotonic()
        self._program = find_program(self._workspace)
        node = connect(self._workspace, self._credentials)
        service = node.images()
        if not isinstance(service, Xnat):
            raise SettingsError("CTP sends to Health-RI, and this workspace is for another node.")
        with contextlib.closing(service):
            choose = deidentified_by_ctp if self._deidentify else deidentified_here
            self._expected = choose(self._workspace, self._override)
            service.check(patient=True)
            there = now = self._listed(service)
            self._missing = self._expected.images.keys() - there
            if self._missing:
                self._transfer(service)
                now = self._listed(service)
            summary = self._summary(there, now, began)
            self._keep(service, node.settings.name, now, summary)
        return summary

    def _listed(self, service: Xnat) -> set[str]:
        """Return the UIDs that XNAT lists with the digest of what CTP made of the file as it is now."""
        images = self._expected.images
        self._progress.begin("Asking the node what it has", total=len(images), unit="images")
        listed: dict[Labels, Counter[str]] = {}
        found = set()
        for uid, (item, labels) in images.items():
            digest = self._record.digest_of(uid, item)
            if digest:
                if labels not in listed:
                    listed[labels] = service.digests(labels)
                if digest in listed[labels]:
                    found.add(uid)
            self._progress.advance()
        return found

    def _transfer(self, service: Xnat) -> None:
        images = self._expected.images
        self._whole = Counter(images[uid][1] for uid in self._missing)
        end_left_over(self._folder)
        try:
            received = new_folder(self._folder)
            furnish(self._program, self._folder)
            trees = self._trees()
        except OSError as error:
            raise WorkspaceError(
                f"The folder of CTP cannot be made: {error.strerror}. Make room, then try again."
            ) from error
        table = self._private / ctp.LOOKUP if self._deidentify else None
        try:
            with Relay(received, {uid: images[uid][1] for uid in self._missing}) as relay:
                write_files(self._folder, self._bundle, trees, relay.address, table)
                self._wait_for_age(trees)
                with Running(self._program, self._folder) as running:
                    self._watch(service, relay, running)
                for labels in self._whole:
                    self._deliver(service, labels, relay.session(labels))
        finally:
            empty(self._folder)

    def _trees(self) -> list[Path]:
        """Return the folders that CTP reads: links to what is missing, or the originals themselves, which stay."""
        if not self._deidentify:
            items = (self._expected.images[uid][0] for uid in self._missing)
            return [fill_outbox(self._workspace.folder, self._folder, items)]
        wanted = {*self._expected.ids}
        return [
            (self._workspace.folder / os.fsdecode(root)).resolve()
            for number, root, _ in self._workspace.ledger.index.sources()
            if number in wanted
        ]

    def _wait_for_age(self, trees: Sequence[Path]) -> None:
        """Wait until no file is so young that CTP would pass it over for good."""
        self._progress.begin("Waiting until the newest file is old enough for CTP")
        newest = max((when for tree in trees if (when := youngest(tree)) is not None), default=0.0)
        # A time in the far future would never come: what is set wrong is told by what is missing in the end.
        until = min(newest + ctp.MIN_AGE_SECONDS + 1.0, time.time() + _LONGEST_PAUSE)
        while (left := until - time.time()) > 0:
            self._progress.stop.wait(min(left, _LOOK_SECONDS))
            self._progress.check()

    def _watch(self, service: Xnat, relay: Relay, running: Running) -> None:
        self._progress.begin("CTP starts", total=len(self._missing), unit="images")
        moved, before = time.monotonic(), (-1, -1, -1)
        while True:
            self._progress.stop.wait(_LOOK_SECONDS)
            self._progress.check()
            aside, waiting = sum(quarantined(self._folder).values()), queued(self._folder)
            self._progress.doing = f"CTP sends; {waiting:,} in its queue, {aside:,} in its quarantine"
            for labels, count in self._whole.items():
                if labels not in self._settled and len(images := relay.session(labels)) == count:
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
            expected = self._expected.images
            self._record.add(images, {one.sop_uid: state_of(expected[one.sop_uid][0]) for one in images})
            self._sent.update(one.sop_uid for one in images)
            self._progress.done = len(self._sent)
        for image in images:
            image.path.unlink(missing_ok=True)

    def _summary(self, there: set[str], now: set[str], began: float) -> CtpSummary:
        quarantine = quarantined(self._folder) if self._missing else {}
        queued_in_all = len(self._expected.images)
        return CtpSummary(
            queued=queued_in_all,
            already_there=len(there),
            sent=len(self._sent),
            verified=len(now),
            missing=queued_in_all - len(now),
            quarantined=sum(quarantine.values()),
            quarantine=quarantine,
            refusals=sorted(self._refusals),
            seconds=round(time.monotonic() - began, 3),
        )

    def _keep(self, service: Xnat, node: str, verified: set[str], summary: CtpSummary) -> None:
        """Tell the journal what the node lists, and the audit trail how it went."""
        if not self._deidentify:
            journal, images = self._workspace.ledger.uploads, self._expected.images
            journal.enqueue(node, self._expected.ids, self._expected.series)
            journal.note_digests(node, {uid: self._record.digest_of(uid, images[uid][0]) for uid in verified})
            journal.mark(node, verified, UploadState.VERIFIED)
            failed = images.keys() - verified
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
