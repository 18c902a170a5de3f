"""The evidence of how masks became segmentations: nobody is named, labels stand by their codes."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from eucaim_nb import __version__
from eucaim_nb.reports import (
    Column,
    Markup,
    document,
    facts,
    listing,
    paragraph,
    seal,
    sealed,
    section,
    table,
    write,
)
from eucaim_nb.workspace import Workspace

from ._about import About, about
from ._records import Outcome, State, outcomes

_MOST_SHOWN = 2000


def write_report(workspace: Workspace) -> Path:
    """Write `reports/annotations.html` and `.json`, and return the document for people.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    found = outcomes(workspace)
    said = about(workspace)
    entries = [_entry(workspace, one) for one in found]
    content = {
        "format": "eucaim_nb annotations report",
        "version": 1,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "submission": workspace.settings.id,
        "site_id": workspace.settings.site_id,
        "program": f"eucaim_nb {__version__}",
        "counts": {state.value: sum(one.state is state for one in found) for state in State},
        "segments": sum(len(one.segments) for one in found),
        "resampled": sum(one.resampled for one in found),
        "about": {
            "number_of_annotators": said.annotators if said.annotators >= 0 else None,
            "annotator_type": said.annotator_type,
            "years_of_experience": said.years_of_experience,
            "sequences": said.sequences,
        },
    }
    report = sealed(workspace, content, entries)
    write(workspace.folder / "reports" / "annotations.json", json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return write(workspace.folder / "reports" / "annotations.html", _document(report, entries, said))


def _entry(workspace: Workspace, one: Outcome) -> dict[str, Any]:
    return {
        "mask": _code(workspace, one.source),
        "series": _code(workspace, one.series_uid),
        "state": one.state.value,
        "format": one.format,
        "geometry": one.verdict,
        "resampled": one.resampled,
        "reason": one.reason,
        "remarks": list(one.remarks),
        "segments": [
            {name: value for name, value in segment.items() if name not in ("label", "centroid_mm")}
            for segment in one.segments
        ],
    }


def _code(workspace: Workspace, value: str) -> str:
    """Return a short code that means nothing outside the workspace."""
    key = blake2b(workspace.settings.id.encode(), digest_size=32).digest()
    return blake2b(value.encode("utf-8", "surrogatepass"), key=key, digest_size=5).hexdigest() if value else ""


def _document(report: dict[str, Any], entries: Sequence[dict[str, Any]], said: About) -> str:
    counts = report["counts"]
    return document(
        "Segmentations",
        paragraph(
            f"{counts['written']:,} masks became segmentations with {report['segments']:,} segments, "
            f"{counts['passed']:,} were segmentations already, {counts['refused']:,} were refused. Each was read again "
            "by other code than wrote it: voxels and centroids of every segment are those of the mask, every reference "
            "leads to an image, and every segment says what it is and how it was made."
        ),
        paragraph("Masks and series are named by short codes that mean nothing outside this workspace."),
        section(
            "Made",
            facts(
                [
                    ("On", report["made_at"]),
                    ("Submission", report["submission"]),
                    ("Site", report["site_id"] or "not stated"),
                    ("Program", report["program"]),
                ]
            ),
        ),
        section(
            "How the dataset was annotated",
            facts(
                [
                    ("Number of annotators", said.annotators if said.annotators >= 0 else "not stated"),
                    ("Type of annotator", said.annotator_type or "not stated"),
                    ("Years of experience", said.years_of_experience or "not stated"),
                    ("Sequences used", said.sequences or "not stated"),
                ]
            ),
        ),
        section("Masks", *_masks(entries)),
        section("Segments", *_segments(entries)),
        section("Seal", *seal(report), paragraph("The file annotations.json has everything.")),
    )


def _masks(entries: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    yield table(
        [
            Column("Mask", code=True),
            Column("Series", code=True),
            Column("Format"),
            Column("Result"),
            Column("Grid"),
            Column("Reason and remarks"),
        ],
        (
            (one["mask"], one["series"], one["format"], one["state"], one["geometry"], _said(one))
            for one in entries[:_MOST_SHOWN]
        ),
        "Masks and what became of them",
    )


def _said(entry: dict[str, Any]) -> object:
    said = [*([entry["reason"]] if entry["reason"] else []), *entry["remarks"]]
    return listing(said) if said else ""


def _segments(entries: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    rows = [(one["mask"], segment) for one in entries for segment in one["segments"]]
    yield table(
        [
            Column("Mask", code=True),
            Column("Number", numbers=True),
            Column("What it is"),
            Column("Code", code=True),
            Column("Method"),
            Column("Voxels", numbers=True),
            Column("mL", numbers=True),
            Column("Slices", numbers=True),
        ],
        (
            (
                mask,
                one["number"],
                one["type"]["CodeMeaning"],
                f"{one['type']['CodingSchemeDesignator']} {one['type']['CodeValue']}",
                one["method"].capitalize(),
                f"{one['voxels']:,}",
                f"{one['ml']:,.3f}",
                one["slices"],
            )
            for mask, one in rows[:_MOST_SHOWN]
        ),
        "Segments as they were read again from the files",
    )
