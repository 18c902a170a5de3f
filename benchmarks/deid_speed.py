"""CPU time of de-identification per file: the engine alone, with digests and the independent check, beside the peers.

    python -m benchmarks.deid_speed --dir DIR [--files N] [--cache C]

Peers run in Pythons of their own (see `benchmarks.deid.peers`), on the same files, one after the other with ours in
every repetition; a number is the median of the repetitions. Ours writes its outputs as the peers do, without fsync.
"""

import argparse
import gc
import hashlib
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpora import corpus
from benchmarks.deid.peers import default_cache, run_peer
from eucaim_nb.deid import Rules, load_profile, verify_file
from eucaim_nb.deid._engine import Engine
from eucaim_nb.identity import Key, Pseudonyms

_PEERS = ("dicom-anonymizer", "dicognito", "dcm-anonymizer", "deid")


def engine(files: list[Path], out: Path) -> None:
    """Treat and write."""
    treat = Engine(load_profile("eucaim"), Pseudonyms(Key(bytes(range(32))), "EUCAIM")).treat
    for number, file in enumerate(files):
        with (out / f"{number}.dcm").open("wb") as target:
            target.writelines(treat(memoryview(file.read_bytes())).pieces)


def checked(files: list[Path], out: Path) -> None:
    """Treat, digest both, write, and check the output against its original."""
    profile = load_profile("eucaim")
    treat = Engine(profile, Pseudonyms(Key(bytes(range(32))), "EUCAIM")).treat
    for number, file in enumerate(files):
        data = file.read_bytes()
        made = b"".join(treat(memoryview(data)).pieces)
        hashlib.sha256(data).digest()
        hashlib.sha256(made).digest()
        (out / f"{number}.dcm").write_bytes(made)
        # The corpus has the same invented word in descriptors and in identifiers, so this may find some.
        verify_file(data, made, profile=profile)


def milliseconds(work: Callable[[list[Path], Path], None], files: list[Path], out: Path) -> float:
    """Return CPU milliseconds per file."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    began = time.process_time()
    work(files, out)
    return (time.process_time() - began) / len(files) * 1000


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--peer", action="append", choices=_PEERS, default=None)
    options = parser.parse_args()
    Rules.compile(load_profile("eucaim"), "")
    gc.freeze()  # as the job does
    for kind in ("ct", "small"):
        files = corpus(kind, options.dir, options.files)
        folder = options.dir / kind
        peers = options.peer or list(_PEERS)
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(options.repetitions):
            out = options.dir / "out"
            found["engine alone"].append(milliseconds(engine, files, out))
            found["engine, digests, check"].append(milliseconds(checked, files, out))
            for peer in peers:
                shutil.rmtree(out, ignore_errors=True)
                answer = run_peer(peer, folder, out, options.cache)
                found[peer].append(answer["cpu_seconds"] / answer["files"] * 1000)
        base = statistics.median(found["engine alone"])
        print(f"{kind}: {len(files)} files, CPU ms per file, times the engine alone")
        for name, values in found.items():
            median = statistics.median(values)
            print(f"  {name:<24} {median:8.2f} {median / base:7.1f} x")


if __name__ == "__main__":
    main()
