"""Series: do its images agree in what they have in common, and is it a volume at all?"""

from collections import Counter
from collections.abc import Iterator

from .._classes import PLANES
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check
from .._series import Series

_SPACING_SHARE = 1e-3
_STACK = 5


@check(
    "S02",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="See which images differ: they often belong to another series. Leave them out, or split the series.",
    source="PS3.3 C.7.6.3 Image Pixel module; one volume has one matrix",
)
def matrix_varies(series: Series) -> Iterator[Finding]:
    """Images of one series differ in size or kind of pixels."""
    if series.is_annotation:
        return
    for keyword in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "PhotometricInterpretation"):
        found = series.counted(keyword)
        if len(found) > 1:
            odd = sum(found.values()) - found.most_common(1)[0][1]
            yield Finding(
                f"{keyword} has {len(found)} values in one series.",
                count=odd,
                evidence={"values": dict(found.most_common(10))},
            )


@check(
    "S03",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="See which images differ: a volume can be made only of images with one pixel spacing.",
    source="PS3.3 C.7.6.2.1.1 Pixel Spacing; relative tolerance 0.001",
)
def pixel_spacing_varies(series: Series) -> Iterator[Finding]:
    """Pixel Spacing differs between images of one series."""
    found: Counter[tuple[float, ...]] = Counter()
    for text, count in series.counted("PixelSpacing").items():
        try:
            numbers = tuple(float(part) for part in text.split("\\")) if text else ()
        except ValueError:
            numbers = ()
        found[numbers] += count
    if len(found) < 2:
        return
    usual = found.most_common(1)[0][0]
    odd = sum(
        count
        for numbers, count in found.items()
        if len(numbers) != len(usual)
        or any(abs(a - b) > _SPACING_SHARE * b for a, b in zip(numbers, usual, strict=True))
    )
    if odd:
        yield Finding(
            f"Pixel Spacing of {odd} of {sum(found.values())} files differs from the others.", count=odd
        )


@check(
    "S11",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.COMPLETE,
    remedy="Nothing to do if you mean to send it; localisers and screen shots are seldom of use for research.",
    source="(0008,0008) Image Type, PS3.3 C.7.6.1.1.2",
)
def no_volume(series: Series) -> Iterator[Finding]:
    """The series is a localiser, a screen shot, derived, or has very few slices."""
    words = {
        word
        for text in series.counted("ImageType")
        for word in text.upper().split("\\")
        if word in ("LOCALIZER", "SCREEN SAVE", "DERIVED", "SECONDARY")
    }
    if words:
        yield Finding(
            f"Image Type says {', '.join(sorted(words)).lower()}.", evidence={"words": sorted(words)}
        )
    elif (
        series.classes.keys() & PLANES and len(series.images) < _STACK and max(series.frames, default=1) == 1
    ):
        yield Finding(f"Only {len(series.images)} slices.")


@check(
    "S13",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Without it no segmentation can refer to the series. Export it again from the PACS.",
    source="PS3.3 C.7.4.1 Frame of Reference module, type 1",
)
def frame_of_reference(series: Series) -> Iterator[Finding]:
    """Frame of Reference UID is missing or differs within the series."""
    if not (series.stacks or series.classes.keys() & PLANES):
        return
    found = series.counted("FrameOfReferenceUID")
    if missing := found.pop("", 0):
        yield Finding(f"{missing} files have no Frame of Reference UID.", count=missing)
    if len(found) > 1:
        yield Finding(
            f"{len(found)} frames of reference in one series: its images cannot be placed in one another."
        )
