"""The command `clinical`."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import open_workspace

from ._console import Console
from ._secret import read_secret
from ._work import not_finished, run

_SHOWN = 20


def prepare(options: argparse.Namespace, console: Console) -> int:
    """Map, check and export a clinical table, or say which column is what."""
    workspace = open_workspace(options.workspace)
    layout = {name: value for name in _LAYOUT if (value := getattr(options, name)) is not None}
    if options.suggest:
        return _suggest(options, layout, console)
    arguments: dict[str, Any] = {
        "table": _whole(options.table),
        "template": _file_or_name(options.template),
        "mapping": _whole(options.mapping) if options.mapping else None,
        "exports": options.export,
        "layout": layout,
        "constants": _constants(options.constant),
        "dictionary_file": _whole(options.dictionary) if options.dictionary else None,
    }
    secrets = {"secret": read_secret(options.secret_file)} if options.secret_file else None
    job = run(workspace, "clinical", arguments, console, secrets)
    if job.result is None:
        return not_finished(job, console)
    console.result(job.result, _text(job.result))
    done = job.result
    return 1 if done["errors"] or done["warnings"] or done["dropped"] or not done["exports"] else 0


_LAYOUT = ("encoding", "delimiter", "decimal", "sheet", "skip", "header_rows")


def _suggest(options: argparse.Namespace, layout: Mapping[str, Any], console: Console) -> int:
    table = clinical.load(options.table, clinical.Layout(**layout))
    template = clinical.load_template(options.template or clinical.DEFAULT)
    profiles = clinical.profile(table)
    found = clinical.suggest(profiles, template)
    columns = [
        {
            "source": one.source,
            "target": one.target or None,
            "score": one.score,
            "reason": one.reason,
            "sure": one.sure,
            "rivals": list(one.rivals),
            "kind": profiles[one.source].kind,
            "missing": profiles[one.source].missing,
            "distinct": profiles[one.source].distinct,
            "identifying": list(profiles[one.source].identifying),
        }
        for one in found
    ]
    console.result(
        {
            "template": template.name,
            "rows": len(table),
            "guessed": list(table.guessed),
            "columns": columns,
            "findings": [
                {
                    "rule": one.rule,
                    "severity": one.severity,
                    "column": one.column,
                    "message": one.message,
                    "rows": list(one.rows),
                }
                for one in table.findings
            ],
        },
        "\n".join(
            [
                *table.guessed,
                *(
                    f"{one.source}: {one.target or '-'}"
                    + (f" ({one.score}{'' if one.sure else ', please confirm'})" if one.target else "")
                    + f": {one.reason}"
                    for one in found
                ),
            ]
        ),
    )
    return 0


def _whole(path: str) -> str:
    """Return a whole path: the job may run elsewhere."""
    return str(Path(path).expanduser().absolute())


def _file_or_name(template: str | None) -> str | None:
    return template if template is None or template in clinical.templates() else _whole(template)


def _constants(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, sign, _ in pairs if not sign or not name]:
        raise SettingsError(f"A value for all rows is given as VARIABLE=VALUE, not {wrong[0]!r}.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text(done: Mapping[str, Any]) -> str:
    lines = []
    for one in done["findings"][:_SHOWN]:
        where = one["column"] or one["target"] or "table"
        lines.append(f"{one['severity']} {one['rule']}: {where} ({one['count']:,}) {one['message']}")
    if len(done["findings"]) > _SHOWN:
        lines.append(f"... and {len(done['findings']) - _SHOWN:,} more findings")
    lines += [f"Left out, {count:,} rows: {why}" for why, count in done["dropped_because"].items()]
    sides = done["subjects"]
    lines.append(
        f"{done['rows_out']:,} of {done['rows_in']:,} rows are ready. {sides['both']:,} patients have images and rows, "
        f"{sides['images_only']:,} images only, {sides['clinical_only']:,} rows only."
    )
    if done["exports"]:
        lines.append("Written: " + ", ".join(one["file"] for one in done["exports"]))
    else:
        lines.append(
            f"Nothing was exported: {done['errors']:,} findings stand in the way. Change {done['mapping']} in the "
            "workspace and run this again with it."
        )
    return "\n".join(lines)
