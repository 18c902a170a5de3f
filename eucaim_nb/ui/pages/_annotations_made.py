"""What became of the masks: what was refused and why, then pictures and numbers of every segment."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from eucaim_nb.annotations import Outcome, State, about
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._annotations_about import TITLE

_SEGMENTS = (
    c.Column("Segment"),
    c.Column("What it is"),
    c.Column("Method"),
    c.Column("Voxels", numbers=True),
    c.Column("mL", numbers=True),
    c.Column("Slices", numbers=True),
    c.Column("Centre (mm, LPS)"),
)


class Made:
    """The outcomes of every mask."""

    def __init__(self, workspace: Workspace, outcomes: Sequence[Outcome], notice: c.Notice) -> None:
        self._workspace = workspace
        counts = Counter(one.state for one in outcomes)
        segments = sum(len(one.segments) for one in outcomes)
        headline = [f"{c.count(counts[State.WRITTEN], 'segmentation')} with {c.count(segments, 'segment')}"]
        if counts[State.PASSED]:
            headline.append(f"{c.count(counts[State.PASSED], 'file')} that held segmentations already")
        if counts[State.REFUSED]:
            headline.append(f"{c.count(counts[State.REFUSED], 'mask')} refused")
        said: list[object] = [c.headline(", ".join(headline))]
        if counts[State.WRITTEN]:
            checked = (
                "Each was read again: voxels and centres are those of its mask, and every reference leads to an image."
            )
            said.append(c.paragraph(checked))
        if missing := about(workspace).missing:
            said.append(c.paragraph(f"EUCAIM also asks for: {', '.join(missing)}. Say it above, under “{TITLE}”."))
        parts: list[Any] = [c.show(*said)]
        refused = [one for one in outcomes if one.state is State.REFUSED]
        if refused:
            table: c.PagedTable[Outcome] = c.PagedTable(
                (c.Column("Mask", code=True), c.Column("Grid"), c.Column("Why")),
                lambda one: (one.mask, one.verdict, one.reason),
                "Masks that were refused",
                notice,
                size=25,
            )
            table.show(refused)
            parts += [c.show(c.heading("Refused")), table.root]
        made = [one for one in outcomes if one.state is not State.REFUSED]
        if made:
            parts.append(c.show(c.heading("Do they lie right?")))
            parts.append(c.PagedRows(made, self._one, notice, size=4).root)
        parts.append(
            c.show(c.paragraph("The evidence is in reports/annotations.html and .json; it names nobody.", quiet=True))
        )
        self.root = c.stack(*parts)

    def _one(self, one: Outcome) -> Any:
        blocks: list[object] = [c.heading(one.mask, 3)]
        tone = c.Tone.WARN if one.resampled else c.Tone.GOOD
        blocks.append(c.line(c.badge(one.verdict, tone), one.format, *one.remarks))
        names = [str(segment["label"]) for segment in one.segments]
        try:
            png = (self._workspace.folder / one.picture).read_bytes() if one.picture else None
        except OSError:
            png = None
        if png is not None:
            words = f"Outlines on three slices each, from top to bottom: {', '.join(names)}."
            blocks += [c.titled_picture(png, words), c.paragraph(words, quiet=True)]
        elif names:
            blocks.append(c.paragraph("The images cannot be decoded here, so there is no picture.", quiet=True))
        if one.segments:
            blocks.append(c.table(_SEGMENTS, map(_cells, one.segments), f"Segments of {one.mask}"))
        return c.show(*blocks)


def _cells(segment: Any) -> tuple[object, ...]:
    return (
        segment["label"],
        segment["type"]["CodeMeaning"],
        segment["method"].capitalize(),
        f"{segment['voxels']:,}",
        f"{segment['ml']:,.2f}",
        segment["slices"],
        ", ".join(f"{one:.1f}" for one in segment["centroid_mm"]),
    )
