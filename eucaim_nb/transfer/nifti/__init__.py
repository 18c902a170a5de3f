"""NIfTI files to Health-RI: each with a header in DICOM JSON beside it, as resources of a scan, verified by MD5.

`find` pairs the files of a folder with their headers and says what is wrong with them; `send` brings them to XNAT.
"""

from ._find import Found, Pair, Wrong, find
from ._send import NiftiSummary, send

__all__ = ["Found", "NiftiSummary", "Pair", "Wrong", "find", "send"]
