"""The public catalogue of EUCAIM: does it show the dataset, and does the entry say what the metadata record says?

`look_up` asks it in one way after the other and keeps what it found, `latest` reads that back. `compare` puts a record
and an entry side by side.
"""

from ._compare import Agreement, Line, compare
from ._forms import Entry
from ._look_up import LookUp, Presence, latest, look_up

__all__ = ["Agreement", "Entry", "Line", "LookUp", "Presence", "compare", "latest", "look_up"]
