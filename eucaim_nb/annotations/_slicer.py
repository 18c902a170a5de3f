"""Segments of 3D Slicer in the header of a `.seg.nrrd` file.

https://slicer.readthedocs.io, "Segmentations": segment file format, and terminology entries as DICOM triples.
"""

import re
from collections.abc import Mapping

from ._codes import Code
from ._mask import Meaning, Segment

_ID = re.compile(r"Segment(\d+)_ID")


def is_slicer(keys: Mapping[str, str]) -> bool:
    """Tell whether a header describes segments of 3D Slicer."""
    return any(_ID.fullmatch(key) for key in keys)


def segments(keys: Mapping[str, str], layers: int) -> tuple[Segment, ...]:
    """Return the segments that a header describes.

    Files of Slicer before 4.11 name neither layer nor value: there each segment is a layer of its own.
    """
    numbers = sorted(int(match[1]) for key in keys if (match := _ID.fullmatch(key)))
    one_each = layers > 1 and not any(f"Segment{number}_LabelValue" in keys for number in numbers)
    return tuple(
        Segment(
            layer=place if one_each else int(keys.get(f"Segment{number}_Layer", 0)),
            value=1 if one_each else int(keys.get(f"Segment{number}_LabelValue", place + 1)),
            meaning=_meaning(keys, f"Segment{number}_"),
        )
        for place, number in enumerate(numbers)
    )


def _meaning(keys: Mapping[str, str], prefix: str) -> Meaning:
    tags = dict(one.split(":", 1) for one in keys.get(f"{prefix}Tags", "").split("|") if ":" in one)
    _, category, kind, _, _, region, *_ = [*tags.get("TerminologyEntry", "").split("~"), *[""] * 7]
    colour = [float(one) for one in keys.get(f"{prefix}Color", "").split()]
    red, green, blue = (round(255 * one) for one in colour) if len(colour) == 3 else (0, 0, 0)
    return Meaning(
        label=keys.get(f"{prefix}Name", ""),
        category=_code(category),
        type=_code(kind),
        region=_code(region),
        colour=(red, green, blue) if len(colour) == 3 else None,
    )


def _code(entry: str) -> Code | None:
    scheme, value, meaning = [*entry.split("^"), "", "", ""][:3]
    return Code(value, scheme, meaning) if scheme and value and meaning else None
