"""The UPV practice node beside its DICOMweb store: who is signed in, and which datasets there are.

An OpenID Connect provider gives access tokens, which the DICOMweb room takes as well, and a dataset service
makes datasets of what was uploaded. `UpvNode` puts them together.
"""

from ._node import UpvNode

__all__ = ["UpvNode"]
