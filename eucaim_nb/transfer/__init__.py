"""Transfer: send images so that none is lost, and believe only what the server lists.

`upload` queues the chosen series, asks the node what it has already, sends the rest as raw file bytes and marks an
instance verified when the node itself shows to have it, with this content. `verify` compares the journal with the node
again. Both leave a sealed receipt in `reports/upload.html` and `.json`.
"""

from ._decision import decide_conflicts
from ._gate import Against, Concern, concerns
from ._plan import Plan, plan
from ._source import source_ids
from ._tool import Tool, ingestion_tool
from ._upload import UploadSummary, upload
from ._verify import VerifySummary, verify

__all__ = [
    "Against",
    "Concern",
    "Plan",
    "Tool",
    "UploadSummary",
    "VerifySummary",
    "concerns",
    "decide_conflicts",
    "ingestion_tool",
    "plan",
    "source_ids",
    "upload",
    "verify",
]
