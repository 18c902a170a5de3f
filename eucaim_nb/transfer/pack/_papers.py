"""What lies beside the images of a pack: tables, the check report, and what to do with it all."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eucaim_nb.cells import defused
from eucaim_nb.clinical_files import exported_files
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import UploadItem
from eucaim_nb.reference import actions, links
from eucaim_nb.reports import Column, document, facts, paragraph, section, table

_ACTIONS = ("ingestion-tool", "upload-images", "upload-clinical")
_FAMILY = "upv"


@dataclass(frozen=True, slots=True)
class Packed:
    """One image of the pack: its path in it, and the digest of its bytes."""

    path: str
    sha256: str
    item: UploadItem


def manifest(images: Sequence[Packed]) -> str:
    """Return the table of all images."""
    rows = (
        (item.patient_id, item.study_uid, item.series_uid, item.sop_uid, one.path, item.size, one.sha256)
        for one in images
        for item in [one.item]
    )
    header = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "File", "Bytes", "SHA256")
    return _table(header, rows)


def patients(images: Sequence[Packed]) -> str:
    """Return the table of patients; the columns of the clinical form of the project go to its right."""
    rows = (
        (patient, len(studies), len(series), count) for patient, (studies, series, count) in _by_patient(images).items()
    )
    return _table(("PatientID", "Studies", "Series", "Images"), rows)


def clinical_tables(workspace: Path) -> list[Path]:
    """Return the tables that the preparation of clinical data made for the uploader; none if nothing was exported.

    Raises
    ------
    WorkspaceError
        The list of exports is damaged, or a table is not as it was written.
    """
    folder = workspace / "clinical"
    found = {folder / one.file: one.sha256 for one in exported_files(workspace) if one.kind == "upv-csv"}
    try:
        changed = [path for path, sha256 in found.items() if hashlib.sha256(path.read_bytes()).hexdigest() != sha256]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise WorkspaceError(
            f"A clinical table cannot be read: {error.strerror}. Prepare the clinical data again."
        ) from error
    if changed:
        raise WorkspaceError(f"{changed[0].name} was changed since it was checked. Prepare the clinical data again.")
    return list(found)


def clinical_problems(path: Path, known: Mapping[str, object]) -> list[str]:
    """Say what the node would stumble over in a clinical table.

    That is: strangers, patients without a row, patients twice, rows of another length.
    """
    problems = []
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        header, *rows = list(csv.reader(file))
    strangers = sum(1 for row in rows if row and row[0] not in known)
    lone = len(known.keys() - {row[0] for row in rows if row})
    crooked = sum(1 for row in rows if row and len(row) != len(header))
    twice = len([row for row in rows if row]) - len({row[0] for row in rows if row})
    if strangers:
        problems.append(f"{path.name}: {strangers:,} rows are of patients without images in this pack.")
    if lone:
        problems.append(f"{path.name}: {lone:,} patients of this pack have no row.")
    if crooked:
        problems.append(f"{path.name}: {crooked:,} rows have more or fewer cells than the heading.")
    if twice:
        problems.append(f"{path.name}: {twice:,} rows repeat a patient.")
    return problems


def report(images: Sequence[Packed], project: str, site: str, unverified: int, problems: Sequence[str]) -> str:
    """Return the check report; it names patients only by their pseudonyms."""
    everyone = _by_patient(images)
    counted = [
        ("Patients", f"{len(everyone):,}"),
        ("Series", f"{len({(one.item.study_uid, one.item.series_uid) for one in images}):,}"),
        ("Images", f"{len(images):,}"),
        ("Bytes", f"{sum(one.item.size for one in images):,}"),
        ("Project", project or "not set"),
        ("SITE ID", site or "not set"),
        ("Not verified as de-identified", f"{unverified:,}"),
    ]
    lines = [paragraph(text) for text in problems] or [paragraph("Nothing was found that the node would refuse.")]
    columns = [Column("Patient"), *(Column(name, numbers=True) for name in ("Studies", "Series", "Images"))]
    rows = [(patient, len(studies), len(series), count) for patient, (studies, series, count) in everyone.items()]
    return document(
        "Pack for the uploader: check report",
        section("What is in it", facts(counted)),
        section("What to look at", *lines),
        section("Patients", table(columns, rows, "Patients and their images")),
    )


def steps() -> str:
    """Return what a person does with the pack, out of EUCAIM's procedure."""
    known, lines = links(), ["WHAT TO DO WITH THIS FOLDER", ""]
    lines += ["images/ holds what to upload. patients.csv lists the patients: PatientID comes first, as the node asks."]
    lines += ["manifest.csv has a digest of every file. check.html says what was checked.", ""]
    for action in actions():
        if action.id not in _ACTIONS:
            continue
        lines += [action.title.upper(), f"(from: {action.source}; read on {action.read_on})"]
        wanted = [one for one in action.instructions if not one.families or _FAMILY in one.families]
        for number, one in enumerate(wanted, 1):
            lines.append(f"{number}. {' '.join(one.text.split())}")
            lines += [f"   {known[link].title}: {known[link].url}" for link in one.links if link in known]
        lines.append("")
    lines += ["Afterwards compare the numbers of images at the node with check.html, and note it in the workspace.", ""]
    return "\n".join(lines)


def _by_patient(images: Sequence[Packed]) -> dict[str, tuple[set[str], set[str], int]]:
    found: dict[str, tuple[set[str], set[str], int]] = {}
    for one in images:
        studies, series, count = found.get(one.item.patient_id, (set(), set(), 0))
        studies.add(one.item.study_uid)
        series.add(one.item.series_uid)
        found[one.item.patient_id] = studies, series, count + 1
    return found


def _table(header: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([defused(one) if isinstance(one, str) else one for one in row] for row in rows)
    return text.getvalue()
