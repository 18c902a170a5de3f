"""The ledger: one SQLite file per workspace that holds what the pages know.

This room is the only code that speaks SQL. A `Ledger` opens the file, brings its schema up to date and offers one small
group of verbs per subject: `index` (files, instances, problems), `originals` (what there is to de-identify),
`deidentified` (what became of it), `checkable` (what checks look at), `quality` (what they found), `exclusions` (what a
person left out), `jobs`, `uploads`, `clinical_uploads`, `events`, and `records` of the actions of the procedure.

The journal is always a rollback journal, never WAL: a workspace may lie on a network share, where WAL loses data
(https://www.sqlite.org/wal.html, section 1). Transactions are short, so two pages and a worker do not wait on each
other.
"""

from ._actions import ActionRecord
from ._checkable import Checkable, LookRow, SeriesRows
from ._clinical_uploads import ClinicalUpload, ClinicalUploads
from ._database import Database
from ._deid_rows import DeidCounts, DeidFinding, DeidRow, DeidState
from ._events import Event
from ._exclusions import Exclusion
from ._jobs import JobRow, Process
from ._ledger import Ledger
from ._originals import Original, Originals, Unreadable
from ._quality import Quality, QualityFinding, QualityRun
from ._records import FileRecord, InstanceRecord, Known, ProblemRecord, SeriesRow, Totals
from ._upload_rows import Mark, SeriesUpload, StudyUpload, UploadCounts, UploadItem, UploadRecord, UploadState
from ._uploads import Uploads

__all__ = [
    "ActionRecord",
    "Checkable",
    "ClinicalUpload",
    "ClinicalUploads",
    "Database",
    "DeidCounts",
    "DeidFinding",
    "DeidRow",
    "DeidState",
    "Event",
    "Exclusion",
    "FileRecord",
    "InstanceRecord",
    "JobRow",
    "Known",
    "Ledger",
    "LookRow",
    "Mark",
    "Original",
    "Originals",
    "ProblemRecord",
    "Process",
    "Quality",
    "QualityFinding",
    "QualityRun",
    "SeriesRow",
    "SeriesRows",
    "SeriesUpload",
    "StudyUpload",
    "Totals",
    "Unreadable",
    "UploadCounts",
    "UploadItem",
    "UploadRecord",
    "UploadState",
    "Uploads",
]
