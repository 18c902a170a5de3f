"""Clinical data to the node: what was prepared, and nothing else; believed when the node gives it back the same.

`send` asks the node what it has, sends the rest, reads it back and compares digests; `plan` only asks. Both take the
exports that the last preparation wrote to `clinical/`. `send` leaves a sealed receipt in
`reports/clinical_upload.html` and `.json`.
"""

from ._gate import Against, Ready, concerns, ready
from ._send import ClinicalPlan, ClinicalSummary, plan, send

__all__ = ["Against", "ClinicalPlan", "ClinicalSummary", "Ready", "concerns", "plan", "ready", "send"]
