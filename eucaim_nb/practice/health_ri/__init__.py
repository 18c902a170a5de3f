"""The Health-RI practice node: an XNAT-style REST for the `xnat` client, harvesters and CTP.

`HealthRi` is the room. Below it: an *archive* of projects, subjects, experiments, scans, resources and files; a
*prearchive* of sessions that were received; *people* with roles; and an import service that sorts DICOM files into
sessions, from a request or from a folder on the server's disk, the *inbox*. Everything lives in one folder and
survives a restart; sessions of people do not.
"""

from ._inbox import FOLDER as INBOX
from ._room import PROJECT, HealthRi

__all__ = ["INBOX", "PROJECT", "HealthRi"]
