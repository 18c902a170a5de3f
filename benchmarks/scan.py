"""How fast is a folder scanned into the ledger, how much memory does it take, and does a page still answer?

Three measurements. The whole scan (walk, headers, ledger) of both corpora, and a second scan with nothing
changed, next to the loop one would write with pydicom and SQLite; both take turns within each repetition, and
what counts is the median of the ratios. Then the time, the peak memory and the ledger of a scan of very many
small files, a hundred or twenty thousand to a folder, in a process of its own. Last, what a page asks of the
ledger while a detached job scans them.

    python -m benchmarks.scan --dir /tmp/corpora --files 200000 --repeat 5 --json scan.json

The many files are written below `--dir` and removed afterwards; `--files 0` leaves them out.
"""

import argparse
import io
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from benchmarks.corpora import ROOT, corpus
from eucaim_nb import jobs, workflow, workspace
from eucaim_nb.dicom import scan
from eucaim_nb.reference import index_attributes
from eucaim_nb.workspace import Workspace

KEYWORDS = tuple(attribute.keyword for attribute in index_attributes())
LAYOUTS = {"100 in a folder": 100, "20,000 in a folder": 20_000}
# Marks in the file that the many are made from, and what stands there in file number n, in as many digits.
MARKS: dict[bytes, Callable[[int], int]] = {
    b"1000000001": lambda n: n * 387_420_489 % 10**9,  # in no order, the worst case for the ledger
    b"2000002": lambda n: n // 100,
    b"3000003": lambda n: n // 400,
    b"404": lambda n: n % 100,
}

Row = dict[str, object]


# The whole scan, next to a plain loop


