"""Reading DICOM: one header fast and safely, whole folders into the index, and a look into single instances.

`scan` indexes folders into the ledger of a workspace. `read_header` reads one file and touches only the bytes
it needs. `elements`,
`compare`, `varying` and `picture` show what is inside.
"""

from ._place import Place, shown
from ._problems import HeaderError, Problem, ProblemKind
from ._read import Header, read_header
from ._scan import ScanSummary, scan, scanned_sources

__all__ = [
    "Header",
    "HeaderError",
    "Place",
    "Problem",
    "ProblemKind",
    "ScanSummary",
    "read_header",
    "scan",
    "scanned_sources",
    "shown",
]
