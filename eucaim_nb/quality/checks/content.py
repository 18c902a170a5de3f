"""Content: does every picture show something, in values that can be right?"""

from collections.abc import Iterator

import numpy as np

from .._finding import Dimension, Finding, Level, Severity
from .._pictures import Picture, Undecoded
from .._registry import also, check
from .._series import Series

_LOOK = "Look at the picture. If it is blank by mistake, export it again or leave it out."
_ONE_VALUE, _SATURATED = 0.995, 0.01
_COLDEST_HU, _HOTTEST_HU = -1100.0, 32_000.0
_AIR_HU = -200.0


@check(
    "F09",
    level=Level.FULL,
    severity=Severity.WARN,
    dimension=Dimension.INTEGRITY,
    remedy="Open it with another program. If that fails too, export the file again from the PACS.",
    source="Decoders of this installation; one decoder's failure is no proof of damage",
)
def not_decoded(file: Undecoded) -> Iterator[Finding]:
    """A picture cannot be decoded."""
    yield Finding(file.reason)


@check(
    "C01",
    level=Level.FULL,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy=_LOOK,
    source="All samples of a picture have one value",
)
def constant(picture: Picture) -> Iterator[Finding]:
    """All of a picture has one value."""
    if _is_picture(picture) and picture.samples.size and picture.samples.min() == picture.samples.max():
        yield Finding("All of a picture has one value.")


@check(
    "C02",
    level=Level.FULL,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy=_LOOK,
    source="More than 99.5 % of the samples of a picture have one value",
)
def nearly_constant(picture: Picture) -> Iterator[Finding]:
    """Nearly all of a picture has one value."""
    samples = picture.samples
    if not _is_picture(picture) or samples.size < 256 or samples.min() == samples.max():
        return
    # The median is the value that more than half have, if there is one.
    if float((samples == np.median(samples)).mean()) > _ONE_VALUE:
        yield Finding("More than 99.5 % of a picture has one value.")


@check(
    "C03",
    level=Level.FULL,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="Values were cut off at the highest that can be stored. Ask for an export without that, if it matters.",
    source="More than 1 % of samples at the highest value of (0028,0101) Bits Stored",
)
def saturated(picture: Picture) -> Iterator[Finding]:
    """Many samples have the highest value that can be stored."""
    if not _is_picture(picture) or picture.samples.ndim != 2:
        return
    highest = 2 ** (picture.bits_stored - picture.signed) - 1
    share = float((picture.samples == highest).mean())
    if _SATURATED < share < 1 and picture.bits_stored > 8:
        yield Finding("More than 1 % of a picture has the highest value that can be stored.")


@check(
    "C08",
    level=Level.FULL,
    severity=Severity.INFO,
    dimension=Dimension.ACCURATE,
    remedy="Check Rescale Slope and Intercept: CT values should be Hounsfield units.",
    source="PS3.3 C.8.2.1.1.2: CT is rescaled to HU; air is near -1000",
)
def hounsfield(picture: Picture) -> Iterator[Finding]:
    """Values of a CT are no Hounsfield units."""
    if picture.values["Modality"] != "CT" or not picture.samples.size or picture.samples.ndim != 2:
        return
    low, high = (
        float(value) * picture.slope + picture.intercept
        for value in (picture.samples.min(), picture.samples.max())
    )
    if low < _COLDEST_HU * 4 or high > _HOTTEST_HU * 2:
        yield Finding("CT values are far outside of Hounsfield units.")
    elif low > _AIR_HU and low != high:
        yield Finding("A CT picture has no air: are its values Hounsfield units?")


@also("C01")
def blank_series(series: Series) -> Iterator[Finding]:
    """Every picture of a series is blank."""
    looked = [look for look in series.looks.values() if look.facts.get("decoded")]
    blank = [look for look in looked if any(entry[0] == "C01" for entry in look.facts["findings"])]
    if looked and len(blank) == len(looked) == len(series.files) and not series.is_annotation:
        yield Finding("Every picture of the series is blank.", severity=Severity.ERR, count=len(blank))


def _is_picture(picture: Picture) -> bool:
    # Masks may be empty, and have few values by nature.
    return picture.values["Modality"] not in ("SEG", "RTDOSE") and picture.bits_stored > 1
