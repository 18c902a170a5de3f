"""The Health-RI node: an XNAT, spoken to through a session of the `xnat` client."""

from ._labels import Labels, labels_of
from ._node import HealthRiNode
from ._xnat import Xnat

__all__ = ["HealthRiNode", "Labels", "Xnat", "labels_of"]
