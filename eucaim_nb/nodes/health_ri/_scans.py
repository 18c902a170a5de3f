"""Scans of an XNAT project that hold files of other kinds than DICOM."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from ._labels import Labels
from ._xnat import Xnat

_KINDS = {"CT": "ct", "MR": "mr", "PT": "pet", "MG": "mg", "US": "us"}
_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9_-]")
_EXISTS = 409


class Scans:
    """Makes sessions, scans and resources where they are missing, and puts files into them."""

    def __init__(self, xnat: Xnat) -> None:
        self._xnat = xnat

    def address(self, labels: Labels, scan: str, resource: str) -> str:
        """Return the address of a resource of a scan."""
        return f"{self._session(labels)}/scans/{quote(scan_label(scan))}/resources/{quote(resource)}"

    def digests(self, labels: Labels, scan: str, resource: str) -> Mapping[str, str]:
        """Return the MD5 digest of each file of a resource by its name; empty when there is none.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        return self._xnat.files(f"{self.address(labels, scan, resource)}/files")

    def make(self, labels: Labels, scan: str, resource: str, modality: str, description: str) -> None:
        """Make what is missing of subject, session, scan and resource.

        Raises
        ------
        requests.HTTPError
            The server refuses one of them.
        requests.RequestException
            The connection failed.
        """
        kind = _KINDS.get(modality, "otherDicom")
        about = {f"xnat:{kind}ScanData/type": description or modality, f"xnat:{kind}ScanData/quality": "usable"}
        steps: list[tuple[str, dict[str, Any]]] = [
            (self._subject(labels), {}),
            (self._session(labels), {"xsiType": f"xnat:{kind}SessionData"}),
            (
                f"{self._session(labels)}/scans/{quote(scan_label(scan))}",
                {"xsiType": f"xnat:{kind}ScanData", "req_format": "qs", **about},
            ),
            (self.address(labels, scan, resource), {"format": resource}),
        ]
        for address, query in steps:
            if not self._xnat.has(address):
                response = self._xnat.put(address, query=query)
                if response.status_code != _EXISTS:  # made by somebody else in this moment
                    response.raise_for_status()

    def put(self, labels: Labels, scan: str, resource: str, name: str, body: Any) -> requests.Response:
        """Put a file into a resource, and return the answer whatever it is. One that is there stays.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        """
        return self._xnat.put(f"{self.address(labels, scan, resource)}/files/{quote(name)}", body=body)

    def _subject(self, labels: Labels) -> str:
        return f"/data/projects/{quote(self._xnat.project)}/subjects/{quote(labels.subject)}"

    def _session(self, labels: Labels) -> str:
        return f"{self._subject(labels)}/experiments/{quote(labels.session)}"


def scan_label(text: str) -> str:
    """Return the name of a scan as XNAT takes it."""
    return _NOT_IN_LABEL.sub("_", text)
