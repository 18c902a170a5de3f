"""The public catalogue of EUCAIM: asking for the registration, and what the entry says.

`prepare` makes ready what goes with the ticket, `blockers` says what speaks against it. `look_up` asks the catalogue in
one way after the other and keeps what it found, `latest` reads that back; `compare` puts a record and an entry side by
side. `harvest` runs Health-RI's harvester, where it is installed.
"""

from ._compare import Agreement, Line, compare
from ._forms import Entry
from ._harvest import PROGRAM, Harvest, harvest, harvests
from ._look_up import LookUp, Presence, identifier_of, latest, look_up
from ._registration import FOLDER, Registration, attachments, blockers, prepare

__all__ = [
    "FOLDER",
    "PROGRAM",
    "Agreement",
    "Entry",
    "Harvest",
    "Line",
    "LookUp",
    "Presence",
    "Registration",
    "attachments",
    "blockers",
    "compare",
    "harvest",
    "harvests",
    "identifier_of",
    "latest",
    "look_up",
    "prepare",
]
