"""The whole way of a table: read, mapped, checked, joined with the images, and written for a node."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eucaim_nb.clinical_files import ExportFile
from eucaim_nb.identity import DatePolicy
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from . import _exports
from ._apply import Prepared, apply
from ._files import FOLDER, write, write_exports, write_private
from ._finding import Finding, Severity, blocking
from ._images import images_of
from ._load import load
from ._mapping import Mapping as TableMapping
from ._mapping import difference, load_mapping, save_mapping, source_of
from ._propose import propose
from ._report import write_report
from ._summary import MAPPING_FILE, Summary, summed_up
from ._table import Layout, RawTable
from ._template import DEFAULT, Template, dictionary, load_template
from ._written import SUBJECT, Source, json_bytes

_SERIES = (
    "PatientID", "StudyInstanceUID", "StudyDate", "StudyDescription", "SeriesInstanceUID", "SeriesNumber",
    "SeriesDescription", "Modality", "BodyPartExamined", "Manufacturer", "ManufacturerModelName",
    "AcquisitionDate", "KVP", "SliceThickness", "PixelSpacing", "Rows", "Columns",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


def prepare(
    workspace: Workspace,
    table: str | os.PathLike[str],
    *,
    template: str | None = None,
    mapping: str | os.PathLike[str] | None = None,
    exports: Sequence[str] | None = None,
    layout: Mapping[str, Any] | None = None,
    constants: Mapping[str, str] | None = None,
    dictionary_file: str | os.PathLike[str] | None = None,
    secret: str | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Map a clinical table to a template, check it, join it with the images, and write what a node takes.

    The mapping that was used is written to `clinical/mapping.json`: change it there, or on the page, and run this again
    with it, on this table or the next.

    Parameters
    ----------
    template
        Name of a shipped template, or a Table Schema or REDCap dictionary; the one of the mapping if left out.
    mapping
        A mapping file; without it, one is proposed.
    exports
        Kinds of export; those that are usual for the node if left out.
    layout
        How the file is read, where the guess is wrong: fields of `Layout`.
    constants
        Values of variables that the table does not have.
    dictionary_file
        REDCap data dictionary of the table, for the meanings of its codes.
    secret
        What the EUCAIM anonymiser was run with, if it was given for the images.

    Raises
    ------
    TableError
        The table, the template or the mapping cannot be used.
    WorkspaceError
        The workspace cannot be written.
    """
    began = time.monotonic()
    progress = progress or silent()
    progress.begin("Reading the table")
    used = load_mapping(Path(mapping)) if mapping is not None else None
    given = Layout(**(layout or {}))
    raw = load(table, used.layout if used and not layout else given)
    chosen = load_template(template or (used.template if used else DEFAULT))
    kinds = _exports.chosen(tuple(exports) if exports is not None else _usual(workspace))
    books = dictionary(Path(dictionary_file)) if dictionary_file is not None else None
    progress.begin("Mapping and checking")
    images = images_of(workspace, secret)
    changed: list[Finding] = []
    if used is None:
        used = propose(raw, chosen, constants, books)
    else:
        changed = list(_changes(used, raw, chosen))
        used = renewed(used, raw, chosen)
    prepared = apply(raw, chosen, used, images)
    findings = [*changed, *prepared.findings, *_formulas(prepared)]
    progress.begin("Writing")
    moved = images.dates is DatePolicy.SHIFT and used.dates != "days"
    source = Source(prepared, used, _series(workspace), _dataset(workspace), moved)
    files: list[ExportFile] = []
    if blocking(findings) or not len(prepared):
        write_exports(workspace, ())
        if not len(prepared):
            findings.append(
                Finding("no rows", Severity.ERR, "No row is left to export.", "See why rows were left out.")
            )
    else:
        without = {kind: told for kind, one in kinds.items() if (told := _no_room(kind, one, source))}
        findings += without.values()
        made = {kind: one for kind, one in kinds.items() if kind not in without}
        findings += (found for one in made.values() for found in one.told(source))
        findings += _unexplained(made, source)
        files = write_exports(workspace, _made(source, made))
        write(workspace.folder / FOLDER / "schema.json", [json_bytes(_schema(source))])
    save_mapping(used, workspace.folder / FOLDER / MAPPING_FILE)
    write_private(workspace, prepared, findings)
    summary = summed_up(prepared, findings, files, raw.guessed, began)
    write_report(workspace, summary, used)
    workspace.ledger.events.record(
        "clinical data prepared",
        template=chosen.name,
        table=raw.digest,
        rows=summary.rows_out,
        dropped=summary.dropped,
        errors=summary.errors,
        exports=[one.kind for one in files],
        pseudonyms=used.subjects.pseudonyms,
        files=[{"kind": one.kind, "file": one.file, "sha256": one.sha256} for one in files],
    )
    return summary


def _usual(workspace: Workspace) -> tuple[str, ...]:
    return _exports.USUAL[str(node_defaults()[workspace.settings.node]["family"])]


def _made(source: Source, kinds: Mapping[str, _exports.Export]) -> Iterator[tuple[str, str, Iterable[bytes]]]:
    for kind, export in kinds.items():
        for name, pieces in export.files(source):
            yield kind, name, pieces


