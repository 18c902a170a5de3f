"""WADO-RS: give back what was stored, byte for byte (PS3.18 10.4). Nothing is transcoded here."""

import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from ._header import read_attributes
from ._http import CHUNK, Request, Response, accepts, problem
from ._qido import json_array
from ._store import Store, Stored


def retrieve(
    request: Request, store: Store, study: str, series: str | None = None, sop: str | None = None
) -> Response:
    """Answer with every instance below the UIDs of the address.

    PS3.18 8.7.3.5.2 would have uncompressed data when the request names no transfer syntax. This node sends
    what it has, as if `transfer-syntax=*` had been asked for, and answers 406 when another one is demanded.
    """
    instances = store.instances(study, series, sop)
    if not instances:
        return problem(404, "there is nothing with these UIDs")
    demanded = set(re.findall(r'transfer-syntax="?([^";,\s]+)', request.header("Accept")))
    if (
        demanded
        and "*" not in demanded
        and not demanded >= {instance.transfer_syntax for instance in instances}
    ):
        return problem(406, "this node does not transcode: ask for transfer-syntax=*")
    if accepts(request, "multipart/related") and not re.search(
        r"type=\"?(image|video)/", request.header("Accept")
    ):
        return _multipart(instances)
    if len(instances) == 1 and accepts(request, "application/dicom"):
        return Response(200, _content(instances[0].path), "application/dicom", length=instances[0].bytes)
    return problem(406, 'this node answers multipart/related; type="application/dicom"')


def metadata(
    request: Request, store: Store, study: str, series: str | None = None, sop: str | None = None
) -> Response:
    """Answer with the attributes of every instance below the UIDs, as DICOM JSON without bulk."""
    instances = store.instances(study, series, sop)
    if not instances:
        return problem(404, "there is nothing with these UIDs")
    if not accepts(request, "application/dicom+json", "application/json"):
        return problem(406, "this node answers application/dicom+json")
    return Response(200, json_array(read_attributes(one.path) for one in instances), "application/dicom+json")


def _multipart(instances: Sequence[Stored]) -> Response:
    boundary = uuid.uuid4().hex
    heads = [
        f"\r\n--{boundary}\r\nContent-Type: application/dicom; transfer-syntax={one.transfer_syntax}\r\n"
        f"Content-Length: {one.bytes}\r\n\r\n".encode("latin-1", "replace")
        for one in instances
    ]
    tail = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        for head, one in zip(heads, instances, strict=True):
            yield head
            yield from _content(one.path)
        yield tail

    length = sum(map(len, heads)) + sum(one.bytes for one in instances) + len(tail)
    return Response(
        200, body(), f'multipart/related; type="application/dicom"; boundary={boundary}', length=length
    )


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
