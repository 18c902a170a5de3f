"""Reports: evidence as files that a person can read, print and hand on, and a program can check.

A document is one HTML file that needs nothing else; `document` and the blocks beside it escape whatever they get.
`write` puts a file in place whole or not at all; `sealed` binds and signs a report with its entries, so that none can
be changed unnoticed, and `is_intact` tells whether any was.
"""

from eucaim_nb.markup import Column, Markup

from ._document import document, facts, fold, listing, paragraph, section, table
from ._seal import is_intact, seal, sealed
from ._write import write

__all__ = [
    "Column",
    "Markup",
    "document",
    "facts",
    "fold",
    "is_intact",
    "listing",
    "paragraph",
    "seal",
    "sealed",
    "section",
    "table",
    "write",
]
