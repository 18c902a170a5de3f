"""Reports: evidence as files that a person can read, print and hand on, and a program can check.

A document is one HTML file that needs nothing else; `document` and the blocks beside it escape whatever they get.
Every report begins with a `head`, which its document shows as `made`. `write` and `write_json` put a file in place
whole or not at all; `Codes` stand for identifiers. `sealed` binds and signs a report with its entries, so that none can
be changed unnoticed, and `is_intact` tells whether any was. The part `dossier` binds all of them.
"""

from eucaim_nb.markup import Column, Markup

from ._codes import Codes
from ._document import data, document, facts, fold, listing, paragraph, section, table
from ._head import head, made, moment
from ._seal import Flaw, flaw_of, is_intact, seal, sealed
from ._write import write, write_json

__all__ = [
    "Codes",
    "Column",
    "Flaw",
    "Markup",
    "data",
    "document",
    "facts",
    "flaw_of",
    "fold",
    "head",
    "is_intact",
    "listing",
    "made",
    "moment",
    "paragraph",
    "seal",
    "sealed",
    "section",
    "table",
    "write",
    "write_json",
]
