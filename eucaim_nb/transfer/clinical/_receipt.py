"""The receipt of clinical data: what the node gives back of what was sent, piece by piece, sealed."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eucaim_nb import __version__
from eucaim_nb.ledger import ClinicalUpload, UploadState
from eucaim_nb.nodes import Service
from eucaim_nb.reports import Column, document, facts, paragraph, seal, sealed, section, table, write
from eucaim_nb.workspace import Workspace

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
        "format": FORMAT,
        "version": _VERSION,
        "made_at": _moment(datetime.now(UTC).timestamp()),
        "submission": workspace.settings.id,
        "program": f"eucaim_nb {__version__}",
        "node": {
            "name": workspace.settings.node,
            "title": service.title,
            "address": service.url,
            "project": workspace.settings.project,
        },
        "contains_identifiers": identifying,
        "pieces": {kind: _states(one for one in records if one.kind == kind) for kind in _WORDS},
        "events": [
            {"at": _moment(event.at), "event": event.action, "detail": dict(event.detail)}
            for event in workspace.ledger.events.all()
            if event.action in _EVENTS
        ],
    }
    receipt = sealed(workspace, content, [_piece(one) for one in records])
    folder = workspace.folder / ("private" if identifying else "reports")
    write(folder / f"{_NAME}.json", json.dumps(receipt, indent=1, ensure_ascii=False) + "\n")
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
        "at": _moment(record.changed_at),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


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
        section(
            "Made",
            facts(
                [
                    ("On", receipt["made_at"]),
                    ("Submission", receipt["submission"]),
                    ("Program", receipt["program"]),
                    ("Address", node["address"]),
                    ("Project", node["project"] or "not stated"),
                ]
            ),
        ),
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
        section(
            "Decisions and runs",
            table(
                [Column("On"), Column("What"), Column("Detail")],
                ((event["at"], event["event"], _words(event["detail"])) for event in receipt["events"]),
                "What was run, and what was allowed with which reason",
            ),
        ),
        section("Seal", *seal(receipt), paragraph(f"The file {_NAME}.json lists every piece with its digest.")),
    )


def _words(detail: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items() if name != "files")
