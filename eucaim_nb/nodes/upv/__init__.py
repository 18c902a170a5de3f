"""The UPV node: sign-in by OpenID Connect, images by DICOMweb, clinical data by eForms."""

from ._clinical import Forms
from ._dicomweb import DicomWeb
from ._node import UpvNode
from ._probe import Probe, probe

__all__ = ["DicomWeb", "Forms", "Probe", "UpvNode", "probe"]
