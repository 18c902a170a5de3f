"""CPU time of de-identification per file: the engine alone, with digests and the independent check, beside the peers.

    python -m benchmarks.deid_speed --dir DIR [--files N] [--cache C]
    python -m benchmarks.deid_speed --dir DIR --jobs [--files N]

All work on the same files, one after the other in every repetition; a number is the median of the repetitions. Every
tool runs in a process of its own and treats a few files before the clock starts, so that nobody's imports and tables
are counted. Peers have Pythons of their own (see `benchmarks.deid.peers`). Ours writes its outputs as the peers do,
without fsync. Of Orthanc, the CPU time of the server counts, for `/anonymize` of files that it already has.

`--jobs` measures the wall-clock time of the whole job (treat, write with fsync, check, index, report) in one process
and in two, its CPU time, which other programs at work disturb less, and the memory it takes.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path

import psutil

from benchmarks.corpora import KINDS, corpus
from benchmarks.deid.peers import default_cache, run_peer
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import deidentify, load_profile
from eucaim_nb.deid._check import Checker
from eucaim_nb.deid._engine import Engine
from eucaim_nb.deid._output import read_back
from eucaim_nb.deid._treat import collecting_rarely
from eucaim_nb.dicom import scan
from eucaim_nb.identity import Key, Pseudonyms
from eucaim_nb.jobs import Progress
from tests.orthanc import missing, running_orthanc

_PEERS = ("dicom-anonymizer", "dicognito", "dcm-anonymizer", "deid")
_PROFILE = "eucaim"
_WARM = 10

Work = Callable[[Sequence[Path], Path], None]


def engine(files: Sequence[Path], out: Path) -> None:
    """Treat and write."""
    treat = _engine().treat
    for number, file in enumerate(files):
        with (out / f"{number}.dcm").open("wb") as target:
            target.writelines(treat(memoryview(file.read_bytes())).pieces)


def checked(files: Sequence[Path], out: Path) -> None:
    """Treat, digest both, write, read back, and check the output against its original, as the job does."""
    treat, check = _engine().treat, Checker(load_profile(_PROFILE)).check
    for number, file in enumerate(files):
        data, path, digest = file.read_bytes(), out / f"{number}.dcm", hashlib.sha256()
        hashlib.sha256(data).digest()
        treated = treat(memoryview(data))
        with path.open("wb") as target:
            for piece in treated.pieces:
                digest.update(piece)
                target.write(piece)
        made = read_back(path, treated.pieces)
        assert made is not None
        check(data, made, path.name, treated.patient[1])


def _engine() -> Engine:
    return Engine(load_profile(_PROFILE), Pseudonyms(Key(bytes(range(32))), "EUCAIM"))


def milliseconds(work: Work, files: Sequence[Path], out: Path) -> float:
    """Return CPU milliseconds per file, measured in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_clocked, work, files, out).result()


def _clocked(work: Work, files: Sequence[Path], out: Path) -> float:
    with collecting_rarely(load_profile(_PROFILE)):
        work(files[:_WARM], _emptied(out))
        began = time.process_time()
        work(files, _emptied(out))
        return (time.process_time() - began) / len(files) * 1000


def orthanc_milliseconds(files: Sequence[Path]) -> float:
    """Return CPU milliseconds of an Orthanc server per file that it anonymises."""
    with tempfile.TemporaryDirectory() as folder, running_orthanc(Path(folder)) as server, server.session() as session:
        process = next(one for one in psutil.Process().children() if one.name() == "Orthanc")
        numbers = []
        for file in files:
            answer = session.post(f"{server.root}/instances", data=file.read_bytes(), timeout=60)
            answer.raise_for_status()
            numbers.append(answer.json()["ID"])
        began = process.cpu_times()
        for number in numbers:
            session.post(f"{server.root}/instances/{number}/anonymize", json={}, timeout=60).raise_for_status()
        ended = process.cpu_times()
    return (ended.user + ended.system - began.user - began.system) / len(files) * 1000