def _no_room(kind: str, export: _exports.Export, source: Source) -> Finding | None:
    """Return why an export has no room for the table; None if it has."""
    subjects = source.columns[SUBJECT]
    if export.one_row and len(subjects.values) < len(subjects):
        return Finding(
            "several rows of a patient",
            Severity.WARN,
            f"The export {kind} has room for one row of each patient; it was not made.",
            "Choose the first or last row of each patient (subjects.rows), or another export.",
        )
    if export.room is None:
        return None
    if len(subjects) >= export.room.rows or len(source.columns) > export.room.columns:
        return Finding(
            "table too large for a sheet",
            Severity.WARN,
            f"The export {kind} has room for {export.room.rows - 1:,} rows and {export.room.columns:,} columns; it was "
            "not made.",
            "Leave rows or variables out, or choose another export.",
        )
    if long := _too_long(source, export.room.characters):
        return Finding(
            "text too long for a cell",
            Severity.WARN,
            f"The export {kind} has room for {export.room.characters:,} characters in a cell; it was not made.",
            "Shorten the text, leave the variable out, or choose another export.",
            target=long,
        )
    return None


def _too_long(source: Source, longest: int) -> str:
    return next(
        (
            name
            for name, column in source.columns.items()
            if max(map(len, column.values), default=0) > longest
        ),
        "",
    )


def _unexplained(made: Mapping[str, _exports.Export], source: Source) -> Iterator[Finding]:
    silent = [kind for kind, one in made.items() if not one.says_why]
    if source.reasons and silent:
        able = [kind for kind, one in _exports.EXPORTS.items() if one.says_why]
        yield Finding(
            "why values are missing",
            Severity.INFO,
            f"The table says of missing values that they are {', '.join(source.reasons)}. "
            f"There is no place for that in {', '.join(silent)}: such cells are empty there.",
            f"Nothing, if that will do. {', '.join(able)} say it.",
        )


def _changes(mapping: TableMapping, table: RawTable, template: Template) -> Iterator[Finding]:
    """Yield what is new in a table or template since a mapping was made."""
    found = difference(mapping, table, template)
    for name in found.new_columns:
        yield Finding(
            "new column",
            Severity.INFO,
            "The mapping does not know this column yet.",
            "Map it, or leave it out.",
            name,
        )
    for name in found.missing_columns:
        used = any(name in one.source for one in mapping.fields)
        yield Finding(
            "missing column",
            Severity.WARN if used else Severity.INFO,
            "The mapping was made for a table that had this column.",
            "See whether it has another header now.",
            name,
        )
    if found.other_template:
        yield Finding(
            "other template",
            Severity.WARN,
            "The template is not the one that the mapping was made for.",
            "Look through the variables once more.",
        )


def renewed(mapping: TableMapping, table: RawTable, template: Template) -> TableMapping:
    """Return a mapping for this table and template, without fields whose column is gone."""
    kept = tuple(one for one in mapping.fields if all(name in table.columns for name in one.source))
    return replace(
        mapping,
        template=template.name,
        template_version=template.version,
        template_digest=template.digest,
        source=source_of(table),
        layout=table.layout,
        fields=kept,
    )


def _formulas(prepared: Prepared) -> Iterator[Finding]:
    """Yield findings about texts that a spreadsheet would take for formulas: a node gets them unaltered."""
    for name, column in prepared.columns.items():
        if name not in prepared.template or prepared.template[name].type not in ("string", "list"):
            continue
        bad = column.where(lambda text: text.startswith(_FORMULA) and len(text) > 1)
        if bad.any():
            yield Finding(
                "begins like a formula",
                Severity.WARN,
                "Texts begin with =, +, - or @. They go to the node as they are; a spreadsheet that opens the CSV file "
                "may take them for formulas.",
                "Map them to other texts, or use the XLSX export, where they stay texts.",
                target=name,
                rows=tuple(prepared.lines[bad].tolist()),
            )


def _series(workspace: Workspace) -> list[dict[str, str]]:
    originals = set(workspace.originals())
    ours = [number for number, _, _ in workspace.ledger.index.sources() if number not in originals]
    return workspace.ledger.index.headers(_SERIES, ours) if ours else []


def _dataset(workspace: Workspace) -> str:
    """Return what names of files for the ETL begin with: it takes all before the first underscore, in lower case."""
    plain = "".join(
        c for c in (workspace.settings.project or "dataset").lower() if c.isascii() and c.isalnum()
    )
    return plain or "dataset"


def _schema(source: Source) -> dict[str, Any]:
    """Return the Table Schema of the exported table."""
    described = {one["name"]: one for one in source.prepared.template.schema()["fields"]}
    schema = source.prepared.template.schema()
    schema["fields"] = []
    schema["missingValues"] = ["", *source.reasons]
    for name in source.columns:
        known = described.get(source.prepared.target_of_subject if not schema["fields"] else name)
        field = {**known, "name": name} if known else {"name": name, "type": source.kind(name)}
        if known and source.kind(name) == "string" and field["type"] != "string":
            field = {"name": name, "title": field["title"], "type": "string"}
        schema["fields"].append(field)
    return schema
