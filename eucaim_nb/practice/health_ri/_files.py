"""Resources and their files: list, upload, download, remove, at every level."""

import hashlib
import html
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from .._http import CHUNK, Request, Response, json_response
from ._address import Address, members, resolve
from ._answers import Refused, flag, result_set, text
from ._archive import Archive
from ._items import project_of, uri
from ._labels import checked, cleaned
from ._people import People
from ._records import Item, StoredFile, Taken
from ._unpack import entries, safe_path

_RESOURCE = "xnat:resourceCatalog"


def receive(archive: Archive, chunks: Iterable[bytes], path: str) -> StoredFile:
    """Write bytes to disk as they arrive; nothing refers to them yet.

    Raises
    ------
    Refused
        507: the disk refused it.
    """
    md5 = hashlib.md5(usedforsecurity=False)

    def digested() -> Iterator[bytes]:
        for chunk in chunks:
            md5.update(chunk)
            yield chunk

    try:
        spooled = archive.spool.write(digested())
        return StoredFile(path, archive.take_in(spooled.path), md5.hexdigest(), spooled.bytes)
    except OSError as error:
        raise Refused(507, "The disk of the node is full") from error


def body_of(request: Request) -> Iterator[bytes]:
    """Yield the body of a request as it arrives."""
    return iter(request.body.read, b"")


def listed_resources(archive: Archive, people: People, login: str, items: list[Item]) -> Response:
    """List the resources of items."""
    rows: list[dict[str, Any]] = []
    for item in items:
        people.must_read(login, project_of(archive, item))
        for one in archive.children(item, "resource"):
            files = archive.files(one)
            row = {
                "label": one.label,
                "element_name": _RESOURCE,
                "category": f"{item.kind}s",
                "file_count": str(len(files)),
                "file_size": str(sum(file.bytes for file in files)),
                "format": one.fields.get("format", ""),
                "content": one.fields.get("content", ""),
            }
            # The prearchive has no numbers: clients then take the label.
            rows.append(row if archive.up(item, "prearchive") else row | {"xnat_abstractresource_id": one.id})
    return result_set(rows)


