"""Series: are the images one sound stack, or several, with nothing missing?"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .._finding import Dimension, Finding, Level, Severity
from .._geometry import TILT_DEGREES, Stack
from .._registry import check
from .._series import Series

_PLANE = "PS3.3 C.7.6.2 Image Plane module"
_EXPORT_AGAIN = "Export the series again from the PACS, or leave it out with a reason."
_STACK = 5
_OVERLAP = 0.2


@check(
    "S04",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="An image of another orientation breaks the volume, often without a word. Leave the odd images out.",
    source=f"{_PLANE}; directions differ by more than 0.5 degrees",
)
def orientations(series: Series) -> Iterator[Finding]:
    """Images of one series lie in different planes."""
    if len(series.stacks) < 2:
        return
    first, *others = series.stacks
    odd = sum(stack.images.size for stack in others)
    planes = [int(stack.images.size) for stack in series.stacks]
    stray = (
        first.images.size >= _STACK
        and odd < first.images.size
        and not series.is_localiser[first.images].all()
    )
    yield Finding(
        f"{len(series.stacks)} orientations in one series: "
        + (
            f"{odd} images lie in another plane than the other {planes[0]}."
            if stray
            else "it is no single stack."
        ),
        severity=Severity.WARN if stray else Severity.INFO,
        remedy="" if stray else "Nothing to do if this is a localiser or a survey in several planes.",
        files=[series.images[number]["file_id"] for stack in others for number in stack.images.tolist()],
        count=odd,
        evidence={"images by plane": planes[:20]},
    )


@check(
    "S05",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy=_EXPORT_AGAIN,
    source="Each volume of a dynamic, diffusion or multi-echo series has the same positions",
)
def volumes_complete(series: Series) -> Iterator[Finding]:
    """Positions occur more than once, and not equally often."""
    for found in series.volumes:
        if found.key:
            yield from _by_key(series, found.key, found.parts)
            continue
        whole = found.parts[0]
        counts = whole.levels.counts
        most, least = int(counts.max(initial=1)), int(counts.min(initial=1))
        if most == least or len(counts) < 2:
            continue
        usual = int(np.bincount(counts).argmax())
        odd = whole.levels.at[counts != usual]
        number = np.flatnonzero(counts[whole.levels.of] != usual)
        yield Finding(
            f"{len(odd)} of {len(counts)} positions have another number of images than the usual {usual} "
            f"(from {least} to {most}).",
            files=_files(series, whole, number.tolist()),
            count=len(odd),
            evidence={"positions in mm": np.round(odd, 3).tolist()[:200]},
        )


def _by_key(series: Series, key: str, parts: Sequence[Stack]) -> Iterator[Finding]:
    full = max(parts, key=lambda part: part.images.size).levels.at
    for number, part in enumerate(parts, 1):
        lacking = [at for at in full.tolist() if np.abs(part.levels.at - at).min() > 0.5 * _step(full)]
        if lacking:
            yield Finding(
                f"Volume {number} of {len(parts)} (told apart by {key}) lacks {len(lacking)} of {len(full)} positions.",
                files=_files(series, part, range(min(20, part.images.size))),
                count=len(lacking),
                evidence={
                    "missing positions in mm": [round(at, 3) for at in lacking[:200]],
                    "volume": number,
                },
            )


@check(
    "S14",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Nothing to do if the protocol has several phases, b-values or echoes.",
    source="The first of these that gives whole volumes: temporal position, b-value, echo time, acquisition number, "
    "trigger time, image type",
)
def several_volumes(series: Series) -> Iterator[Finding]:
    """The series holds several volumes in one another."""
    for found in series.volumes:
        counts = found.parts[0].levels.counts
        if found.key:
            yield Finding(
                f"{len(found.parts)} volumes of {max(part.images.size for part in found.parts)} images, told apart by "
                f"{found.key}.",
                evidence={"told apart by": found.key},
            )
        elif len(counts) > 1 and int(counts.min()) > 1:
            yield Finding(
                f"{counts.min()} images at each position or more; no attribute tells volumes apart."
            )


@check(
    "S06",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy=_EXPORT_AGAIN,
    source="A distance of k times the spacing (k of 2 or more) leaves k - 1 slices out",
)
def missing_slices(series: Series) -> Iterator[Finding]:
    """Positions along the slice normal leave a gap of a whole number of spacings."""
    for part in _parts(series):
        gaps = part.levels.gaps()
        if not gaps:
            continue
        missing = sum(gap.missing for gap in gaps)
        where = ", ".join(f"{gap.after:.1f} and {gap.before:.1f} mm" for gap in gaps[:3])
        yield Finding(
            f"{missing} slice{'s' * (missing > 1)} missing between {where}{' and elsewhere' * (len(gaps) > 3)}.",
            count=missing,
            evidence={
                "missing positions in mm": [at for gap in gaps for at in gap.positions][:200],
                "spacing in mm": round(part.levels.spacing, 4),
                "found": int(part.images.size),
                "expected": int(part.images.size) + missing,
            },
        )


@check(
    "S07",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Look at the positions: programs that assume equal distances place such images wrongly.",
    source="Distances between slices within 0.2 mm, or 20 % of the spacing where that is less",
)
def irregular_spacing(series: Series) -> Iterator[Finding]:
    """Distances between slices differ."""
    for part in _parts(series):
        odd = part.levels.irregular()
        if odd:
            yield Finding(
                f"{len(odd)} of {len(part.levels.steps)} distances between slices differ from the usual "
                f"{part.levels.spacing:.3f} mm.",
                count=len(odd),
                evidence={"distances in mm": odd[:50]},
            )


@check(
    "S08",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Keep it if the gantry was tilted on purpose; resample before programs use it that expect a right angle.",
    source=f"{_PLANE}; slices shifted by more than 0.1 degrees against their normal; (0018,1120) Gantry/Detector Tilt",
    reads=("GantryDetectorTilt",),
)
def tilted(series: Series) -> Iterator[Finding]:
    """Slices are not stacked along their normal: a tilted gantry."""
    for part in _parts(series):
        if part.tilt > TILT_DEGREES:
            declared = _first_number(series, "GantryDetectorTilt")
            agrees = declared is not None and abs(abs(declared) - part.tilt) < 1
            yield Finding(
                f"The stack is sheared by {part.tilt:.1f} degrees"
                + (", as Gantry/Detector Tilt says." if agrees else "."),
                severity=Severity.INFO if agrees else None,
                evidence={"degrees": round(part.tilt, 3)},
            )


@check(
    "S12",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Gaps and overlaps are often part of the protocol. If every second slice is missing, export it again.",
    source="(0018,0050) Slice Thickness next to the distance of positions; more than 20 % apart",
)
def thickness(series: Series) -> Iterator[Finding]:
    """Slice Thickness and the distance between slices differ."""
    try:
        thick = float(series.value("SliceThickness"))
    except ValueError:
        return
    for part in _parts(series):
        step = part.levels.spacing
        if step and thick > 0 and abs(step - thick) > _OVERLAP * thick:
            yield Finding(
                f"Slices of {thick:g} mm lie {step:.3g} mm apart: they "
                + ("overlap." if step < thick else "leave gaps."),
                evidence={"thickness in mm": thick, "distance in mm": round(step, 4)},
            )


def _parts(series: Series) -> Iterator[Stack]:
    for found in series.volumes:
        if not found.key:
            yield found.parts[0]
        else:
            # What one volume lacks of the others is told by S05; here what all lack, so the fullest stands for them.
            yield max(found.parts, key=lambda part: part.images.size)


def _files(series: Series, stack: Stack, numbers: Iterable[int]) -> list[int]:
    return [series.images[stack.images[number]]["file_id"] for number in numbers]


def _step(at: NDArray[np.float64]) -> float:
    return float(np.median(np.diff(at))) if len(at) > 1 else 1.0


def _first_number(series: Series, keyword: str) -> float | None:
    for text in series.extra(keyword):
        try:
            return float(text)
        except ValueError:
            continue
    return None
