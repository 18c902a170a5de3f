"""How fast are headers read, next to other readers, on one core?

Every method reads the same 25 attributes of every file and makes their values. The methods take turns within
each repetition; what counts is the median over repetitions of the ratio to pydicom in the same repetition.

    python -m benchmarks.header_read --dir /tmp/corpora --files 2000 --repeat 5 --json header_read.json

`read_header` always goes on to the pixel data and checks that they are complete, which the others do not. The
row `read_header, whole index` is not like for like: it reads all attributes of the instance index, as the
folder scan does. `cold` evicts the files from the page cache first, which works on Linux for files on a disk.
"""

import argparse
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pydicom
from pydicom.datadict import tag_for_keyword

from benchmarks.corpora import corpus
from eucaim_nb.dicom._read import read_header
from eucaim_nb.dicom._wanted import Wanted

KEYWORDS = (
    "SpecificCharacterSet",
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyDate",
    "AcquisitionDate",
    "AccessionNumber",
    "Modality",
    "Manufacturer",
    "StudyDescription",
    "SeriesDescription",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "SliceThickness",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "Rows",
    "Columns",
    "PixelSpacing",
)
WANTED = Wanted(KEYWORDS)
BASELINE = "pydicom"

Method = Callable[[list[str]], None]


def with_pydicom(paths: list[str]) -> None:
    tags = list(KEYWORDS)
    for path in paths:
        dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
        for keyword in KEYWORDS:
            dataset.get(keyword)


def with_read_header(paths: list[str]) -> None:
    for path in paths:
        read_header(path, WANTED)


def with_read_header_index(paths: list[str]) -> None:
    for path in paths:
        read_header(path)


def with_dcmdump(paths: list[str]) -> None:
    options = [word for keyword in KEYWORDS for word in ("+P", keyword)]
    for start in range(0, len(paths), 500):
        command = ["dcmdump", "-q", "-M", *options, *paths[start : start + 500]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def with_gdcm(paths: list[str]) -> None:
    import gdcm

    scanner = gdcm.Scanner()
    tags = [gdcm.Tag(*divmod(tag_for_keyword(keyword) or 0, 0x10000)) for keyword in KEYWORDS]
    for tag in tags:
        scanner.AddTag(tag)
    scanner.Scan(paths)
    for path in paths:
        for tag in tags:
            scanner.GetValue(path, tag)


def with_dicomsdl(paths: list[str]) -> None:
    import dicomsdl

    for path in paths:
        dataset = dicomsdl.open(path, 0x7FE00000)
        for keyword in KEYWORDS:
            getattr(dataset, keyword)


def with_fastdicom(paths: list[str]) -> None:
    import fastdicom

    for path in paths:
        dataset = fastdicom.dcmread(path, stop_before_pixels=True)
        for keyword in KEYWORDS:
            dataset.get(keyword)


METHODS: dict[str, Method] = {
    BASELINE: with_pydicom,
    "read_header": with_read_header,
    "read_header, whole index": with_read_header_index,
    "dcmdump +P, 500 files a call": with_dcmdump,
    "gdcm.Scanner": with_gdcm,
    "dicomsdl": with_dicomsdl,
    "fastdicom": with_fastdicom,
}
COLD_METHODS = tuple(METHODS)[:3]
_NEEDS = {with_gdcm: "gdcm", with_dicomsdl: "dicomsdl", with_fastdicom: "fastdicom"}


def installed(method: Method) -> bool:
    if method is with_dcmdump:
        return which("dcmdump") is not None
    return method not in _NEEDS or find_spec(_NEEDS[method]) is not None


def evict(paths: list[str]) -> None:
    """Drop the files from the page cache."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def seconds(method: Method, paths: list[str], *, cold: bool) -> float:
    if cold:
        evict(paths)
    began = time.perf_counter()
    method(paths)
    return time.perf_counter() - began


def measure(names: list[str], paths: list[str], repeat: int, *, cold: bool) -> list[dict[str, object]]:
    """Return one row per method: files per second, and how many times faster than the baseline."""
    runs: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        METHODS[name](paths[:50])
    for _ in range(repeat):
        for name in names:
            runs[name].append(seconds(METHODS[name], paths, cold=cold))
    rows = []
    for name in names:
        ratios = [base / own for base, own in zip(runs[BASELINE], runs[name], strict=True)]
        rows.append(
            {
                "method": name,
                "files_per_second": round(len(paths) / statistics.median(runs[name])),
                "times_pydicom": round(statistics.median(ratios), 2),
                "least": round(min(ratios), 2),
                "most": round(max(ratios), 2),
            }
        )
    return rows


def table(title: str, rows: list[dict[str, object]], absent: list[str]) -> str:
    lines = [f"\n### {title}\n", "| method | files/s | x pydicom | range |", "|---|---:|---:|---|"]
    lines += [
        f"| {row['method']} | {row['files_per_second']} | {row['times_pydicom']} "
        f"| {row['least']} - {row['most']} |"
        for row in rows
    ]
    lines += [f"| {name} | not installed | | |" for name in absent]
    return "\n".join(lines)


def main() -> None:
    """Measure, print tables, and write the numbers if asked to."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the corpora are, or will be written")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    available = [name for name, method in METHODS.items() if installed(method)]
    absent = [name for name in METHODS if name not in available]
    results: dict[str, list[dict[str, object]]] = {}
    for name in ("ct", "small"):
        paths = [str(path) for path in corpus(name, arguments.dir, arguments.files)]
        warm = measure(available, paths, arguments.repeat, cold=False)
        results[f"{name}, warm"] = warm
        print(table(f"{name}: {len(paths)} files, warm", warm, absent), flush=True)
        if hasattr(os, "posix_fadvise"):
            cold = measure(list(COLD_METHODS), paths, min(arguments.repeat, 3), cold=True)
            results[f"{name}, cold"] = cold
            print(table(f"{name}: {len(paths)} files, cold", cold, []), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
