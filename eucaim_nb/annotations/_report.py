"""The evidence of how masks became segmentations: nobody is named, labels stand by their codes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eucaim_nb.reports import (
    Codes,
    Column,
    Markup,
    document,
    facts,
    head,
    listing,
    made,
    paragraph,
    seal,
    sealed,
    section,
    table,
    write,
    write_json,
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
    code = Codes(workspace)
    entries = [_entry(one, code) for one in found]
    content = {
        **head(workspace, "eucaim_nb annotations report", 1),
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
    write_json(workspace.folder / "reports" / "annotations.json", report)
    return write(workspace.folder / "reports" / "annotations.html", _document(report, entries, said))


def _entry(one: Outcome, code: Codes) -> dict[str, Any]:
    return {
        "mask": code(one.source),
        "series": code(one.series_uid),
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
        made(report),
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
