"""What may be sent: the exports of the last preparation, unchanged, of pseudonyms, for every patient with images."""

import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from .._gate import Concern

_PREPARED = "clinical data prepared"
_SUBJECT = "PatientID"


class Against(StrEnum):
    """What speaks against sending; the value is the event that a typed reason leaves in the audit trail."""

    NO_PSEUDONYMS = "clinical data sent, subjects not verified as pseudonyms"
    NO_ROW = "clinical data sent, patients with images have no row"


@dataclass(frozen=True)
class Ready:
    """The exports that may be sent.

    Attributes
    ----------
    files
        Bytes by kind of export and name of the file.
    pseudonyms
        `key`: the preparation replaced every Patient ID as those of the images are. `keep`: the table had them.
    """

    files: Mapping[str, Mapping[str, bytes]]
    pseudonyms: str

    def only(self, kind: str) -> bytes | None:
        """Return the file of a kind of export that has one; None if it was not made."""
        return next(iter(self.files.get(kind, {}).values()), None)

    @cached_property
    def subjects(self) -> set[str]:
        """Every subject that any export names."""
        found: set[str] = set()
        for kind in ("upv-csv", "xnat-csv"):
            if (data := self.only(kind)) is not None:
                found |= {row[_SUBJECT] for row in rows_of(data)}
        for kind, name in (("eforms", "subjectName"), ("eforms-flat", "subjectName"), ("xnat-json", _SUBJECT)):
            if (data := self.only(kind)) is not None:
                found |= {str(one[name]) for one in json.loads(data)}
        if (data := self.only("xnat-variables")) is not None:
            found |= set(json.loads(data))
        return found


def rows_of(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a table that the preparation wrote."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def ready(workspace: Workspace) -> Ready:
    """Return the exports of the last preparation.

    Raises
    ------
    WorkspaceError
        Nothing was prepared, something stood in the way of the export, or a file is not as it was written.
    """
    prepared = next((one for one in reversed(workspace.ledger.events.all()) if one.action == _PREPARED), None)
    if prepared is None:
        raise WorkspaceError("No clinical data were prepared. Map and check the table first.")
    detail = prepared.detail
    listed = detail.get("files")
    if not isinstance(listed, list):
        raise WorkspaceError("The clinical data were prepared by an older version. Prepare them again.")
    if detail["errors"] or not listed:
        raise WorkspaceError(
            "Findings stand in the way of the clinical data, so nothing was exported. Mend them, then prepare again."
        )
    files: dict[str, dict[str, bytes]] = {}
    for one in listed:
        files.setdefault(one["kind"], {})[one["file"]] = _read(workspace, one["file"], one["sha256"])
    return Ready(files, str(detail.get("pseudonyms", "keep")))


def _read(workspace: Workspace, name: str, sha256: str) -> bytes:
    try:
        data = (workspace.folder / "clinical" / name).read_bytes()
    except OSError as error:
        raise WorkspaceError(f"clinical/{name} cannot be read: {error.strerror}. Prepare the table again.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WorkspaceError(f"clinical/{name} was changed since it was checked. Prepare the table again.")
    return data


def not_pseudonyms(workspace: Workspace, made: Ready) -> set[str]:
    """Return the subjects that are not known to be pseudonyms."""
    crosswalk = list(workspace.ledger.deidentified.crosswalk("patient"))
    new = {name for _, name in crosswalk}
    if made.pseudonyms != "key":
        return made.subjects - new
    headers = workspace.ledger.index.headers(("PatientID",), workspace.originals())
    originals = {row["PatientID"].strip() for row in headers} | {old.strip() for old, _ in crosswalk}
    return (made.subjects & originals) - new


def without_row(workspace: Workspace, made: Ready) -> set[str]:
    """Return the patients whose images may be sent and whom no export names."""
    index, originals = workspace.ledger.index, set(workspace.originals())
    sources = {number for number, _, _ in index.sources()}
    ids = sorted(sources - originals) or (sorted(originals) if made.pseudonyms == "keep" else [])
    series = set(workspace.ledger.uploads.candidate_series(ids)) if ids else set()
    headers = index.headers(("PatientID", "StudyInstanceUID", "SeriesInstanceUID"), ids) if ids else []
    patients = {
        row["PatientID"].strip() for row in headers if (row["StudyInstanceUID"], row["SeriesInstanceUID"]) in series
    }
    return patients - {""} - made.subjects


def concerns(workspace: Workspace) -> tuple[Concern, ...]:
    """Return what speaks against sending the exports; it would be refused without a reason.

    Raises
    ------
    WorkspaceError
        Nothing is ready to be sent.
    """
    return concerns_of(workspace, ready(workspace))


def concerns_of(workspace: Workspace, made: Ready) -> tuple[Concern, ...]:
    """Return what speaks against sending some exports."""
    found = []
    if unknown := len(not_pseudonyms(workspace, made)):
        found.append(
            Concern(
                Against.NO_PSEUDONYMS,
                unknown,
                f"{unknown:,} subjects of the clinical data are not known to be pseudonyms made here.",
                "Have the preparation replace Patient IDs (subjects.pseudonyms: key).",
                {"subjects": unknown},
            )
        )
    # UPV's dataset service looks every patient of a data set up among the forms, and fails if one has none.
    if node_defaults()[workspace.settings.node]["family"] == "upv" and (lone := len(without_row(workspace, made))):
        found.append(
            Concern(
                Against.NO_ROW,
                lone,
                f"{lone:,} patients with images have no row in the clinical data: the node cannot make a data set of "
                "them.",
                "Complete the table and prepare it again, or leave their series out (data quality). "
                "private/clinical_subjects.csv names them.",
                {"patients": lone},
            )
        )
    return tuple(found)


def check_allowed(workspace: Workspace, found: Collection[Concern], override: str | None) -> None:
    """Refuse to send what something speaks against, unless a reason was typed; that goes to the audit trail.

    Raises
    ------
    Refused
        There is no reason.
    """
    reason = (override or "").strip()
    if found and not reason:
        said = " ".join(f"{one.words} {one.remedy}" for one in found)
        raise Refused(f"{said} Or give the reason why the clinical data may be sent as they are; it is recorded.")
    for one in found:
        workspace.ledger.events.record(one.against, reason=reason, **one.detail)
