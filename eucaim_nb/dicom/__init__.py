"""Reading DICOM: one header fast and safely, whole folders into the index, and a look into single instances.

`scan` indexes folders into the ledger of a workspace. `read_header` reads one file and touches only the bytes it
needs. `elements`, `compare` and `varying` show what headers say, `picture` what an instance looks like. `outline` goes
over a whole file, `decoded` over every frame; `Guarded` does such work in a process that may end.

For whoever searches files: `decode_text` and `is_text` say what bytes mean, `remarks` what compressed pictures say,
`has_day` and `maker_of_uid` what a UID tells. `tag_text` and `path_text` name places.
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
from ._remarks import Remark, fragments, remarks
from ._scan import ScanSummary, scan, scanned_sources
from ._studio import Print, Studio
from ._tags import AttributePath, path_text, tag_of, tag_text
from ._texts import STRING_VRS, TEXT_VRS, decode_text, dictionary_vr, encodings, is_text
from ._uids import class_attributes, has_day, maker_of_uid

__all__ = [
    "STRING_VRS",
    "TEXT_VRS",
    "AttributePath",
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
    "Remark",
    "ScanSummary",
    "Studio",
    "Varying",
    "as_png",
    "class_attributes",
    "compare",
    "decode_text",
    "decoded",
    "dictionary_vr",
    "elements",
    "encodings",
    "fragments",
    "has_day",
    "is_text",
    "maker_of_uid",
    "native_length",
    "outline",
    "path_text",
    "picture",
    "quiet_pydicom",
    "read_header",
    "remarks",
    "scan",
    "scanned_sources",
    "search",
    "shown",
    "tag_of",
    "tag_text",
    "varying",
]