def plain_scan(folder: Path, database: Path) -> None:
    """Index a folder as one would without this package."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"CREATE TABLE instance (path, {', '.join(KEYWORDS)})")
        insert = f"INSERT INTO instance VALUES (?{', ?' * len(KEYWORDS)})"  # noqa: S608
        rows: list[tuple[str, ...]] = []
        for top, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(top, name)
                dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(KEYWORDS))
                rows.append((path, *(_text(dataset.get(keyword)) for keyword in KEYWORDS)))
                if len(rows) == 500:
                    connection.executemany(insert, rows)
                    connection.commit()
                    rows.clear()
        connection.executemany(insert, rows)
        connection.commit()


def _text(value: object) -> str:
    if isinstance(value, MultiValue):
        return "\\".join(str(one) for one in value)
    return "" if value is None else str(value)


@contextmanager
def fresh_workspace(below: Path) -> Iterator[Workspace]:
    with tempfile.TemporaryDirectory(dir=below, prefix="workspace-") as made:
        yield workspace.create(made, node="practice-upv")


def against_plain(folder: Path, files: int, below: Path, repeat: int) -> list[Row]:
    """Return one row per way to scan: files per second, and how many times faster than the plain loop."""
    runs: dict[str, list[float]] = {"plain loop with pydicom": [], "scan": [], "scan, nothing changed": []}
    for _ in range(repeat):
        with fresh_workspace(below) as opened:
            times = (
                seconds(lambda: plain_scan(folder, opened.folder / "plain.sqlite")),
                seconds(lambda: scan(opened, [folder])),
                seconds(lambda: scan(opened, [folder])),
            )
            if opened.ledger.index.totals().instances != files:
                raise SystemExit(f"{folder} does not hold {files} instances.")
        for name, took in zip(runs, times, strict=True):
            runs[name].append(took)
    plain = runs["plain loop with pydicom"]
    rows: list[Row] = []
    for name, own in runs.items():
        ratios = [base / one for base, one in zip(plain, own, strict=True)]
        rows.append(
            {
                "way": name,
                "files_per_second": round(files / statistics.median(own)),
                "times_plain": round(statistics.median(ratios), 2),
                "least": round(min(ratios), 2),
                "most": round(max(ratios), 2),
            }
        )
    return rows


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# Very many files


@contextmanager
def many_files(below: Path, files: int, to_a_folder: int) -> Iterator[Path]:
    """Write small instances, a hundred to a series and four series to a patient, for as long as it lasts."""
    template = _template()
    every_mark = re.compile(b"|".join(MARKS))
    with tempfile.TemporaryDirectory(dir=below, prefix="many-") as made:
        for number in range(files):
            folder = Path(made, f"{number // to_a_folder:05}")
            if number % to_a_folder == 0:
                folder.mkdir()
            counts = {mark: b"%d" % (10 ** (len(mark) - 1) + count(number)) for mark, count in MARKS.items()}
            content = every_mark.sub(lambda found, counts=counts: counts[found[0]], template)
            (folder / f"{number:07}.dcm").write_bytes(content)
        yield Path(made)


def _template() -> bytes:
    """Return a file of about 2 KB that holds every mark."""
    dataset = Dataset()
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{ROOT}.20240312101530.2.1000000001"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{ROOT}.3.3000003", f"{ROOT}.4.2000002"
    dataset.FrameOfReferenceUID = f"{ROOT}.5.3000003"
    dataset.PatientID, dataset.PatientName, dataset.PatientSex = "PID3000003", "Apellido^Nombre", "F"
    dataset.PatientBirthDate, dataset.PatientAge = "19600101", "064Y"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20240312"
    dataset.StudyTime, dataset.AccessionNumber = "101530", "ACC3000003"
    dataset.Modality, dataset.Manufacturer, dataset.ManufacturerModelName = "CT", "SIEMENS", "SOMATOM"
    dataset.StudyDescription, dataset.SeriesDescription = "CT thorax", "Series 2000002"
    dataset.BodyPartExamined, dataset.ProtocolName, dataset.KVP = "CHEST", "Thorax routine", "120"
    dataset.SliceThickness = "2.50"
    dataset.SeriesNumber, dataset.AcquisitionNumber, dataset.InstanceNumber = "1", "1", "404"
    dataset.ImagePositionPatient = ["-180.000", "-180.000", "404.500"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.SliceLocation = "404.500"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows = dataset.Columns = 16
    dataset.PixelSpacing = ["0.703125", "0.703125"]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = bytes(16 * 16 * 2)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def in_own_process(folder: Path, files: int, opened: Workspace) -> Row:
    """Scan on the command line and return what it took."""
    words = ("-m", "eucaim_nb", "scan", str(opened.folder), str(folder), "--json", "--quiet")
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE)
    assert child.stdout is not None
    found = json.loads(child.stdout.read())
    # Never too little: Linux counts what this process had at its peak when the child was started.
    _, child.returncode, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - began
    if found["instances"] != files:
        raise SystemExit(f"The scan found {found['instances']} of {files} instances.")
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "files": files,
        "unchanged": found["unchanged"],
        "seconds": round(took, 1),
        "files_per_second": round(files / took),
        "peak_mb": round(usage.ru_maxrss * unit / 1e6),
        "ledger_mb": round((opened.folder / "ledger.sqlite").stat().st_size / 1e6),
    }


# What a page asks while a job scans


def questions(opened: Workspace) -> dict[str, Callable[[], object]]:
    index = opened.ledger.index
    return {
        "jobs.latest": lambda: jobs.latest(opened, "scan"),
        "workflow.steps": lambda: workflow.steps(opened),
        "index.totals": index.totals,
        "index.series": index.series,
    }


def answers(folder: Path, opened: Workspace) -> list[Row]:
    """Return how long a page waits for each answer, while a detached job scans and after it has ended."""
    asked = questions(opened)
    during: dict[str, list[float]] = {name: [] for name in asked}
    job = jobs.start(opened, "scan", {"folders": [str(folder)]})
    while jobs.get(opened, job.id).alive:
        for name, question in asked.items():
            during[name].append(seconds(question))
            during["jobs.latest"].append(seconds(asked["jobs.latest"]))
            time.sleep(0.1)
    after = {name: [seconds(question) for _ in range(7)] for name, question in asked.items()}
    return [
        {
            "question": f"{name}, {when}",
            "asked": len(took),
            "median_ms": round(statistics.median(took) * 1000, 1),
            "p95_ms": round(sorted(took)[int(len(took) * 0.95)] * 1000, 1),
            "most_ms": round(max(took) * 1000, 1),
        }
        for when, times in (("during the scan", during), ("afterwards", after))
        for name, took in times.items()
    ]


def table(title: str, rows: list[Row]) -> str:
    names = list(rows[0])
    lines = [f"\n### {title}\n", f"| {' | '.join(names)} |", f"|---|{'---:|' * (len(names) - 1)}"]
    lines += [f"| {' | '.join(str(value) for value in row.values())} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Measure, print tables, and write the numbers if asked to."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the corpora are, or will be written")
    parser.add_argument("--files", type=int, default=200_000, help="how many are very many files")
    parser.add_argument("--corpus-files", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    below = arguments.dir
    below.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[Row]] = {}

    def tell(title: str, rows: list[Row]) -> None:
        results[title] = rows
        print(table(title, rows), flush=True)

    # First, while this process is small.
    for layout, to_a_folder in LAYOUTS.items() if arguments.files else ():
        with many_files(below, arguments.files, to_a_folder) as folder:
            with fresh_workspace(below) as opened:
                rows = [in_own_process(folder, arguments.files, opened) for _ in range(2)]
            tell(f"{arguments.files:,} files, {layout}: first and second scan", rows)
            if to_a_folder == min(LAYOUTS.values()):
                with fresh_workspace(below) as opened:
                    tell("A page's questions", answers(folder, opened))
    for name in ("ct", "small"):
        paths = corpus(name, below, arguments.corpus_files)
        tell(
            f"{name}: {len(paths)} files",
            against_plain(below / name, len(paths), below, arguments.repeat),
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
