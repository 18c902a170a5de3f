"""The files of the node when they are on a real DICOMweb server behind it: read from its metadata."""

import base64
import http.client
import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any, cast
from urllib.parse import quote

from .._header import JsonDataset, key
from .._proxy import Upstream
from ._datalake import READ, DatalakeUnreachable, SeriesFolder, StudyFolder, Tags, study_folder

_JSON = "application/dicom+json"
_STUDY, _SERIES, _MODALITY, _COUNT = "0020000D", "0020000E", "00080060", "00201208"
# Samples per pixel, frames, rows, columns: with the bits allocated they give the size of the pixel data.
_SIZES = ("00280002", "00280008", "00280010", "00280011")
_BITS = "00280100"


class RemoteDatalake:
    """What a real server holds. The size of a file is that of its pixel data uncompressed: metadata tell no other.

    A study is read again once the number of its instances has changed.

    Parameters
    ----------
    upstream : Upstream
        The server.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, StudyFolder]] = {}

    def studies(self) -> dict[str, StudyFolder]:
        """Return every study by its path, in the server's order.

        Raises
        ------
        DatalakeUnreachable
            The server does not answer, or not with DICOM JSON.
        """
        with self._lock:
            try:
                self._known = {uid: self._study(uid, count) for uid, count in self._counted()}
            except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, IndexError) as error:
                raise DatalakeUnreachable("the DICOMweb server behind this node does not answer") from error
            return {folder.path: folder for _, folder in self._known.values()}

    def _counted(self) -> Iterator[tuple[str, int]]:
        for one in self._get(f"/studies?includefield={_COUNT}"):
            yield _first(one, _STUDY), int(_first(one, _COUNT) or 0)

    def _study(self, uid: str, count: int) -> tuple[int, StudyFolder]:
        known = self._known.get(uid)
        if known is not None and known[0] == count:
            return known
        instances = self._get(f"/studies/{quote(uid)}/metadata")
        series: dict[str, SeriesFolder] = {}
        for one in instances:
            name = _first(one, _SERIES)
            before = series.get(name)
            tags = before.tags if before else partial(_tags_of, one)
            series[name] = SeriesFolder(name, (before.bytes if before else 0) + _size(one), tags)
        modalities = sorted({_first(one, _MODALITY) for one in instances} - {""})
        return count, study_folder(uid, instances[0], modalities, series)

    def _get(self, path: str) -> list[JsonDataset]:
        connection, response = self._upstream.get(path, _JSON)
        try:
            return cast(list[JsonDataset], json.loads(response.read()))
        finally:
            connection.close()


def _tags_of(attributes: JsonDataset) -> Tags:
    return {name: _text(attributes, key(tag)) for name, tag in READ.items()}


def _text(attributes: JsonDataset, tag: str) -> str | None:
    element: dict[str, Any] | None = attributes.get(tag)
    if element is None:
        return None
    if "InlineBinary" in element:  # how a private attribute comes whose VR the server does not know
        return base64.b64decode(element["InlineBinary"]).decode("latin-1").strip(" \0")
    return "\\".join(str(value) for value in element.get("Value") or [])


def _first(attributes: JsonDataset, tag: str) -> str:
    return str((attributes.get(tag, {}).get("Value") or [""])[0])


def _size(attributes: JsonDataset) -> int:
    size = int(_first(attributes, _BITS) or 0) // 8
    for tag in _SIZES:
        size *= int(_first(attributes, tag) or 1)
    return size