def catalog(archive: Archive, people: People, login: str, resource: Item) -> Response:
    """Show a resource: always XML, whatever format was asked for."""
    people.must_read(login, project_of(archive, resource))
    entry = '<cat:entry URI="{}" digest="{}" content="{}" format="{}"/>'
    lines = [
        entry.format(*(html.escape(part) for part in (one.path, one.md5, one.content, one.format)))
        for one in archive.files(resource)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog xmlns:cat="http://nrg.wustl.edu/catalog">'
    document = "\n".join([head, "<cat:entries>", *lines, "</cat:entries>", "</cat:Catalog>"])
    return Response(200, document.encode(), "text/xml")


def put_resource(
    archive: Archive, people: People, login: str, address: Address, request: Request
) -> Response:
    """Make a resource, or change the format or content of one."""
    query = {name.rpartition("/")[2]: value for name, value in request.query}
    fields: dict[str, Any] = {name: query[name] for name in ("format", "content") if name in query}
    item = address.item
    assert item is not None
    people.must_write(login, project_of(archive, item))
    if address.missing:
        archive.add("resource", item, checked(address.missing, "resource label"), _RESOURCE, fields)
    elif "label" in query or not fields:
        raise Refused(409, f"The resource '{item.label}' exists already")
    else:
        archive.update(item, fields=item.fields | fields)
    return text(200)


def listed_files(
    archive: Archive, people: People, login: str, items: list[Item], request: Request
) -> Response:
    """List the files of items, or pack them into a zip."""
    resources: list[Item] = []
    for item in items:
        people.must_read(login, project_of(archive, item))
        resources += [item] if item.kind == "resource" else members(archive, item, "resources")
    if dict(request.query).get("format") == "zip":
        return packed(archive, [(one, file) for one in resources for file in archive.files(one)])
    above = {one.key: uri(archive, one) for one in resources}
    return result_set(
        {
            "Name": file.path.rpartition("/")[2],
            "Size": file.bytes,
            "URI": f"{above[resource.key]}/files/{file.path}",
            "collection": resource.label,
            "file_tags": file.tags,
            "file_format": file.format,
            "file_content": file.content,
            "cat_ID": resource.id,
            "digest": file.md5,
        }
        for resource in resources
        for file in archive.files(resource)
    )


def packed(archive: Archive, files: list[tuple[Item, StoredFile]]) -> Response:
    """Answer with a zip of files, made on disk."""
    whole = tempfile.TemporaryFile(dir=archive.incoming)  # noqa: SIM115 - closed when sent, or forgotten
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as target:
        for resource, file in files:
            target.write(archive.open_path(file.blob), f"{_folder(archive, resource)}/files/{file.path}")
    length = whole.tell()
    whole.seek(0)
    return Response(200, _sent(whole), "application/zip", length=length)


def _folder(archive: Archive, resource: Item) -> str:
    above = archive.item(resource.parent or 0)
    if above is None or above.kind != "scan":
        return f"{above.label if above else 'site'}/resources/{resource.label}"
    session = archive.item(above.parent or 0)
    scan = cleaned(f"{above.label}-{above.fields.get('type', '')}")
    return f"{session.label if session else 'session'}/scans/{scan}/resources/{resource.label}"


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def download(archive: Archive, people: People, login: str, address: Address) -> Response:
    """Answer with the bytes of a file."""
    _, file = _file(archive, people, login, address)
    try:
        opened = archive.open_path(file.blob).open("rb")
    except FileNotFoundError as error:  # removed in this moment
        raise Refused(404, "File not found") from error
    return Response(200, _sent(opened), file.content_type, length=file.bytes)


def delete_file(archive: Archive, people: People, login: str, address: Address) -> Response:
    """Remove a file."""
    resource, file = _file(archive, people, login, address)
    people.must_write(login, project_of(archive, resource))
    archive.drop_file(resource, file.path)
    return text(200)


def _file(archive: Archive, people: People, login: str, address: Address) -> tuple[Item, StoredFile]:
    for item in address.items:
        people.must_read(login, project_of(archive, item))
        for resource in [item] if item.kind == "resource" else members(archive, item, "resources"):
            for file in archive.files(resource, address.file):
                return resource, file
    raise Refused(404, "File not found")


def upload(archive: Archive, people: People, login: str, segments: list[str], request: Request) -> Response:
    """Store a file, or the files of an archive; one that exists is kept unless `overwrite=true`.

    Raises
    ------
    Refused
        The path or the archive is dangerous, the resource cannot be made, or the disk is full.
    """
    at = segments.index("files")
    resource = _resource(archive, people, login, segments[:at])
    query = dict(request.query)
    attributes: dict[str, Any] = {name: query.get(name, "") for name in ("format", "content", "tags")}
    path = safe_path("/".join(segments[at + 1 :]))
    sent = receive(archive, body_of(request), path)
    if request.plan.take("lost"):
        archive.discard([sent.blob])
        return text(200)
    files = [replace(sent, content_type=request.header("Content-Type") or sent.content_type)]
    if flag(query, "extract"):
        files = _extracted(archive, archive.open_path(sent.blob))
        archive.discard([sent.blob])
    duplicates, unused = [], []
    with archive.change():
        present = {one.path for one in archive.files(resource)}
        for file in files:
            if file.path in present and not flag(query, "overwrite"):
                duplicates.append(file.path)
                unused.append(file.blob)
                continue
            archive.put_file(resource, replace(file, **attributes))
            present.add(file.path)
            request.stored += 1
    archive.discard(unused)
    return json_response(200, {"duplicates": duplicates}) if duplicates else text(200)


def _resource(archive: Archive, people: People, login: str, segments: list[str]) -> Item:
    """Return the resource to upload to; one that is missing is made."""
    address = resolve(archive, segments)
    item = address.item
    if item is None or address.rest:
        raise Refused(404, "Unable to find the resource to upload to")
    people.must_write(login, project_of(archive, item))
    if item.kind == "resource":
        return item
    if address.listing != "resources" or not address.missing:
        raise Refused(400, "Name the resource to upload to: …/resources/LABEL/files/NAME")
    label = checked(address.missing, "resource label")
    try:
        return archive.add("resource", item, label, _RESOURCE)
    except Taken as error:  # made by another request in this moment
        raise Refused(409, f"The resource '{label}' exists already") from error


def _extracted(archive: Archive, packed_files: Path) -> list[StoredFile]:
    files: list[StoredFile] = []
    try:
        for path, chunks in entries(packed_files):
            files.append(receive(archive, chunks, path))
    except Refused:
        archive.discard([*(one.blob for one in files), packed_files.name])
        raise
    return files
