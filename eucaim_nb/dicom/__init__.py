"""Reading DICOM: one header fast and safely, whole folders into the index, and a look into single instances.

`scan` indexes folders into the ledger of a workspace. `read_header` reads one file and touches only the bytes it
needs. `elements`, `compare` and `varying` show what headers say, `picture` what an instance looks like. `outline` goes
over a whole file, `decoded` over every frame; `Guarded` does such work in a process that may end.
"""

from ._compare import Difference, DifferenceKind, Varying, compare, varying
from ._content import ElementsError
from ._decoded import decoded
from ._frame import Frame, PreviewError
from ._guard import Guarded, GuardedError
from ._listing import ElementRow, elements, search
from ._outline import Outline, outline
from ._pixels import native_length
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
    "Frame",
    "Guarded",
    "GuardedError",
    "Header",
    "HeaderError",
    "Outline",
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
    "decoded",
    "elements",
    "native_length",
    "outline",
    "picture",
    "quiet_pydicom",
    "read_header",
    "scan",
    "scanned_sources",
    "search",
    "shown",
    "varying",
]
