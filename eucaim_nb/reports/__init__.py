"""Reports: evidence as files that a person can read, print and hand on, and a program can check.

A document is one HTML file that needs nothing else; `document` and the blocks beside it escape whatever they get.
`write` puts a file in place whole or not at all; `chained` binds the entries of a list, so that none can be changed.
"""

from eucaim_nb.markup import Column, Markup

from ._chain import chain_head, chained
from ._document import document, facts, fold, listing, paragraph, section, table
from ._write import write

__all__ = [
    "Column",
    "Markup",
    "chain_head",
    "chained",
    "document",
    "facts",
    "fold",
    "listing",
    "paragraph",
    "section",
    "table",
    "write",
]
