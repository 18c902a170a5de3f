"""The journal as an upload writes it: many steps in one transaction, and never ahead of the truth."""

import time
from collections.abc import Iterable
from threading import Lock

from eucaim_nb.ledger import Mark, Uploads

_LAG = 0.5  # seconds
_DOUBT = 60.0
"""Seconds before something is seen to go wrong at a node in which it may have gone wrong already."""


class Journal:
    """Gathers steps of many threads and writes them about twice a second.

    What is not written when the program is killed is only that something was done: the next upload finds it at the
    node and compares it again. So the journal may lag behind, and nothing in it is ever more than what is true.
    """

    def __init__(self, uploads: Uploads, node: str) -> None:
        self._uploads = uploads
        self._node = node
        self._waiting: list[Mark] = []
        self._gathering, self._writing = Lock(), Lock()
        self._written_at = time.monotonic()

    def note(self, marks: Iterable[Mark]) -> None:
        """Take steps down; write all that wait when the last time is long enough ago."""
        with self._gathering:
            self._waiting += marks
        if time.monotonic() - self._written_at > _LAG:
            self.write()

    def doubt(self) -> None:
        """Take back what the node acknowledged lately and has not shown: something went wrong there since."""
        self.write()
        self._uploads.doubt(self._node, time.time() - _DOUBT)

    def write(self) -> None:
        """Write what waits."""
        with self._writing:
            with self._gathering:
                marks, self._waiting = self._waiting, []
            self._written_at = time.monotonic()
            self._uploads.note(self._node, marks)
