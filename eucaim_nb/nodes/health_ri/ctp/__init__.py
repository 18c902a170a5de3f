"""The Clinical Trial Processor (CTP) of RSNA, with which Health-RI takes images: its files, written and checked.

`bundle` writes all files of a CTP that sends to Health-RI; `Rules` are the de-identification profile as plain values,
from which its script is made. `lint` finds what would lose images or let something pass, in these files or in those
of any other CTP. Nothing here opens a file or a connection.
"""

from ._bundle import ANONYMIZER, CONFIG, DEIDENTIFYING, FILTER, HOWTO, LOG, LOOKUP, ROUTING, bundle
from ._config import MIN_AGE_SECONDS, Pipeline, config
from ._lint import Note, Severity, lint
from ._log import quiet_log
from ._lookup import Pseudonyms, lookup
from ._rules import Rules
from ._script import anonymizer, routing

__all__ = [
    "ANONYMIZER",
    "CONFIG",
    "DEIDENTIFYING",
    "FILTER",
    "HOWTO",
    "LOG",
    "LOOKUP",
    "MIN_AGE_SECONDS",
    "ROUTING",
    "Note",
    "Pipeline",
    "Pseudonyms",
    "Rules",
    "Severity",
    "anonymizer",
    "bundle",
    "config",
    "lint",
    "lookup",
    "quiet_log",
    "routing",
]
