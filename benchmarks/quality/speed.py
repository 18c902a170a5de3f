"""How fast are the levels quick and standard, next to a bare read of the headers and a plain SHA-256 of the same files?

Each repetition scans one corpus into a new workspace (not counted), and then times in turn: reading every header with
pydicom, hashing every file, `quality.run` at the level quick, and at the level standard. What counts is the median of
the ratios. The memory is the peak of a process that checks many small files after their scan, at two sizes.

    python -m benchmarks.quality.speed --dir /tmp/corpora --files 2000 --many 20000 --repeat 5
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pydicom

from benchmarks.corpora import corpus
from benchmarks.scan import fresh_workspace, many_files, seconds
from eucaim_nb import quality
from eucaim_nb.dicom import scan

_MEMORY = """
import resource, sys
from eucaim_nb import quality, workspace
opened = workspace.open_workspace(sys.argv[1])
done = quality.run(opened, level=sys.argv[2])
print(done.files, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, done.seconds)
"""


def headers(paths: list[Path]) -> None:
    """Read every header as one would with pydicom alone."""
    for path in paths:
        pydicom.dcmread(path, stop_before_pixels=True)


def digests(paths: list[Path]) -> None:
    """Hash every file."""
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def times(name: str, below: Path, files: int, repeat: int) -> dict[str, object]:
    """Return files per second and ratios for one corpus."""
    paths = corpus(name, below, files)
    rows: dict[str, list[float]] = {"headers": [], "sha256": [], "quick": [], "standard": []}
    for _ in range(repeat):
        with fresh_workspace(below) as opened:
            scan(opened, [below / name])
            rows["headers"].append(seconds(lambda: headers(paths)))
            rows["quick"].append(seconds(lambda: quality.run(opened, level="quick")))
            rows["sha256"].append(seconds(lambda: digests(paths)))
            rows["standard"].append(seconds(lambda: quality.run(opened, level="standard")))
    quick = [a / b for a, b in zip(rows["headers"], rows["quick"], strict=True)]
    standard = [b / a for a, b in zip(rows["sha256"], rows["standard"], strict=True)]
    return {
        "corpus": name,
        "files": files,
        **{f"{way}, files/s": round(files / statistics.median(took)) for way, took in rows.items()},
        "quick, times the rate of reading headers": round(statistics.median(quick), 2),
        "standard, times the time of SHA-256": round(statistics.median(standard), 2),
    }


def memory(below: Path, files: int, level: str) -> str:
    """Return what a process says that checks so many files: files, peak MB, seconds."""
    with many_files(below, files, 100) as folder, fresh_workspace(below) as opened:
        scan(opened, [folder])
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, str(opened.folder), level],
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path(tempfile.gettempdir(), "corpora"))
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--many", type=int, default=20000, help="small files for the memory; 0 leaves it out")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    for name in ("ct", "small"):
        print(json.dumps(times(name, options.dir, options.files, options.repeat)))
    for level in ("quick", "standard"):
        for files in (options.many // 10, options.many) if options.many else ():
            print(f"memory, {level}: files, peak MB, seconds: {memory(options.dir, files, level)}")


if __name__ == "__main__":
    main()
