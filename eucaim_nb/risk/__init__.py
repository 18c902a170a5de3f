"""Risk of re-identification: what is left, who stands out, and what to do about it.

`assess` measures a table with one row per patient.
"""

from ._assess import Bounds, TableRisk, assess
from ._attributes import AttributeRisk, UniqueSet
from ._disclosure import Disclosure
from ._longitudinal import Fingerprint, devices, moments, trajectories
from ._population import PopulationUniques
from ._sensitive import Sensitive

__all__ = [
    "AttributeRisk",
    "Bounds",
    "Disclosure",
    "Fingerprint",
    "PopulationUniques",
    "Sensitive",
    "TableRisk",
    "UniqueSet",
    "assess",
    "devices",
    "moments",
    "trajectories",
]
