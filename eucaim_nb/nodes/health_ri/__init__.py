"""The Health-RI node: an XNAT, spoken to through a session of the `xnat` client."""

from ._clinical import ClinicalData
from ._labels import Labels, cleaned, labels_of, why_changed
from ._node import HealthRiNode
from ._project import Project
from ._scans import Scans
from ._xnat import Xnat

__all__ = ["ClinicalData", "HealthRiNode", "Labels", "Project", "Scans", "Xnat", "cleaned", "labels_of", "why_changed"]
