"""Jobs: long work that survives the page which started it.

A job is a row in the ledger. `start` hands it to a detached worker process, `run` does it here; both call the
same verb of
a phase room. `stop` asks it to stop at its next safe point. Killed at any instant, the job is found
`interrupted`, and
starting it again does what is left: the phase rooms keep what is done in the ledger.
"""

from ._job import Job, JobState
from ._kinds import KINDS
from ._progress import Progress, Stopped, silent
from ._runner import follow, get, latest, run, start, stop

__all__ = [
    "KINDS",
    "Job",
    "JobState",
    "Progress",
    "Stopped",
    "follow",
    "get",
    "latest",
    "run",
    "silent",
    "start",
    "stop",
]
