"""The UPV node: sign-in by OpenID Connect, images by DICOMweb, clinical data by eForms, its dataset service."""

from ._clinical import Forms
from ._datasets import DatasetService
from ._dicomweb import DicomWeb
from ._node import UpvNode
from ._probe import Probe, probe

__all__ = ["DatasetService", "DicomWeb", "Forms", "Probe", "UpvNode", "probe"]
