"""The UPV practice node beside its DICOMweb store: who is signed in, clinical data, and which datasets there are.

An OpenID Connect provider gives access tokens, which the DICOMweb room and the clinical endpoint take as well, and a
dataset service makes datasets of what was uploaded. `UpvNode` puts them together.
"""

from ._datalake import StoreDatalake
from ._node import UpvNode
from ._remote import RemoteDatalake

__all__ = ["RemoteDatalake", "StoreDatalake", "UpvNode"]
