"""Segmentations and contours as their checks see them: the header with all that is nested in it, and its references."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset as Header

from eucaim_nb.dicom import Place

from ._classes import SEGMENTATIONS
from ._context import Context

_MOST_HEADER = 256 * 1024**2
_NO_IMAGE = "1.2.840.10008.3.1."
"""How the classes of patients, studies and procedure steps begin, to which annotations refer too (PS3.4)."""


@dataclass
class Annotation:
    """One segmentation or structure set.

    Attributes
    ----------
    row
        Its row of the index, with the attributes of the series.
    header
        Without pixel data.
    """

    context: Context
    row: Mapping[str, Any]
    header: Header

    @property
    def is_segmentation(self) -> bool:
        """Whether it is a DICOM-SEG; otherwise it is a structure set."""
        return str(self.header.get("SOPClassUID", "")) in SEGMENTATIONS

    @cached_property
    def referenced(self) -> set[str]:
        """The SOP Instance UID of every image that it refers to, at any depth."""
        return {
            str(item.ReferencedSOPInstanceUID)
            for item in items(self.header)
            if item.get("ReferencedSOPInstanceUID")
            and not str(item.get("ReferencedSOPClassUID", "")).startswith(_NO_IMAGE)
        }

    @cached_property
    def images(self) -> dict[str, dict[str, Any]]:
        """What the index has of them, by UID."""
        return self.context.ledger.checkable.instances(self.context.sources, self.referenced)


def items(header: Header) -> Iterator[Header]:
    """Yield a data set and every item nested in it, without recursion."""
    pending = [header]
    while pending:
        here = pending.pop()
        yield here
        for element in here:
            if element.VR == "SQ" and element.value:
                pending.extend(element.value)


def read_annotation(context: Context, row: Mapping[str, Any], place: Place) -> Annotation | None:
    """Read an annotation; None if it cannot be read, which the scan and the checks of files tell."""
    try:
        if row["size"] > _MOST_HEADER and row["SOPClassUID"] not in SEGMENTATIONS:
            return None
        with place.open() as file:
            return Annotation(context, row, dcmread(file, stop_before_pixels=True))
    except Exception:
        # pydicom raises what it likes on damaged files. F05, F06 and F14 say what is wrong with such a file.
        return None
