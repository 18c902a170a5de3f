"""The record in the forms that others ask for, as files of the workspace, and records out of such files."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rdflib import Graph

from eucaim_nb.errors import RecordError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._check import check
from ._fill import facts
from ._graph import graph, read_graph
from ._problem import Problem, Severity
from ._record import Record, read_json, written
from ._reference import prefixes
from ._shapes import conformance, shapes
from ._sheet import molgenis, sheet
from ._template import fill_template, read_workbook

EXPORTS_FILE = "exports.json"
"""Below `dataset/`: which version of the record was written, with how many errors, and the files with their digests."""
_LARGEST = 50 * 1024**2


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the record: its file below `dataset/`, and what it is for."""

    kind: str
    file: str
    title: str
    make: Callable[[Record], bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written."""

    kind: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, what stands against it, and what the shapes of the profile have against it as RDF."""

    files: tuple[Written, ...]
    problems: tuple[Problem, ...]
    violations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """A record out of a file; `unread` says in words what of the file has no place in it."""

    record: Record
    unread: tuple[str, ...] = ()


def _json(record: Record) -> bytes:
    return (json.dumps(written(record), ensure_ascii=False, indent=1) + "\n").encode()


def _turtle(record: Record) -> bytes:
    return graph(record).serialize(format="turtle").encode()


def _json_ld(record: Record) -> bytes:
    used = graph(record)
    context = {prefix: start for prefix, start in prefixes().items() if prefix in dict(used.namespaces())}
    return used.serialize(
        format="json-ld", context=context, indent=1, sort_keys=True, ensure_ascii=False
    ).encode()


def _shacl(record: Record) -> bytes:
    return shapes().serialize(format="turtle").encode()


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        one.kind: one
        for one in (
            Form("xlsx", "metadata.xlsx", "EUCAIM's sheet for data holders", sheet),
            Form("molgenis", "metadata-molgenis.xlsx", "MOLGENIS, table Collections", molgenis),
            Form("turtle", "metadata.ttl", "RDF as Turtle", _turtle),
            Form("json-ld", "metadata.jsonld", "RDF as JSON-LD", _json_ld),
            Form("json", "metadata.json", "the record itself, to be read again", _json),
            Form("shacl", "metadata-shapes.ttl", "the shapes that the RDF was held against", _shacl),
        )
    }
)


def export(workspace: Workspace, record: Record, kinds: Iterable[str] = FORMS) -> Exported:
    """Write the record in some forms to `dataset/`, in place of earlier files; its RDF is held against the shapes.

    Raises
    ------
    RecordError
        There is no such form, or a file cannot be written.
    """
    wanted = tuple(kinds)
    if unknown := [kind for kind in wanted if kind not in FORMS]:
        raise RecordError(f"There is no form {unknown[0]!r}. There are: {', '.join(FORMS)}.")
    folder = workspace.folder / "dataset"
    files = tuple(_write(folder, FORMS[kind], record) for kind in wanted)
    problems = check(record, facts(workspace))
    errors = sum(one.severity is Severity.ERROR for one in problems)
    listed = {
        "version": record.version,
        "errors": errors,
        "files": [{"kind": one.kind, "file": one.path.name, "sha256": one.sha256} for one in files],
    }
    _put(folder / EXPORTS_FILE, (json.dumps(listed, indent=1) + "\n").encode())
    digests = {one.kind: one.sha256 for one in files}
    workspace.ledger.events.record("metadata exported", version=record.version, errors=errors, files=digests)
    return Exported(files, problems, conformance(graph(record)))


def write_template(workspace: Workspace, record: Record, template: Path) -> tuple[Written, tuple[str, ...]]:
    """Fill a copy of a template that a person downloaded, and return it with the fields that have no place in it.

    Raises
    ------
    RecordError
        The template cannot be read, or holds no property that is known here.
    """
    data, without = fill_template(record, _bytes_of(template))
    name = f"{template.stem}-filled.xlsx"
    form = Form("template", name, "your template, filled in", lambda _: data)
    return _write(workspace.folder / "dataset", form, record), without


def read_file(path: Path) -> Imported:
    """Return the record of a file that was exported here or made elsewhere: JSON, XLSX, Turtle or JSON-LD.

    Raises
    ------
    RecordError
        It cannot be read, or holds no record.
    """
    data = _bytes_of(path)
    match path.suffix.lower():
        case ".xlsx":
            record, unknown = read_workbook(data)
            return Imported(
                record, tuple(f"The property {name[:80]!r} is not known here." for name in unknown)
            )
        case ".ttl":
            return _of_rdf(data, "turtle")
        case ".jsonld" | ".json":
            content = _parsed(data)
            return Imported(read_json(content)) if "values" in content else _of_rdf(data, "json-ld", content)
        case other:
            raise RecordError(
                f"A file ending in {other!r} cannot be read. It must be JSON, XLSX, TTL or JSONLD."
            )


def _of_rdf(data: bytes, form: str, content: object = None) -> Imported:
    if form == "json-ld" and _elsewhere(content):
        raise RecordError(
            "The file takes its context from another address, which is not fetched. Put the context in it."
        )
    try:
        found = Graph().parse(data=data, format=form)
    except Exception as error:  # each parser has errors of its own, and their words quote the file
        raise RecordError("The file is no RDF that can be read.") from error
    record, unread = read_graph(found)
    return Imported(record, (f"{unread:,} statements have no field here.",) if unread else ())


def _elsewhere(content: object) -> bool:
    """Tell whether JSON-LD refers to a context that would have to be fetched."""
    if isinstance(content, list):
        return any(map(_elsewhere, content))
    if not isinstance(content, dict):
        return False
    context = content.get("@context")
    named = [context] if isinstance(context, str) else context if isinstance(context, list) else []
    return any(isinstance(one, str) for one in named) or any(map(_elsewhere, content.values()))


def _parsed(data: bytes) -> dict[str, object]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError("The file is no JSON that can be read.") from error
    return content if isinstance(content, dict) else {"@graph": content}


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise RecordError(f"{path.name} is too large for a metadata record.")
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.") from error


def _write(folder: Path, form: Form, record: Record) -> Written:
    data = form.make(record)
    _put(folder / form.file, data)
    return Written(form.kind, folder / form.file, hashlib.sha256(data).hexdigest())


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise RecordError(f"{path.name} cannot be written: {error.strerror}.") from error
