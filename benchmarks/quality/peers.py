"""What other programs make of the same folders: dcm2niix, SimpleITK, dciodvfy, dcentvfy, dicom-validator.

A peer tells a fault when it says or makes something of the folder that it does not of the clean stack of the same
orientation. The Python ones run in a virtual environment of their own (`--peers`, with `pip install SimpleITK dcm2niix
dicom-validator`).
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

_SECONDS = 600
_ITK = """
import json, sys
import SimpleITK as sitk
found = []
for folder in json.load(sys.stdin):
    said = []
    try:
        ids = sitk.ImageSeriesReader.GetGDCMSeriesIDs(folder)
        for one in ids:
            image = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(folder, one))
            said.append([len(ids), "read"])
    except Exception as error:
        said.append("error")
    found.append(said)
print(json.dumps(found))
"""


Peer = Callable[[Sequence[Path]], list[str]]


def available(peers: Path) -> dict[str, Peer]:
    """Return the peers that are here, each as a function from folders to what it says of each, in a form to compare."""
    found: dict[str, Peer] = {}
    niix = shutil.which("dcm2niix") or shutil.which(str(peers / "bin" / "dcm2niix"))
    if niix:
        found["dcm2niix"] = lambda folders: [_niix(niix, folder) for folder in folders]
    python = peers / "bin" / "python"
    if python.exists() and _run([python, "-c", "import SimpleITK"]).returncode == 0:
        found["SimpleITK"] = lambda folders: _itk(python, folders)
    for name in ("dciodvfy", "dcentvfy"):
        if program := shutil.which(name):
            find = _iodvfy if name == "dciodvfy" else _entvfy
            found[name] = lambda folders, program=program, find=find: [
                find(program, folder) for folder in folders
            ]
    return found


def why_not_dicom_validator(peers: Path) -> str:
    """Say what happens when dicom-validator is run here; it needs the standard's text from the network."""
    program = peers / "bin" / "validate_iods"
    if not program.exists():
        return "not installed"
    with tempfile.TemporaryDirectory() as empty:
        done = _run([program, "--standard-path", empty, empty])
        said = (done.stdout + done.stderr).strip().splitlines()
    return f"exit {done.returncode}: {said[-1]}" if done.returncode or not said else "runs"


def _niix(program: str, folder: Path) -> str:
    with tempfile.TemporaryDirectory() as out:
        done = _run([program, "-b", "n", "-f", "%p", "-o", out, folder])
        volumes = len(list(Path(out).glob("*.nii*")))
    warnings = sorted(
        {
            re.sub(r"[\d.]+", "#", line)[:60]
            for line in (done.stdout + done.stderr).splitlines()
            if re.match(r"(warning|error|note)", line, re.IGNORECASE) or "missing" in line.lower()
        }
    )
    return f"{done.returncode != 0} {volumes} {warnings}"


def _itk(python: Path, folders: Sequence[Path]) -> list[str]:
    """Read everything in one process, as starting one takes longer than reading a stack."""
    inside = [
        sorted({str(path.parent) for path in folder.rglob("*") if path.is_file()}) for folder in folders
    ]
    every = [one for some in inside for one in some]
    # What stands on standard error of a C++ library does not reach a notebook, so it does not count.
    done = _run([python, "-c", _ITK], stdin=json.dumps(every))
    said = iter(json.loads(done.stdout.strip().splitlines()[-1]))
    return [str([next(said) for _ in some]) for some in inside]


def _iodvfy(program: str, folder: Path) -> str:
    said: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            done = _run([program, "-new", path])
            said |= {
                re.sub(r"\d+", "#", line)[:80]
                for line in done.stderr.splitlines()
                if line.startswith("Error")
            }
            said |= {"crash"} if done.returncode < 0 or done.returncode > 127 else set()
    return str(sorted(said))


def _entvfy(program: str, folder: Path) -> str:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    done = _run([program, *paths])
    return str(
        sorted(
            {re.sub(r"[\d.]+|<[^>]*>", "#", line)[:80] for line in (done.stdout + done.stderr).splitlines()}
        )
    )


def _run(command: list[object], stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(part) for part in command],
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=_SECONDS,
    )
