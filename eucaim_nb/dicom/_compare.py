"""What differs between two instances, and what differs inside one series."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ._listing import ElementRow

# Attributes that describe one image of a series rather than the series: its identity, place and time, and what CT, MR
# and PET images set for each position, echo, time point or diffusion weight.
EXPECTED_TO_VARY = frozenset(
    """
    SOPInstanceUID MediaStorageSOPInstanceUID InstanceNumber InstanceCreationDate InstanceCreationTime
    AcquisitionNumber AcquisitionDate AcquisitionTime AcquisitionDateTime ContentDate ContentTime
    ImagePositionPatient SliceLocation ImageComments NumberOfFrames
    EchoTime EchoNumbers TriggerTime TemporalPositionIdentifier TemporalPositionIndex CardiacNumberOfImages
    DiffusionBValue DiffusionGradientOrientation DiffusionBMatrix
    FrameReferenceTime ActualFrameDuration DecayFactor ImageIndex DoseCalibrationFactor
    XRayTubeCurrent Exposure ExposureInuAs TableHeight TablePosition
    WindowCenter WindowWidth RescaleSlope RescaleIntercept
    SmallestImagePixelValue LargestImagePixelValue SmallestPixelValueInSeries LargestPixelValueInSeries
    """.split()  # noqa: SIM905 - a list would take a line for each
)

_STEP = re.compile(r"(\([0-9A-F]{4},[0-9A-F]{4}\))(?:\[(\d+)\])?")


class DifferenceKind(StrEnum):
    """How two instances differ in one element."""

    ONLY_LEFT = "only left"
    ONLY_RIGHT = "only right"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that two instances do not share.

    Attributes
    ----------
    path, keyword, name : str
        As in `ElementRow`.
    left, right : str or None
        The values as text; None where the element is missing.
    kind : DifferenceKind
    """

    path: str
    keyword: str
    name: str
    left: str | None
    right: str | None
    kind: DifferenceKind


@dataclass(frozen=True, slots=True)
class Varying:
    """An attribute that has more than one value among the instances of a series.

    Attributes
    ----------
    keyword : str
    distinct : int
        Number of distinct values; a missing value counts as one, the empty text.
    most_common : str
        The value that most instances have.
    share : float
        The fraction of instances that have it, 0 to 1.
    examples : tuple of str
        Up to five values, the most common first.
    expected : bool
        Whether the attribute normally varies from instance to instance.
    """

    keyword: str
    distinct: int
    most_common: str
    share: float
    examples: tuple[str, ...]
    expected: bool


def compare(left: Iterable[ElementRow], right: Iterable[ElementRow]) -> list[Difference]:
    """Return every element whose value differs, or that only one of two instances has, in the order of paths.

    Values that the rows do not show in full are compared by their fingerprint. Neither the encoding of a value, with
    its VR, nor the content of the pixel data is compared.
    """
    before = {row.path: row for row in left}
    after = {row.path: row for row in right}
    differences = []
    for path in sorted(before.keys() | after.keys(), key=_order):
        old, new = before.get(path), after.get(path)
        if old is None and new is not None:
            differences.append(
                Difference(path, new.keyword, new.name, None, new.value, DifferenceKind.ONLY_RIGHT)
            )
        elif old is not None and new is None:
            differences.append(
                Difference(path, old.keyword, old.name, old.value, None, DifferenceKind.ONLY_LEFT)
            )
        elif old is not None and new is not None and _content(old) != _content(new):
            was, now = old.value, new.value
            if was == now:
                was, now = f"{was}, {old.fingerprint}", f"{now}, {new.fingerprint}"
            differences.append(Difference(path, new.keyword, new.name, was, now, DifferenceKind.CHANGED))
    return differences


def _content(row: ElementRow) -> tuple[str, str]:
    return row.value, row.fingerprint


def _order(path: str) -> list[tuple[str, int]]:
    # The tenth item comes after the second, which plain text would not know.
    return [(tag, int(item or 0)) for tag, item in _STEP.findall(path)]


def varying(rows: Sequence[Mapping[str, object]]) -> list[Varying]:
    """Return the attributes that differ among the instances of a series, the unexpected ones first.

    Parameters
    ----------
    rows : sequence of mapping
        One mapping of keyword to value per instance. None, and a keyword that only other instances have, mean that
        the value is missing.

    Returns
    -------
    list of Varying
        Sorted by `expected`, then keyword.
    """
    found = []
    for keyword in {keyword for row in rows for keyword in row}:
        counts = Counter("" if (value := row.get(keyword)) is None else str(value) for row in rows)
        if len(counts) == 1:
            continue
        common = counts.most_common(5)
        most_common, count = common[0]
        examples = tuple(value for value, _ in common)
        expected = keyword in EXPECTED_TO_VARY
        found.append(Varying(keyword, len(counts), most_common, count / len(rows), examples, expected))
    return sorted(found, key=lambda item: (item.expected, item.keyword))
