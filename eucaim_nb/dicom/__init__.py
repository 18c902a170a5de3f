"""Reading DICOM: one header fast and safely, whole folders into the index, and a look into single instances.

`scan` indexes folders into the ledger of a workspace. `read_header` reads one file and touches only the bytes it
needs. `elements`, `compare` and `varying` show what headers say, `picture` what an instance looks like.
"""

from ._compare import Difference, DifferenceKind, Varying, compare, varying
from ._content import ElementsError
from ._frame import PreviewError
from ._listing import ElementRow, elements, search
from ._place import Place, shown
from ._preview import Picture, as_png, picture
from ._problems import HeaderError, Problem, ProblemKind
from ._quiet import quiet_pydicom
from ._read import Header, read_header
from ._scan import ScanSummary, scan, scanned_sources
from ._studio import Print, Studio

__all__ = [
    "Difference",
    "DifferenceKind",
    "ElementRow",
    "ElementsError",
    "Header",
    "HeaderError",
    "Picture",
    "Place",
    "PreviewError",
    "Print",
    "Problem",
    "ProblemKind",
    "ScanSummary",
    "Studio",
    "Varying",
    "as_png",
    "compare",
    "elements",
    "picture",
    "quiet_pydicom",
    "read_header",
    "scan",
    "scanned_sources",
    "search",
    "shown",
    "varying",
]
