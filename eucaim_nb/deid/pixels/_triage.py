"""What a header says about what may be seen in the picture: text, or a face."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ._rules import Header, folded, pattern, rules, table


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an instance needs attention: the rule's name, and words that carry no value of the file."""

    rule: str
    words: str
    level: Literal["medium", "high"] = "medium"


def needs_look(header: Header) -> Reason | None:
    """Tell why the pixels of an instance must be looked at for burned-in text; None if no rule says so.

    Parameters
    ----------
    header : mapping of str to str
        Values by keyword. Used are BurnedInAnnotation, Modality, SOPClassUID, ImageType, ConversionType,
        PhotometricInterpretation, SeriesDescription, SecondaryCaptureDeviceManufacturer(ModelName) and
        DateOfSecondaryCapture.

    Notes
    -----
    BurnedInAnnotation NO is what a device or a person claimed. It is not believed where text is usual.
    """
    if header.get("SOPClassUID", "") in table()["exempt"]["sop_classes"]:
        return None
    for rule in rules():
        if rule.holds(header):
            return Reason(rule.id, rule.words, "high" if rule.id == "flag" else "medium")
    return None


def face_risk(header: Header) -> Reason | None:
    """Tell whether a face may be recognised in a series, and what to do; None if its header names no such region.

    Parameters
    ----------
    header : mapping of str to str
        Values by keyword of one instance. Used are Modality, BodyPartExamined, StudyDescription, SeriesDescription,
        ProtocolName, ImageType, SliceThickness and SpacingBetweenSlices in mm, NumberOfFrames, and
        NumberOfSeriesRelatedInstances, which the caller may add.
    """
    face = table()["face"]
    if header.get("Modality", "").upper() not in face["modalities"]:
        return None
    places = ("BodyPartExamined", "SeriesDescription", "ProtocolName", "StudyDescription")
    if not any(_regions().search(folded(header.get(keyword, ""))) for keyword in places):
        return None
    if "LOCALIZER" in header.get("ImageType", "").upper().split("\\"):
        return None
    spacing = _number(header, "SpacingBetweenSlices") or _number(header, "SliceThickness")
    slices = max(_number(header, "NumberOfSeriesRelatedInstances") or 0, _number(header, "NumberOfFrames") or 0)
    # What is not known is taken as it would be worst.
    thin = spacing is None or spacing <= face["thin_mm"]
    if thin and (not slices or slices >= face["many"]):
        return Reason("face", face["high"], "high")
    return Reason("face", face["medium"])


@cache
def _regions() -> re.Pattern[str]:
    return pattern(table()["face"]["regions"])


def _number(header: Header, keyword: str) -> float | None:
    try:
        return abs(float(header.get(keyword, "").split("\\")[0]))
    except ValueError:
        return None
