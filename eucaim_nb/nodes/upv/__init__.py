"""The UPV node: sign-in by OpenID Connect, images by DICOMweb, clinical data by eForms, its dataset service."""

from ._browser import BrowserSignIn, why_no_browser
from ._clinical import Forms
from ._datasets import DatasetService
from ._device import DeviceSignIn
from ._dicomweb import DicomWeb
from ._issuer import Issuer
from ._node import UpvNode
from ._probe import Probe, probe

__all__ = [
    "BrowserSignIn",
    "DatasetService",
    "DeviceSignIn",
    "DicomWeb",
    "Forms",
    "Issuer",
    "Probe",
    "UpvNode",
    "probe",
    "why_no_browser",
]
