"""The UPV node: sign-in by OpenID Connect, images by DICOMweb."""

from ._dicomweb import DicomWeb
from ._node import UpvNode
from ._probe import Probe, probe

__all__ = ["DicomWeb", "Probe", "UpvNode", "probe"]
