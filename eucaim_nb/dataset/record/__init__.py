"""The metadata record: what EUCAIM's catalogue is to say of the dataset.

A `Record` holds values by the property of EUCAIM's profile of DCAT-AP 2.0, whose `fields` are data in
`reference/record/`. `load` and `save` keep it in the workspace with its earlier versions; `graph` gives it as RDF.
"""

from typing import TYPE_CHECKING

from ._branch import in_order
from ._field import Field, Kind, Obligation, field_of, fields
from ._record import RECORD_FILE, Record, draft, keep_draft, load, save, versions

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = [
    "RECORD_FILE",
    "Field",
    "Kind",
    "Obligation",
    "Record",
    "draft",
    "field_of",
    "fields",
    "graph",
    "in_order",
    "keep_draft",
    "load",
    "save",
    "versions",
]


def graph(record: Record) -> "Graph":
    """Return a record as RDF: one `dcat:Dataset` with its nodes, as the EUCAIM profile of DCAT-AP says."""
    from ._graph import graph as made  # rdflib takes a moment to load

    return made(record)
