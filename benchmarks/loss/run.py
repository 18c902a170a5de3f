"""One run of the loss test: troubled attempts, then quiet ones until all is done; both sides are looked at."""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.ledger import UploadState
from eucaim_nb.workspace import Workspace

from .chaos import Attempt, attempts
from .cohort import Digests
from .servers import Disk, Orthanc, Practice

TARGETS = ("upv", "xnat", "orthanc")
_NODES = {
    "upv": ("practice-upv", "upv"),
    "orthanc": ("practice-upv", "upv"),
    "xnat": ("practice-health-ri", "health-ri"),
}
_QUIET_ATTEMPTS = 6
_TIMEOUT = 300


@dataclass
class Outcome:
    """What one run did, and what it did wrong: all but the first group of numbers must be zero."""

    starts: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0
    foreign: int = 0
    in_vain: int = 0
    """Instances that the journal called verified while the server did not hold their bytes."""
    not_finished: int = 0
    told: int = 0
    """Instances that the journal calls failed, of series that the server damaged on its own disk: no fault of ours."""
    sent_again: int = 0
    """Bytes that a start after the end sent."""
    said: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing went wrong."""
        wrong = (self.lost, self.doubled, self.different, self.foreign, self.in_vain, self.not_finished)
        return not any(wrong) and not self.sent_again

    def __str__(self) -> str:
        numbers = {name: value for name, value in vars(self).items() if isinstance(value, int) and value}
        return ", ".join(f"{name} {value}" for name, value in numbers.items()) + " " + " ".join(self.said)


def run(
    folder: Path, target: str, rng: random.Random, cohort: Path, expected: Mapping[str, Digests]
) -> Outcome:
    """Do one run in a folder that is removed again if all went well."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    full = rng.random() < 0.2 and Disk.possible()
    size = sum(path.stat().st_size for path in cohort.iterdir())
    outcome = Outcome()
    with contextlib.ExitStack() as stack:
        state = folder / "state"
        disk = Disk(state)
        if full:
            stack.enter_context(disk.of(int(size * rng.uniform(0.5, 1.5)) + 2**20))
            outcome.said.append("[small disk]")
        servers = stack.enter_context(_servers(state, target))
        front = servers[-1]
        workspace = workspaces.create(
            folder / "ws",
            node=_NODES[target][0],
            project="PRACTICE" if target == "xnat" else "",
            practice=str(front.ready_file),
        )
        scan(workspace, [cohort])
        make_room = partial(disk.resize, size * 20 + 2**26) if full else lambda: None
        trial = _Trial(workspace, cohort, servers, expected, outcome, make_room)
        for attempt in attempts(rng, target):
            outcome.said.append(str(attempt))
            trial.attempt(attempt)
        make_room()
        trial.finish()
    if outcome.good:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


@contextlib.contextmanager
def _servers(state: Path, target: str) -> Iterator[list["Orthanc | Practice"]]:
    behind = [Orthanc(state / "orthanc")] if target == "orthanc" else []
    for orthanc in behind:
        orthanc.start()
    front = Practice(state / "nodes", _NODES[target][1], behind[0].dicomweb if behind else "")
    front.start()
    try:
        yield [*behind, front]
    finally:
        front.kill()
        for orthanc in behind:
            orthanc.kill()


class _Trial:
    def __init__(
        self,
        workspace: Workspace,
        cohort: Path,
        servers: list["Orthanc | Practice"],
        expected: Mapping[str, Digests],
        outcome: Outcome,
        make_room: Callable[[], None],
    ) -> None:
        self._workspace, self._cohort, self._expected, self._outcome = workspace, cohort, expected, outcome
        self._servers, self._make_room = servers, make_room
        front = servers[-1]
        assert isinstance(front, Practice)
        self._front = front

    def attempt(self, attempt: Attempt) -> None:
        """Start the client once while things go wrong."""
        self._front.faults(list(attempt.faults))
        killer = threading.Timer(attempt.kill_server or 0, self._restart_a_server)
        if attempt.kill_server is not None:
            killer.start()
        self._upload(attempt.connections, attempt.kill_client)
        if attempt.kill_server is not None:
            killer.join()
        self._front.faults([])
        self._look()

    def finish(self) -> None:
        """Start the client without trouble until all is verified, then once more."""
        expected, outcome = self._expected, self._outcome
        for _ in range(_QUIET_ATTEMPTS):
            ended = self._upload(2, None)
            self._look()
            if ended == 0:
                break
        held = self._servers[0].held()
        times = Counter(one["sop"] for one in held)
        digests = {one["sop"]: one["sha256"] for one in held}
        missing = expected.keys() - digests.keys()
        different = {sop for sop in digests.keys() & expected.keys() if digests[sop] != expected[sop].sha256}
        told = self._told(different)
        outcome.told += len(told)
        outcome.lost += len(missing - told)
        outcome.different += len(different - told)
        all_told = bool(told) and self._in_journal(UploadState.FAILED) == told
        outcome.not_finished += ended != 0 and not (ended == 1 and all_told)
        outcome.foreign += len(digests.keys() - expected.keys())
        outcome.doubled += sum(count > 1 for count in times.values())
        self._front.clear_log()
        self._upload(2, None)
        outcome.sent_again += self._front.bytes_taken()

    def _restart_a_server(self) -> None:
        """Kill the server that keeps the data, and start it again."""
        self._servers[0].kill()
        self._outcome.kills += 1
        time.sleep(0.3)
        try:
            self._servers[0].start()
        except RuntimeError:  # it may need room to start, as its keeper would give it
            self._make_room()
            self._servers[0].start()

    def _upload(self, connections: int, kill_after: float | None) -> int | None:
        self._outcome.starts += 1
        with (self._workspace.folder.parent / "client.log").open("a") as log:
            print(f"start {self._outcome.starts}", file=log, flush=True)
            process = self._client(connections, log)
        try:
            return process.wait(kill_after if kill_after is not None else _TIMEOUT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            self._outcome.kills += 1
            self._outcome.not_finished += kill_after is None
            return None

    def _client(self, connections: int, log: IO[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "eucaim_nb", "upload", str(self._workspace.folder), "images"),
                *("--source", str(self._cohort), "--override", "invented images"),
                *("--connections", str(connections), "--quiet", "--json"),
            ],
            stdout=log,
            stderr=log,
        )

    def _look(self) -> None:
        """Count what the journal calls verified and the server does not hold."""
        held = {(one["sop"], one["sha256"]) for one in self._servers[0].held()}
        verified = self._in_journal(UploadState.VERIFIED)
        self._outcome.in_vain += sum((sop, self._expected[sop].sha256) not in held for sop in verified)

    def _told(self, damaged: set[str]) -> set[str]:
        """Return what the journal calls failed of the series in which the server damaged something."""
        uploads, node = self._workspace.ledger.uploads, self._workspace.settings.node
        told: set[str] = set()
        for pair in uploads.series(node):
            if damaged & uploads.uids(node, *pair, tuple(UploadState)):
                told |= uploads.uids(node, *pair, [UploadState.FAILED])
        return told

    def _in_journal(self, state: UploadState) -> set[str]:
        uploads, node = self._workspace.ledger.uploads, self._workspace.settings.node
        return {sop for pair in uploads.series(node) for sop in uploads.uids(node, *pair, [state])}
