"""Data quality: find now what a reference node would stumble over later.

A *check* looks at one file, series, study, patient, annotation, picture or the whole dataset, and yields findings with
a remedy. `run` applies the checks of a level to a workspace as a job; `findings` reads them back; `exclude` takes a
series or an instance out of all later phases, with a reason, and `readmit` takes that back. `blocking` counts what
stands against sending. `write_report` writes the evidence, `positions` shows where images lie, `normalise`
writes sound copies of files that lack their preamble.

Checks are small functions below `checks/`; `registry` knows them all.
"""

from ._decide import blocking, exclude, excluded, findings, latest, readmit
from ._finding import Dimension, Finding, Level, Severity
from ._normalise import NormaliseSummary, normalise
from ._positions import Positions, positions
from ._registry import Check, check, registry
from ._report import write_report
from ._run import QualitySummary, run
from ._sources import chosen_sources

__all__ = [
    "Check",
    "Dimension",
    "Finding",
    "Level",
    "NormaliseSummary",
    "Positions",
    "QualitySummary",
    "Severity",
    "blocking",
    "check",
    "chosen_sources",
    "exclude",
    "excluded",
    "findings",
    "latest",
    "normalise",
    "positions",
    "readmit",
    "registry",
    "run",
    "write_report",
]
