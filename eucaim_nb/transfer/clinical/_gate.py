"""What may be sent: the exports of the last preparation, unchanged, of subjects that are pseudonyms."""

import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.workspace import Workspace

_PREPARED = "clinical data prepared"
_OVERRIDDEN = "clinical data sent, subjects not verified as pseudonyms"
_SUBJECT = "PatientID"


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


def unverified(workspace: Workspace) -> int:
    """Count the subjects of the exports that `send` would refuse without a reason.

    Raises
    ------
    WorkspaceError
        Nothing is ready to be sent.
    """
    return len(not_pseudonyms(workspace, ready(workspace)))


def check_allowed(workspace: Workspace, unknown: Collection[str], override: str | None) -> None:
    """Refuse to send subjects that are not known to be pseudonyms, unless a reason was typed; that is recorded.

    Raises
    ------
    Refused
        There is no reason.
    """
    if not unknown:
        return
    reason = (override or "").strip()
    if not reason:
        raise Refused(
            f"{len(unknown):,} subjects of the clinical data are not known to be pseudonyms made here. Have the "
            "preparation replace Patient IDs (subjects.pseudonyms: key), or give the reason why they may be sent; it "
            "is recorded."
        )
    workspace.ledger.events.record(_OVERRIDDEN, reason=reason, subjects=len(unknown))
