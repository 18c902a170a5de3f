"""The metadata record: what EUCAIM's catalogue is to say of the dataset.

A `Record` holds values by the property of EUCAIM's profile of DCAT-AP 2.0, whose `fields` are data in
`reference/record/`. `load` and `save` keep it in the workspace with its earlier versions. `proposals` is what the node
and the ledger know of the dataset; `filled` takes it where the record says nothing, `differences` tells where they
disagree. `check` says what stands against a record, `export` writes it in every form, `read_file` reads it back.
`row` gives it in the columns of the catalogue, and `record_of` reads such a row.
"""

from ._branch import in_order, step
from ._check import check, judge
from ._exports import (
    EXPORTS_FILE,
    FORMS,
    Exported,
    Form,
    Imported,
    Written,
    export,
    read_file,
    write_template,
)
from ._field import Field, Kind, Obligation, below, field_of, fields, plain
from ._fill import facts, proposals
from ._graph import graph
from ._molgenis import COLUMNS, keys_of, record_of, row
from ._problem import Problem, Severity
from ._proposal import Difference, Origin, Proposal, changes, differences, filled
from ._record import RECORD_FILE, Record, draft, keep_draft, load, save, versions
from ._rules import Facts
from ._values import normal
from ._vocabulary import Concept, Vocabulary, label_of, vocabulary

__all__ = [
    "COLUMNS",
    "EXPORTS_FILE",
    "FORMS",
    "RECORD_FILE",
    "Concept",
    "Difference",
    "Exported",
    "Facts",
    "Field",
    "Form",
    "Imported",
    "Kind",
    "Obligation",
    "Origin",
    "Problem",
    "Proposal",
    "Record",
    "Severity",
    "Vocabulary",
    "Written",
    "below",
    "changes",
    "check",
    "differences",
    "draft",
    "export",
    "facts",
    "field_of",
    "fields",
    "filled",
    "graph",
    "in_order",
    "judge",
    "keep_draft",
    "keys_of",
    "label_of",
    "load",
    "normal",
    "plain",
    "proposals",
    "read_file",
    "record_of",
    "row",
    "save",
    "step",
    "versions",
    "vocabulary",
    "write_template",
]
