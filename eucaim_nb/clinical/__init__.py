"""Clinical data: from any spreadsheet to what a node accepts.

`load` reads a table as texts, `profile` tells what its columns hold, `suggest` which variable of a template each may
be. `propose` makes a first `Mapping` of that; a person changes it, and `apply` makes of the table what the mapping
says, every row accounted for. `prepare` goes the whole way for a workspace and writes exports, evidence and the
mapping; `exported` tells what is ready to be sent. Nothing that the table leaves open is guessed: it becomes a
`Finding`.
"""

from eucaim_nb.clinical_files import ExportFile
from eucaim_nb.identity import Rule

from ._apply import Prepared, apply
from ._column import Column
from ._combine import COMBINATIONS, Combination
from ._dates import FORMATS as DATE_FORMATS
from ._exports import EXPORTS, USUAL
from ._files import exported
from ._finding import Finding, Severity
from ._images import Images, images_of, normalisations
from ._load import load
from ._mapping import FieldMap, Mapping, Subjects, difference, load_mapping, save_mapping
from ._match import Suggestion, suggest
from ._offered import (
    COMBINATION_OFFERS,
    RULE_OFFERS,
    STEP_OFFERS,
    Argument,
    Offer,
    rule_in_words,
    rule_of,
    step_in_words,
)
from ._prepare import prepare, renewed
from ._preview import Example, examples, unsaid
from ._profile import Profile, profile
from ._propose import field_map, propose
from ._select import Dropped
from ._steps import MEANINGS as MISSING
from ._steps import STEPS, Step
from ._summary import MAPPING_FILE, Summary
from ._table import Layout, RawTable
from ._target import Target
from ._template import DEFAULT, Template, dictionary, load_template, templates
from ._values import ValueMap, suggest_values

__all__ = [
    "COMBINATIONS",
    "COMBINATION_OFFERS",
    "DATE_FORMATS",
    "DEFAULT",
    "EXPORTS",
    "MAPPING_FILE",
    "MISSING",
    "RULE_OFFERS",
    "STEPS",
    "STEP_OFFERS",
    "USUAL",
    "Argument",
    "Column",
    "Combination",
    "Dropped",
    "Example",
    "ExportFile",
    "FieldMap",
    "Finding",
    "Images",
    "Layout",
    "Mapping",
    "Offer",
    "Prepared",
    "Profile",
    "RawTable",
    "Rule",
    "Severity",
    "Step",
    "Subjects",
    "Suggestion",
    "Summary",
    "Target",
    "Template",
    "ValueMap",
    "apply",
    "dictionary",
    "difference",
    "examples",
    "exported",
    "field_map",
    "images_of",
    "load",
    "load_mapping",
    "load_template",
    "normalisations",
    "prepare",
    "profile",
    "propose",
    "renewed",
    "rule_in_words",
    "rule_of",
    "save_mapping",
    "step_in_words",
    "suggest",
    "suggest_values",
    "templates",
    "unsaid",
]
