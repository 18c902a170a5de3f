"""Practice nodes: local servers with the reference nodes' protocols, to try everything with no account.

`serve` runs them until it is told to stop; `PracticeNodes` is the same thing as a context manager, in this
process. What they hold lives in one folder and is still there after a restart. A `FaultSpec` makes them
misbehave on purpose.
"""

from ._faults import FaultSpec, grammar
from ._nodes import PracticeNodes, serve
from ._policy import Policy
from ._sqlite import StoreInUse

__all__ = ["FaultSpec", "Policy", "PracticeNodes", "StoreInUse", "grammar", "serve"]
