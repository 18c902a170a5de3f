"""Run one de-identification package over a folder, with its defaults; started by `peers` in that package's own Python.

    python peer_run.py NAME INPUT OUTPUT [WARM]

The last line of its output is JSON: seconds of CPU time, files tried, and files that raised an error. The clock starts
when the package is imported and, with WARM, has treated so many files before. Stays free of imports from this project,
which is not installed there.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

Step = Callable[[Path, Path], None]


def dicom_anonymizer(top: Path, out: Path) -> Step:
    from dicomanonymizer.simpledicomanonymizer import anonymize_dicom_file, initialize_actions

    def rules() -> dict:
        return initialize_actions("dicomfields_2026c")

    def step(file: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        anonymize_dicom_file(str(file), str(target), base_rules_gen=rules)

    return step


def dicognito(top: Path, out: Path) -> Step:
    import pydicom
    from dicognito.anonymizer import Anonymizer

    anonymizer = Anonymizer(seed="benchmark")

    def step(file: Path, target: Path) -> None:
        dataset = pydicom.dcmread(file)
        anonymizer.anonymize(dataset)
        # Its command names files by their new SOP Instance UID.
        name = f"{dataset.get('SOPInstanceUID') or uuid.uuid4()}.dcm"
        dataset.save_as(out / name, enforce_file_format=True)

    return step


def deid(top: Path, out: Path) -> Step:
    from deid.dicom import replace_identifiers

    def step(file: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_identifiers([str(file)], save=True, overwrite=True, output_folder=str(target.parent))

    return step


def dcm_anonymizer() -> Step:
    from dcm_anon.cli import main

    return lambda top, out: main([str(top), str(out), "--continue-on-error", "--salt", "benchmark"])


EACH = {"dicom-anonymizer": dicom_anonymizer, "dicognito": dicognito, "deid": deid}
WHOLE = {"dcm-anonymizer": dcm_anonymizer}


def main() -> None:
    name, top, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    warm = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    files = [
        path for path in sorted(top.rglob("*")) if path.is_file() and path.read_bytes()[128:132] == b"DICM"
    ]
    out.mkdir(parents=True, exist_ok=True)
    if name in EACH:
        step = EACH[name](top, out)
        for file in files[:warm]:
            step(file, out / file.relative_to(top))
        began = _seconds()
        failed = sum(_fails(step, file, out / file.relative_to(top)) for file in files)
    else:
        whole = WHOLE[name]()
        with tempfile.TemporaryDirectory() as aside:
            few = Path(aside, "in")
            for number, file in enumerate(files[:warm]):
                few.mkdir(exist_ok=True)
                shutil.copyfile(file, few / f"{number}.dcm")
            if warm:
                _fails(whole, few, Path(aside, "out"))
        began = _seconds()
        failed = _fails(whole, top, out)
    line = json.dumps({"cpu_seconds": _seconds() - began, "files": len(files), "failed": failed})
    os.write(1, f"\n{line}\n".encode())


def _fails(step: Step, source: Path, target: Path) -> int:
    """Tell whether a package cannot take a file, which must not end its run."""
    try:
        step(source, target)
    except SystemExit as end:
        return int(bool(end.code))
    except Exception as error:
        print(f"{source.suffix} {type(error).__name__}: {error}"[:200], file=sys.stderr)
        return 1
    return 0


def _seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
