"""Annotations: masks and contours become DICOM-SEG, visibly right.

A *mask* is a file with labelled voxels (NIfTI, NRRD, MetaImage, 3D Slicer, MITK) or contours (RT Structure Set).
`match` suggests the series each was drawn on; `segment` writes one segmentation for each, as a job, reads it again by
other code and compares. `outcomes` tells what became of each. `read_labels` and `save_labels` say what labels mean;
`about` keeps what EUCAIM asks of the annotations as a whole.
"""

from ._about import ANNOTATOR_TYPES, About, about, keep_about
from ._codes import Code, Preset, preset_for, presets
from ._files import Format, MaskFile, masks_in
from ._fit import Verdict
from ._labels import METHODS, Labels, as_dcmqi, read_labels, save_labels
from ._mask import Meaning
from ._match import Match, match
from ._records import Outcome, State, outcomes
from ._report import write_report
from ._run import LEFT_OUT, SegmentSummary, segment

__all__ = [
    "ANNOTATOR_TYPES",
    "LEFT_OUT",
    "METHODS",
    "About",
    "Code",
    "Format",
    "Labels",
    "MaskFile",
    "Match",
    "Meaning",
    "Outcome",
    "Preset",
    "SegmentSummary",
    "State",
    "Verdict",
    "about",
    "as_dcmqi",
    "keep_about",
    "masks_in",
    "match",
    "outcomes",
    "preset_for",
    "presets",
    "read_labels",
    "save_labels",
    "segment",
    "write_report",
]
