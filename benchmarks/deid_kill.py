"""Kill a de-identification at random points, run it again, and compare with a run that nobody disturbed.

    python -m benchmarks.deid_kill --dir DIR [--files 500] [--kills 20] [--seed 1] [--workers 2]

Every time the whole tree of processes is killed at once (SIGKILL; TerminateProcess on Windows), at a moment drawn from
the time that a whole run takes: while processes start, files are written, indexed or verified. Then the same command
runs to its end. Compared are: every output by path and SHA-256, both tables of the crosswalk, the days between studies,
and what the ledger says of each original. Prints a line a kill; ends with 1 if any differs.
"""

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil

from benchmarks.corpora import corpus
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.identity import key_of
from eucaim_nb.ledger import DeidState
from eucaim_nb.workspace import Workspace

_TABLES = ("private/patient_mapping.csv", "private/uid_mapping.csv", "clinical/relative_days.csv")
_RUN = "import sys; from eucaim_nb.deid import deidentify; from eucaim_nb.workspace import open_workspace"
_RUN += "; print(deidentify(open_workspace(sys.argv[1]), workers=int(sys.argv[2])).verified)"


def prepared(folder: Path, originals: Path, key: Path | None) -> Workspace:
    """Make a workspace with these originals in its index, and with a key that was made before."""
    shutil.rmtree(folder, ignore_errors=True)
    made = workspaces.create(folder, node="practice-upv")
    if key is None:
        key_of(made)
    else:
        shutil.copyfile(key, made.folder / "private" / key.name)
    scan(made, [originals])
    return made


def command(workspace: Workspace, workers: int) -> list[str]:
    """Return the command of a run in a process of its own."""
    return [sys.executable, "-c", _RUN, str(workspace.folder), str(workers)]


def outcome(workspace: Workspace) -> dict[str, str]:
    """Return everything that a run leaves, by name: digests of files, and the ledger's rows without times."""
    files = [path for path in workspace.deidentified.rglob("*") if path.is_file()]
    files += [workspace.folder / name for name in _TABLES]
    found = {
        path.relative_to(workspace.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }
    for row in workspace.ledger.deidentified.rows():
        verified = row.verified_at is not None
        kept = (row.state, row.kind, row.reason, row.output, row.sha256, row.source_sha256, dict(row.counts), verified)
        found[f"original {row.file_id}"] = repr(kept)
    return found


def killed(workspace: Workspace, workers: int, after: float) -> float | None:
    """Start a run and kill it with everything it started; return how long it took if it ended before."""
    began = time.monotonic()
    running = subprocess.Popen(command(workspace, workers), stdout=subprocess.DEVNULL)
    try:
        running.wait(after)
        return time.monotonic() - began
    except subprocess.TimeoutExpired:
        pass
    tree = [*psutil.Process(running.pid).children(recursive=True), psutil.Process(running.pid)]
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    running.wait()
    psutil.wait_procs(tree, timeout=20)
    return None


def main() -> None:
    """Kill, resume, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    corpus("small", options.dir, options.files)
    originals = options.dir / "small"
    undisturbed = prepared(options.dir / "undisturbed", originals, None)
    began = time.monotonic()
    subprocess.run(command(undisturbed, options.workers), check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    wanted, key = outcome(undisturbed), undisturbed.folder / "private" / "pseudonym.key"
    counts = undisturbed.ledger.deidentified.counts()
    print(f"undisturbed: {counts.written:,} written, {counts.verified:,} verified, {seconds:.1f} s")
    print(f"seed {options.seed}, {options.workers} workers")
    chance, said = random.Random(options.seed), Counter[str]()
    for number in range(1, options.kills + 1):
        while True:
            after = chance.uniform(0.02, 0.98) * seconds
            disturbed = prepared(options.dir / "disturbed", originals, key)
            took = killed(disturbed, options.workers, after)
            if took is None:
                break
            seconds = took  # the machine has become faster: draw again
        left = len(list(disturbed.deidentified.rglob("*.dcm")))
        noted = len(list(disturbed.ledger.deidentified.rows(DeidState.WRITTEN)))
        subprocess.run(command(disturbed, options.workers), check=True, stdout=subprocess.DEVNULL)
        found = outcome(disturbed)
        differing = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        word = "identical" if not differing else f"{len(differing):,} DIFFER, such as {differing[0]}"
        said["identical" if not differing else "different"] += 1
        there = f"{left:,} files were there, {noted:,} noted"
        print(f"{number:3}  killed after {after:5.2f} of {seconds:.1f} s: {there}; then {word}", flush=True)
    print(f"{said['identical']} of {options.kills} identical to the undisturbed run")
    sys.exit(1 if said["different"] else 0)


if __name__ == "__main__":
    main()
