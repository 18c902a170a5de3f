"""The report of the phase: what became of the table, by counts and rules. It names no patient and shows no cell."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from eucaim_nb.reports import (
    Column,
    Markup,
    document,
    facts,
    head,
    listing,
    made,
    paragraph,
    section,
    table,
    write,
    write_json,
)
from eucaim_nb.workspace import Workspace

from ._mapping import Mapping, as_data
from ._summary import Summary

FORMAT = "eucaim_nb clinical data report"
_NAME = "clinical"


def write_report(workspace: Workspace, summary: Summary, mapping: Mapping) -> None:
    """Write `reports/clinical.html` and `.json`.

    Raises
    ------
    WorkspaceError
        The reports folder cannot be written.
    """
    content = {
        **head(workspace, FORMAT, 1),
        **asdict(summary),
        "fields": [_without_values(one) for one in as_data(mapping)["fields"]],
    }
    folder = workspace.folder / "reports"
    write_json(folder / f"{_NAME}.json", content)
    write(folder / f"{_NAME}.html", document("Clinical data", *_blocks(content)))


def _without_values(entry: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in entry.items() if key not in ("values", "missing")}
    return found | {
        "mapped_values": len(entry.get("values", ())),
        "missing_codes": len(entry.get("missing", ())),
    }


def _blocks(content: dict[str, Any]) -> Iterator[Markup]:
    sides = content["subjects"]
    yield facts(
        [
            ("Template", content["template"]),
            ("Rows in the table", f"{content['rows_in']:,}"),
            ("Rows exported", f"{content['rows_out']:,}"),
            ("Rows left out", f"{content['dropped']:,}"),
            ("Patients with images and rows", f"{sides['both']:,}"),
            ("Patients with images only", f"{sides['images_only']:,}"),
            ("Patients with rows only", f"{sides['clinical_only']:,}"),
        ]
    )
    yield made(content)
    if content["dropped_because"]:
        yield section(
            "Rows left out", listing(f"{why}: {count:,}" for why, count in content["dropped_because"].items())
        )
    if content["findings"]:
        columns = [
            Column("Severity"),
            Column("Rule"),
            Column("Column"),
            Column("Variable"),
            Column("Rows", numbers=True),
            Column("What"),
            Column("What to do"),
        ]
        rows = (
            (
                one["severity"],
                one["rule"],
                one["column"],
                one["target"],
                f"{one['count']:,}",
                one["message"],
                one["remedy"],
            )
            for one in content["findings"]
        )
        yield section(
            "Findings",
            paragraph("Values and all rows are in private/clinical_findings.csv."),
            table(columns, rows, "Findings"),
        )
    else:
        yield section("Findings", paragraph("There are none."))
    yield section(
        "Variables",
        table(
            [Column("Variable"), Column("Made of"), Column("Steps")],
            (
                (
                    one["target"],
                    ", ".join(one.get("source", ())) or f"always {one.get('constant', '')!r}",
                    ", ".join(step["op"] for step in one.get("steps", ())),
                )
                for one in content["fields"]
            ),
            "What each variable is made of",
        ),
    )
    if content["exports"]:
        columns = [Column("Export"), Column("File", code=True), Column("SHA-256", code=True)]
        yield section(
            "Files",
            table(
                columns, ((one["kind"], one["file"], one["sha256"]) for one in content["exports"]), "Exports"
            ),
        )
    else:
        yield section("Files", paragraph("Nothing was exported: see the findings of severity ERR."))
