"""NIfTI files and their headers (DICOM JSON, PS3.18 annex F): `name.json` beside `name.nii.gz`, or one made here."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eucaim_nb.workspace import Workspace

MANDATORY = {
    "00100020": "Patient ID",
    "00080060": "Modality",
    "00180015": "Body Part Examined",
    "00080070": "Manufacturer",
    "00080022": "Acquisition Date",
}
"""What Health-RI asks for with every image (User Guide 6.2.3)."""
ABOUT_PATIENT = frozenset(("00100020", "00100040", "00101010", "00101020", "00101030"))
"""What a header may say about a patient: pseudonym, sex, age, size, weight."""
_NAME = "00100010"
_TAG = re.compile(r"[0-9A-F]{8}")
_DATE = re.compile(r"[0-9]{8}")
_ENDINGS = (".nii.gz", ".nii")
_LONGEST_HEADER = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Pair:
    """A NIfTI file and its header; what the header says is text, empty where it says nothing."""

    image: Path
    header: Path
    ending: str
    patient: str
    study: str
    modality: str
    series_number: str
    description: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A NIfTI file that cannot be sent, and why: it has no header, or one that will not do."""

    file: Path
    message: str
    has_header: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds."""

    pairs: list[Pair]
    wrong: list[Wrong]


def find(workspace: Workspace, folder: Path) -> Found:
    """Return the NIfTI files at or below a folder, those that can be sent and the others."""
    pairs, wrong = [], []
    for image, ending in images(folder):
        try:
            pairs.append(_pair(image, ending, made_header(workspace, image)))
        except _NotFit as why:
            wrong.append(Wrong(image, str(why), not isinstance(why, _NoHeader)))
    return Found(pairs, wrong)


def made_header(workspace: Workspace, image: Path) -> Path:
    """Return where the header of a NIfTI file is, if one was made here.

    Its name holds for the file as it is now: of a file that changed, nobody has said what it was made of.
    """
    status = image.stat()
    about = f"{image.resolve()}|{status.st_size}|{status.st_mtime_ns}"
    return workspace.folder / "nifti" / f"{hashlib.sha256(os.fsencode(about)).hexdigest()[:32]}.json"


class _NotFit(Exception):
    """Why a pair cannot be sent, in words without a value of the header."""


class _NoHeader(_NotFit):
    """There is none."""


def images(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the NIfTI files at or below a folder, each with the ending of its name."""
    for path in sorted(folder.rglob("*")):
        ending = next((one for one in _ENDINGS if path.name.lower().endswith(one)), "")
        if ending and path.is_file():
            yield path, ending


def _pair(image: Path, ending: str, made: Path) -> Pair:
    header = made if made.exists() else image.with_name(f"{image.name[: -len(ending)]}.json")
    content = _read(header)
    missing = [name for tag, name in MANDATORY.items() if not _value(content, tag)]
    if missing:
        raise _NotFit(f"Its header lacks {', '.join(missing)}. Health-RI asks for them with every image.")
    patient = _value(content, "00100020")
    if not _DATE.fullmatch(_value(content, "00080022")):
        raise _NotFit("The Acquisition Date in its header is not written as YYYYMMDD.")
    telling = sorted(
        tag for tag in content if tag.startswith("0010") and tag not in ABOUT_PATIENT and _value(content, tag)
    )
    if telling == [_NAME] and _value(content, _NAME) == patient:
        telling = []
    if telling:
        shown = ", ".join(f"({tag[:4]},{tag[4:]})" for tag in telling)
        raise _NotFit(f"Its header says more about the patient than it may: {shown}. Take that out.")
    return Pair(
        image=image,
        header=header,
        ending=ending,
        patient=patient,
        study=_value(content, "0020000D") or f"{patient} {_value(content, '00080022')} {_value(content, '00080060')}",
        modality=_value(content, "00080060"),
        series_number=_value(content, "00200011"),
        description=_value(content, "0008103E"),
    )


def _read(header: Path) -> Mapping[str, Any]:
    try:
        if header.stat().st_size > _LONGEST_HEADER:
            raise _NotFit(f"The header {header.name} is too large: leave pixel data out of it.")
        content = json.loads(header.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _NoHeader(f"There is no header {header.name} beside it, and none was made here.") from None
    except (OSError, ValueError) as error:
        raise _NotFit(f"The header {header.name} cannot be read as JSON.") from error
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, dict) or not all(
        _TAG.fullmatch(tag) and isinstance(one, dict) for tag, one in content.items()
    ):
        raise _NotFit(f"The header {header.name} is not in the DICOM JSON model (PS3.18 annex F).")
    return content


def _value(content: Mapping[str, Any], tag: str) -> str:
    values = content.get(tag, {}).get("Value") or [""]
    first = values[0] if isinstance(values, list) else ""
    if isinstance(first, dict):
        first = first.get("Alphabetic", "")
    return str(first if first is not None else "").strip()
