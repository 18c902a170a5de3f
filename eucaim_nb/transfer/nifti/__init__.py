"""NIfTI files to Health-RI: each with its header in DICOM JSON, as resources of a scan, verified by MD5.

`find` pairs the files of a folder with their headers and says what is wrong with them. For those without, `suggest`
says which de-identified series they were probably made of, and `write_headers` makes headers of it once a person has
looked. `send` brings both to XNAT.
"""

from ._find import Found, Pair, Wrong, find
from ._headers import HeadersSummary, name_of, write_headers
from ._send import NiftiSummary, send
from ._suggest import Series, Suggestion, Why, all_series, suggest

__all__ = [
    "Found",
    "HeadersSummary",
    "NiftiSummary",
    "Pair",
    "Series",
    "Suggestion",
    "Why",
    "Wrong",
    "all_series",
    "find",
    "name_of",
    "send",
    "suggest",
    "write_headers",
]
