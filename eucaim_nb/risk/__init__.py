"""Risk of re-identification: what is left, who stands out, and what to do about it.

`run` searches the files of a workspace for identifiers, measures its tables and writes the report; `assessment` reads
that back. `tables` gives what a workspace tells of each patient, and the role of each column; `assess` measures any
table with one row per patient. A `Lattice` measures it with coarser columns, and `search` finds the levels that reach a
k and lose least; a `plan` says what they mean for de-identification and for the clinical mapping.
"""

from ._assess import Bounds, TableRisk, assess
from ._assessment import USUAL_K, Assessment, assessment, leaks_by_kind, was_searched
from ._attributes import AttributeRisk, UniqueSet
from ._disclosure import Disclosure
from ._hierarchy import Hierarchy, Level, usual_hierarchy, values_of
from ._hierarchy_file import read_hierarchy, write_hierarchy
from ._lattice import Lattice, Scenario, Utility
from ._leak import Kind, Leak, Severity
from ._leak_rows import LeakRow
from ._leave_out import leave_out
from ._longitudinal import Fingerprint, devices, moments, trajectories
from ._offered import hierarchies, import_hierarchy
from ._plan import Plan, plan, save_plan, saved_plan
from ._population import PopulationUniques
from ._reference import THRESHOLD_IS_YOURS, Role, Threshold, column_facts, thresholds
from ._run import RiskSummary, run
from ._search import Cost, Proposal, search
from ._sensitive import Sensitive
from ._tables import Source, Tables, save_roles, saved_roles, tables, usual_source

__all__ = [
    "THRESHOLD_IS_YOURS",
    "USUAL_K",
    "Assessment",
    "AttributeRisk",
    "Bounds",
    "Cost",
    "Disclosure",
    "Fingerprint",
    "Hierarchy",
    "Kind",
    "Lattice",
    "Leak",
    "LeakRow",
    "Level",
    "Plan",
    "PopulationUniques",
    "Proposal",
    "RiskSummary",
    "Role",
    "Scenario",
    "Sensitive",
    "Severity",
    "Source",
    "TableRisk",
    "Tables",
    "Threshold",
    "UniqueSet",
    "Utility",
    "assess",
    "assessment",
    "column_facts",
    "devices",
    "hierarchies",
    "import_hierarchy",
    "leaks_by_kind",
    "leave_out",
    "moments",
    "plan",
    "read_hierarchy",
    "run",
    "save_plan",
    "save_roles",
    "saved_plan",
    "saved_roles",
    "search",
    "tables",
    "thresholds",
    "trajectories",
    "usual_hierarchy",
    "usual_source",
    "values_of",
    "was_searched",
    "write_hierarchy",
]
