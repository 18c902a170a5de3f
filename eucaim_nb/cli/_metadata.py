"""The command `metadata`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Problem, Record, Severity
from eucaim_nb.errors import RecordError, SettingsError
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console


def metadata(options: argparse.Namespace, console: Console) -> int:
    """Fill, check or write the metadata record."""
    workspace = open_workspace(options.workspace)
    done = {"fill": _fill, "validate": _validate, "export": _export}[options.what]
    return done(workspace, options, console)


def _fill(workspace: Workspace, options: argparse.Namespace, console: Console) -> int:
    before = records.load(workspace) or Record()
    start = before
    unread: tuple[str, ...] = ()
    if options.source:
        imported = records.read_file(Path(options.source).expanduser())
        start, unread = Record(imported.record.values, before.version, before.saved_at), imported.unread
    proposals = records.proposals(workspace)
    after = records.save(workspace, records.filled(start.changed(_given(options.set)), proposals))
    different = records.differences(after, proposals)
    notes = [f"{records.field_of(one.key).name}: {one.note}." for one in proposals if one.note]
    told = {
        "version": after.version,
        "filled": [key for key in after.values if key not in before.values],
        "differences": [
            {"field": one.key, "record": one.record}
            | {origin.name.lower(): held for origin, held in one.proposed.items()}
            for one in different
        ],
        "unread": list(unread),
    }
    lines = [*unread, *notes, *(f"Not the same everywhere: {one.name}" for one in different)]
    return _said(workspace, after, told, (), lines, console)


def _validate(workspace: Workspace, options: argparse.Namespace, console: Console) -> int:
    record = _saved(workspace)
    return _said(workspace, record, {"version": record.version}, (), [], console)


def _export(workspace: Workspace, options: argparse.Namespace, console: Console) -> int:
    record = _saved(workspace)
    done = records.export(workspace, record, options.form or records.FORMS)
    files, lines = list(done.files), []
    if options.template:
        filled, without = records.write_template(workspace, record, Path(options.template).expanduser())
        files.append(filled)
        lines += [f"The template has no place for: {name}" for name in without]
    told = {
        "version": record.version,
        "violations": list(done.violations),
        "written": [{"kind": one.kind, "file": str(one.path), "sha256": one.sha256} for one in files],
    }
    lines += [f"Written: {one.path}" for one in files]
    return _said(workspace, record, told, [str(one.path) for one in files], lines, console)


def _said(
    workspace: Workspace,
    record: Record,
    told: dict[str, Any],
    files: Sequence[str],
    lines: list[str],
    console: Console,
) -> int:
    problems = records.check(record, records.facts(workspace))
    errors = [one for one in problems if one.severity is Severity.ERROR]
    warnings = [one for one in problems if one.severity is Severity.WARNING]
    lines = [*(f"{one.severity}: {one.message}" for one in problems), *lines]
    lines.append(f"Version {record.version}: {len(errors)} errors, {len(warnings)} warnings.")
    console.result(
        {**told, "errors": _listed(errors), "warnings": _listed(warnings), "files": list(files)},
        "\n".join(lines),
    )
    return 1 if errors else 0


def _listed(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"field": one.key, "message": one.message} for one in problems]


def _saved(workspace: Workspace) -> Record:
    record = records.load(workspace)
    if record is None:
        raise RecordError("There is no metadata record yet. Fill it first: eucaim-nb metadata WS fill.")
    return record


def _given(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        try:
            field = records.field_of(key.strip()) if sign else None
        except KeyError:
            field = None
        if field is None or field.kind is records.Kind.NODE:
            raise SettingsError(
                f"A value is given as FIELD=VALUE, such as dct:version=1.0.0, not {pair[:60]!r}."
            )
        try:
            values[key.strip()] = (*values.get(key.strip(), ()), records.normal(field, value))
        except ValueError as error:
            raise SettingsError(f"{field.name}: {error}") from None
    return values
