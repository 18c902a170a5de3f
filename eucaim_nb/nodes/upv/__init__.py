"""The UPV node: sign-in by OpenID Connect, images by DICOMweb."""

from ._dicomweb import DicomWeb
from ._node import UpvNode

__all__ = ["DicomWeb", "UpvNode"]
