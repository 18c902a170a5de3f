"""The receipt of an upload: what the node holds of what was sent, series by series, sealed so that it stays true."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from eucaim_nb.ledger import UploadRecord, UploadState
from eucaim_nb.nodes import Images
from eucaim_nb.reports import (
    Column,
    Markup,
    document,
    facts,
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

from ._gate import Against
from ._receipt_parts import decisions, decisions_made, receipt_head, receipt_made

FORMAT = "eucaim_nb upload receipt"
_VERSION = 1
_NAME = "upload"
_EVENTS = ("upload", *Against)
_MOST_SHOWN = 2000
"""Series that the document lists; the JSON file lists all."""


def write_receipt(workspace: Workspace, service: Images) -> Path:
    """Write `reports/upload.html` and `.json` from what the journal knows now of the workspace's node.

    They show only what this workspace de-identified, by its new identifiers. If anything else was sent, another receipt
    with everything is written to `private/`.

    Returns
    -------
    pathlib.Path
        The document for people in `reports/`.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    records = workspace.ledger.uploads.records(workspace.settings.node)
    ours = [record for record in records if record.sha256]
    if len(ours) < len(records):
        _write(workspace, workspace.folder / "private", _content(workspace, service, records, others=0))
    return _write(
        workspace,
        workspace.folder / "reports",
        _content(workspace, service, ours, others=len(records) - len(ours)),
    )


def _write(workspace: Workspace, folder: Path, content: dict[str, Any]) -> Path:
    receipt = sealed(workspace, content, content.pop("files"))
    write_json(folder / f"{_NAME}.json", receipt)
    return write(folder / f"{_NAME}.html", _document(receipt))


def _content(
    workspace: Workspace, service: Images, records: Sequence[UploadRecord], others: int
) -> dict[str, Any]:
    return {
        **receipt_head(workspace, service, FORMAT, _VERSION),
        "contains_identifiers": any(not record.sha256 for record in records),
        "instances": {state.value: count for state, count in _states(records).items()},
        "bytes_verified": sum(record.size for record in records if record.state is UploadState.VERIFIED),
        "not_shown": others,
        "series": [_series(list(group)) for _, group in groupby(records, _key)],
        "events": decisions(workspace, _EVENTS),
        "files": [_file(record) for record in records],
    }


def _key(record: UploadRecord) -> tuple[str, str]:
    return record.study_uid, record.series_uid


def _states(records: Sequence[UploadRecord]) -> dict[UploadState, int]:
    counts = Counter(record.state for record in records)
    return {state: counts[state] for state in UploadState}


def _series(records: Sequence[UploadRecord]) -> dict[str, object]:
    return {
        "patient": records[0].patient_id,
        "study": records[0].study_uid,
        "series": records[0].series_uid,
        "instances": len(records),
        "bytes": sum(record.size for record in records),
        **{state.value: count for state, count in _states(records).items() if count},
        "answers": dict(Counter(str(record.status) for record in records if record.status is not None)),
        "failures": dict(Counter(record.message for record in records if record.state is UploadState.FAILED)),
        "first_at": moment(min(record.changed_at for record in records)),
        "last_at": moment(max(record.changed_at for record in records)),
    }


def _file(record: UploadRecord) -> dict[str, object]:
    digests = {name: value for name in ("sha256", "md5") if (value := getattr(record, name))}
    return {
        "instance": record.sop_uid,
        "series": record.series_uid,
        "bytes": record.size,
        **digests,
        "state": record.state.value,
        "answer": record.status,
        "attempts": record.attempts,
        "at": moment(record.changed_at),
    }


# For people


def _document(receipt: Mapping[str, Any]) -> str:
    node, counts = receipt["node"], receipt["instances"]
    total = sum(counts.values())
    warning = "This receipt contains identifiers of patients: it stays in the private folder. "
    return document(
        "Receipt of an upload of images",
        paragraph(
            (warning if receipt["contains_identifiers"] else "")
            + f"{node['title']} lists {counts['verified']:,} of {total:,} instances that were sent from this workspace."
        ),
        *_others(receipt["not_shown"]),
        receipt_made(receipt),
        section("Instances", facts((state.capitalize(), f"{count:,}") for state, count in counts.items())),
        section("Series", *_series_table(receipt["series"])),
        decisions_made(receipt),
        section(
            "Seal",
            *seal(receipt),
            paragraph("The file upload.json lists every instance with its digest, state and time."),
        ),
    )


def _others(count: int) -> Iterator[Markup]:
    if count:
        yield paragraph(
            f"{count:,} more instances, not de-identified by this workspace, were sent: private/upload.html."
        )


def _series_table(series: Sequence[Mapping[str, Any]]) -> Iterator[Markup]:
    shown = series[:_MOST_SHOWN]
    if len(shown) < len(series):
        yield paragraph(f"The first {len(shown):,} of {len(series):,} series; upload.json has all.")
    yield table(
        [
            Column("Patient"),
            Column("Study", code=True),
            Column("Series", code=True),
            Column("Instances", numbers=True),
            Column("Verified", numbers=True),
            Column("Failed", numbers=True),
            Column("Bytes", numbers=True),
            Column("Last answer on"),
        ],
        (
            (
                one["patient"],
                one["study"],
                one["series"],
                f"{one['instances']:,}",
                f"{one.get('verified', 0):,}",
                f"{one.get('failed', 0):,}",
                f"{one['bytes']:,}",
                one["last_at"],
            )
            for one in shown
        ),
        "Series at the node",
    )
