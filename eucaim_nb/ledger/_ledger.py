"""The ledger as the rest of the program holds it."""

from pathlib import Path

from ._actions import ActionRecords
from ._checkable import Checkable
from ._clinical_uploads import ClinicalUploads
from ._database import Database
from ._deidentified import Deidentified
from ._events import Events
from ._exclusions import Exclusions
from ._index import Index
from ._jobs import Jobs
from ._originals import Originals
from ._quality import Quality
from ._uploads import Uploads


class Ledger:
    """What one workspace knows, by subject.

    Parameters
    ----------
    path
        The SQLite file. It is created when missing and brought up to date when it is of an older version.

    Raises
    ------
    WorkspaceError
        The file is no ledger, or was written by a newer version of the program.
    """

    def __init__(self, path: Path) -> None:
        database = Database(path)
        database.migrate()
        self.path = path
        self.index = Index(database)
        self.originals = Originals(database)
        self.deidentified = Deidentified(database)
        self.exclusions = Exclusions(database)
        self.jobs = Jobs(database)
        self.checkable = Checkable(database)
        self.quality = Quality(database)
        self.uploads = Uploads(database)
        self.clinical_uploads = ClinicalUploads(database)
        self.events = Events(database)
        self.records = ActionRecords(database)
