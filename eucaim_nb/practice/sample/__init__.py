"""Sample cohort: invented patients with real-looking images, identities and problems, and the answers.

`write_cohort` fills a folder that can be scanned, de-identified, checked and uploaded like a hospital's own
export; its answer key says what was planted where.
"""

from ._cohort import Cohort, write_cohort

__all__ = ["Cohort", "write_cohort"]
