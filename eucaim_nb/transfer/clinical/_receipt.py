"""The receipt of clinical data: what the node gives back of what was sent, piece by piece, sealed."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eucaim_nb.ledger import ClinicalUpload, UploadState
from eucaim_nb.nodes import Service
from eucaim_nb.reports import (
    Column,
    document,
    moment,
    paragraph,
    seal,
    sealed,
    section,
    table,
    write,
    write_json,
)
from eucaim_nb.workspace import Workspace

from .._receipt_parts import decisions, decisions_made, receipt_head, receipt_made
from ._gate import Against

FORMAT = "eucaim_nb receipt of clinical data"
_VERSION = 1
_NAME = "clinical_upload"
_EVENTS = (
    "clinical data prepared",
    *Against,
    "clinical upload",
)
_WORDS = {
    "form": "Forms of subjects",
    "variables": "Custom variables of subjects",
    "rows": "Rows of subjects, as files",
    "file": "Files of the project",
}


def write_receipt(workspace: Workspace, service: Service, *, identifying: bool) -> Path:
    """Write `clinical_upload.html` and `.json` from what the journal knows now.

    Parameters
    ----------
    identifying
        Whether subjects may be no pseudonyms: then it goes to `private/`, else to `reports/`.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    records = workspace.ledger.clinical_uploads.records(workspace.settings.node)
    content = {
        **receipt_head(workspace, service, FORMAT, _VERSION),
        "contains_identifiers": identifying,
        "pieces": {kind: _states(one for one in records if one.kind == kind) for kind in _WORDS},
        "events": decisions(workspace, _EVENTS),
    }
    receipt = sealed(workspace, content, [_piece(one) for one in records])
    folder = workspace.folder / ("private" if identifying else "reports")
    write_json(folder / f"{_NAME}.json", receipt)
    return write(folder / f"{_NAME}.html", _document(receipt))


def _states(records: Any) -> dict[str, int]:
    counts = Counter(one.state for one in records)
    return {state.value: counts[state] for state in UploadState if counts[state]}


def _piece(record: ClinicalUpload) -> dict[str, object]:
    return {
        "kind": record.kind,
        "name": record.name,
        "bytes": record.size,
        "sha256": record.digest,
        "state": record.state.value,
        "answer": record.status,
        "attempts": record.attempts,
        "at": moment(record.changed_at),
    }


def _document(receipt: Mapping[str, Any]) -> str:
    node, pieces = receipt["node"], receipt["files"]
    verified = sum(one["state"] == UploadState.VERIFIED for one in pieces)
    warning = "This receipt contains identifiers of patients: it stays in the private folder. "
    return document(
        "Receipt of clinical data",
        paragraph(
            (warning if receipt["contains_identifiers"] else "")
            + f"{node['title']} gives back {verified:,} of {len(pieces):,} pieces as they were sent from here."
        ),
        receipt_made(receipt),
        section(
            "Pieces",
            table(
                [Column("What"), *(Column(state.capitalize(), numbers=True) for state in UploadState)],
                (
                    (_WORDS[kind], *(f"{counts.get(state, 0):,}" for state in UploadState))
                    for kind, counts in receipt["pieces"].items()
                    if counts
                ),
                "What was sent, by how far it came",
            ),
        ),
        decisions_made(receipt),
        section("Seal", *seal(receipt), paragraph(f"The file {_NAME}.json lists every piece with its digest.")),
    )
