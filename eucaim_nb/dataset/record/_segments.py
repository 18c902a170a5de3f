"""What segmentations show and how they were made, read in their headers."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence

import pydicom
from pydicom.errors import InvalidDicomError

from eucaim_nb.dicom import Place
from eucaim_nb.workspace import Workspace

from ._aggregates import terms_of
from ._proposal import Origin, Proposal

_MOST_READ = 500
"""Segmentations of one dataset are much alike: more headers would hardly tell anything new."""
_UNREADABLE = (OSError, InvalidDicomError, zipfile.BadZipFile, ValueError, KeyError, AttributeError)


def segmentations(workspace: Workspace, series: Iterable[str], sources: Sequence[int]) -> Iterator[Proposal]:
    """Yield labels and methods of DICOM-SEG series."""
    labels: set[str] = set()
    methods: set[str] = set()
    for uid in sorted(series)[:_MOST_READ]:
        for label, method in _segments(workspace, uid, sources):
            labels.add(label)
            methods.add(method)
    yield terms_of("eucaim:hasAnnotationLabel", "segmentation_label", labels - {""}, Origin.HERE)
    yield terms_of("eucaim:hasAlgorithmType", "segmentation_method", methods - {""}, Origin.HERE)


def _segments(workspace: Workspace, series: str, sources: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield label and method of the segments in the first instance of a series."""
    for row in workspace.ledger.index.instances(series, sources)[:1]:
        place = Place.of(workspace.folder, row["root"], row["folder"], row["name"], row["member"])
        try:
            with place.open() as file:
                header = pydicom.dcmread(
                    file, stop_before_pixels=True, force=True, specific_tags=["SegmentSequence"]
                )
            segments = list(header.get("SegmentSequence") or ())
        except _UNREADABLE:
            continue  # the check of the data quality tells what cannot be read
        for one in segments:
            yield str(one.get("SegmentLabel", "")).strip(), str(one.get("SegmentAlgorithmType", "")).strip()
