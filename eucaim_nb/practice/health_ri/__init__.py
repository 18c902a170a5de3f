"""The Health-RI practice node: an XNAT-style REST for the `xnat` client, harvesters and CTP.

`HealthRi` is the room. Below it: an *archive* of projects, subjects, experiments, scans, resources and files; a
*prearchive* of sessions that were received; *people* with roles; and an import service that sorts DICOM files into
sessions. Everything lives in one folder and survives a restart; sessions of people do not.
"""

from ._room import PROJECT, HealthRi

__all__ = ["PROJECT", "HealthRi"]