class _Stages(Progress):
    """Remembers when each stage of a job began."""

    def __init__(self) -> None:
        super().__init__()
        self.began: list[float] = []

    def begin(self, doing: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        super().begin(doing, total, unit, done)
        self.began.append(time.perf_counter())


@dataclass(frozen=True)
class Job:
    """What a job took: wall-clock seconds of treating, writing and checking, and of the whole; CPU seconds of its own
    process and of its workers; most MiB of one process."""

    treating: float
    whole: float
    own_cpu: float
    workers_cpu: float
    most: float


def job(source: Path, folder: Path, workers: int) -> Job:
    """De-identify all files of a folder through the job's own verb, in a new process."""
    shutil.rmtree(folder, ignore_errors=True)
    workspace = workspaces.create(folder, node="practice-upv")
    scan(workspace, [source])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_job, folder, workers).result()


def _job(folder: Path, workers: int) -> Job:
    import resource

    stages, began, before = _Stages(), time.perf_counter(), os.times()
    deidentify(workspaces.open_workspace(folder), workers=workers, progress=stages)
    ended = time.perf_counter()
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    used = os.times()
    return Job(
        stages.began[1] - stages.began[0],
        ended - began,
        used.user + used.system - before.user - before.system,
        used.children_user + used.children_system,
        most / 1024,
    )


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def compare(kind: str, options: argparse.Namespace) -> None:
    """Print CPU time per file of everybody."""
    files, out = corpus(kind, options.dir, options.files), options.dir / "out"
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.repetitions):
        found["engine alone"].append(milliseconds(engine, files, out))
        found["engine, digests, check"].append(milliseconds(checked, files, out))
        for peer in options.peer or _PEERS:
            shutil.rmtree(out, ignore_errors=True)
            answer = run_peer(peer, options.dir / kind, out, options.cache, _WARM)
            found[peer].append(answer["cpu_seconds"] / answer["files"] * 1000)
        if missing() is None:
            found["Orthanc /anonymize"].append(orthanc_milliseconds(files))
    base = statistics.median(found["engine alone"])
    print(f"{kind}: {len(files)} files, CPU ms per file, times the engine alone")
    for name, values in found.items():
        median = statistics.median(values)
        spread = f"{min(values):.2f} to {max(values):.2f}"
        print(f"  {name:<24} {median:8.2f} {median / base:7.2f} x   ({spread})", flush=True)


def compare_jobs(kind: str, options: argparse.Namespace) -> None:
    """Print wall-clock time per file of the job in one process and in two."""
    files = corpus(kind, options.dir, options.files)
    found: dict[int, list[Job]] = defaultdict(list)
    for _ in range(options.repetitions):
        for workers in (1, 2):
            found[workers].append(job(options.dir / kind, options.dir / "job", workers))
    one = _median(found[1])
    print(f"{kind}: {len(files)} files, wall-clock ms per file and times the speed of one process")
    for workers, jobs in found.items():
        here = _median(jobs)
        for name in ("treating", "whole"):
            seconds = getattr(here, name)
            ratio = getattr(one, name) / seconds
            print(f"  {workers} at work, {name:<9} {seconds / len(files) * 1000:8.2f} {ratio:7.2f} x")
        own, others = (seconds / len(files) * 1000 for seconds in (here.own_cpu, here.workers_cpu))
        print(f"  {workers} at work, CPU       {own:8.2f} in its own process, {others:.2f} in workers")
        print(f"  {workers} at work, most memory {here.most:6.0f} MiB", flush=True)


def _median(jobs: Sequence[Job]) -> Job:
    return Job(*(statistics.median(column) for column in zip(*map(astuple, jobs), strict=True)))


def main() -> None:
    """Print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--files", type=int, default=200, help="of each kind; with --jobs, some thousands tell more")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--peer", action="append", choices=_PEERS, default=None)
    parser.add_argument("--kind", action="append", choices=KINDS, default=None)
    parser.add_argument("--jobs", action="store_true")
    options = parser.parse_args()
    for kind in options.kind or KINDS:
        (compare_jobs if options.jobs else compare)(kind, options)


if __name__ == "__main__":
    main()
