"""The reference nodes: where they are, how to speak to them, what they take in one piece.

`connect(workspace)` gives the node of a workspace. In this version the nodes of the UPV family take images by
DICOMweb.
"""

from ._node import BUSY, DicomWeb, Node, connect, refusal

__all__ = ["BUSY", "DicomWeb", "Node", "connect", "refusal"]
