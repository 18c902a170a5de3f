"""What became of files, on its way to the ledger."""

import time
from collections.abc import Sequence

from eucaim_nb.ledger import DeidFinding, DeidRow
from eucaim_nb.workspace import Workspace

from ._finding import is_grave

_BATCH_ROWS = 500
_BATCH_SECONDS = 2.0


class Journal:
    """Rows on their way to the ledger, in batches."""

    def __init__(self, workspace: Workspace, *, keep: bool) -> None:
        self._ledger = workspace.ledger.deidentified
        self._keep = keep
        self._rows: list[DeidRow] = []
        self._crosswalk: set[tuple[str, str, str]] = set()
        self.findings: dict[int, list[DeidFinding]] = {}
        """What was found in outputs whose rows come next, by file id."""
        self._written_at = time.monotonic()

    def add(self, rows: Sequence[DeidRow], crosswalk: frozenset[tuple[str, str, str]]) -> None:
        """Note rows, and write what has gathered from time to time."""
        if not self._keep:
            return
        self._rows += rows
        self._crosswalk |= crosswalk
        if len(self._rows) >= _BATCH_ROWS or time.monotonic() - self._written_at > _BATCH_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what has gathered."""
        self._ledger.store(self._rows, self._crosswalk)
        if self.findings:
            known = self._ledger.known([*self.findings])
            found = {row.id: self.findings[file_id] for file_id, row in known.items()}
            self._ledger.note_verified([number for number, each in found.items() if not is_grave(each)], found)
        self._rows, self._crosswalk, self.findings = [], set(), {}
        self._written_at = time.monotonic()
