"""What the node holds, told at the control address and to nobody else: DICOM files, and how to be rid of all."""

import hashlib
from contextlib import suppress
from typing import Any

from .._header import NotAnInstance, read_header
from ._archive import Archive
from ._records import Item


def instances(archive: Archive) -> list[dict[str, Any]]:
    """List every DICOM file, whatever it is called and wherever it was put, by reading them all.

    `archived` is false for a file that waits in the prearchive. Labels are empty where there is no such item.
    """
    listed = []
    for resource in archive.of_kind("resource"):
        labels = {kind: _label(archive.up(resource, kind)) for kind in ("project", "subject")}
        waiting = archive.up(resource, "prearchive")
        session = waiting or archive.up(resource, "experiment")
        if waiting is not None:
            labels["subject"] = waiting.fields["subject"]
        for file in archive.files(resource):
            path = archive.open_path(file.blob)
            with suppress(NotAnInstance, FileNotFoundError):
                header = read_header(path)
                with path.open("rb") as content:
                    sha256 = hashlib.file_digest(content, "sha256").hexdigest()
                listed.append(
                    {
                        "study": header.study,
                        "series": header.series,
                        "sop": header.sop,
                        "sha256": sha256,
                        "bytes": file.bytes,
                        **labels,
                        "session": _label(session),
                        "archived": waiting is None,
                    }
                )
    return listed


def wipe(archive: Archive) -> int:
    """Remove every project and what waits without one; return how many files there were."""
    with archive.change():
        count = sum(len(archive.files(one)) for one in archive.of_kind("resource"))
        for kind in ("prearchive", "project"):
            for item in archive.of_kind(kind):
                archive.remove(item)
    return count


def _label(item: Item | None) -> str:
    return item.label if item is not None else ""
