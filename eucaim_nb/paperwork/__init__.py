"""Paperwork: the Data Transfer Agreement, drafted and signed, and the tickets for EUCAIM's helpdesk.

`draft` fills the agreement (our own neutral text, or a Word template whose gaps are mapped once) from what a person
answered and what the workspace knows; `sign` records the signed copy. Documents that have to be on file are kept by
`eucaim_nb.workflow`, because they decide what may be released.
"""

from ._answers import answers, keep_answers, missing, values
from ._dta import Draft, draft, sign
from ._gaps import gaps_of
from ._template_map import LEFT_OPEN, keep_mapping, mapping_of

__all__ = [
    "LEFT_OPEN",
    "Draft",
    "answers",
    "draft",
    "gaps_of",
    "keep_answers",
    "keep_mapping",
    "mapping_of",
    "missing",
    "sign",
    "values",
]
