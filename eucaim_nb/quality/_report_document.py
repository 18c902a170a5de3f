"""The report of the checks as a document for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eucaim_nb.reports import Column, Markup, document, made, paragraph, seal, section, table

from ._finding import Severity

_MOST_SHOWN = 2000

Entry = Mapping[str, Any]


def as_document(content: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    """Return the report as one HTML file: the content without its entries, and the entries."""
    counts, ran = content["findings"], content["run"]
    warning = "This report contains identifiers of patients: it stays in the private folder. "
    return document(
        "Quality of images",
        paragraph(
            (warning if content["contains_identifiers"] else "")
            + f"{ran['series']:,} series of {ran['patients']:,} patients in {ran['files']:,} files, checked at the "
            f"level {ran['level']}: {counts['ERR']:,} errors, {counts['WARN']:,} warnings, {counts['INFO']:,} notes."
        ),
        *_codes_explained(content),
        made(content, [("Checked on", ran["at"]), ("What was checked", ran["source"]), ("Node", ran["node"])]),
        section("By dimension of EUCAIM's handbook", _dimensions(content["dimensions"])),
        section("Findings", *_findings(entries)),
        section("Left out on purpose", *_left_out(content["left_out"])),
        section("Every check", _checks(content["checks"])),
        section(
            "Seal",
            *seal(content),
            paragraph("The file quality.json has all findings, findings.csv the same as a table."),
        ),
    )


def _codes_explained(content: Mapping[str, Any]) -> Iterator[Markup]:
    if not content["contains_identifiers"]:
        yield paragraph(
            "Patients, studies, series and files are named by short codes that mean nothing outside this workspace."
        )


def _dimensions(dimensions: Mapping[str, Mapping[str, int]]) -> Markup:
    return table(
        [Column("Dimension"), *(Column(one, numbers=True) for one in ("Errors", "Warnings", "Notes"))],
        (
            (name.capitalize(), *(f"{counts[severity.value]:,}" for severity in Severity))
            for name, counts in sorted(dimensions.items())
        ),
        "Findings by dimension of data quality",
    )


def _findings(entries: Sequence[Entry]) -> Iterator[Markup]:
    shown_ones = entries[:_MOST_SHOWN]
    if len(shown_ones) < len(entries):
        yield paragraph(f"The first {len(shown_ones):,} of {len(entries):,}; findings.csv has all.")
    yield table(
        [
            Column("Severity"),
            Column("Check", code=True),
            Column("What was found"),
            Column("Count", numbers=True),
            Column("Patient", code=True),
            Column("Series", code=True),
            Column("What to do"),
        ],
        (
            (
                one["severity"],
                one["check"],
                one["message"],
                f"{one['count']:,}",
                one["patient"],
                one["series"],
                one["remedy"],
            )
            for one in shown_ones
        ),
        "Findings, the gravest first",
    )


def _left_out(decisions: Sequence[Entry]) -> Iterator[Markup]:
    if not decisions:
        yield paragraph("Nothing.")
        return
    yield table(
        [Column("On"), Column("What"), Column("Series", code=True), Column("Reason")],
        ((one["at"], one["what"], one["series"], one["reason"]) for one in decisions),
        "Series and instances that no later phase takes",
    )


def _checks(checks: Sequence[Entry]) -> Markup:
    return table(
        [
            Column("Check", code=True),
            Column("Title"),
            Column("Level"),
            Column("Errors", numbers=True),
            Column("Warnings", numbers=True),
            Column("Notes", numbers=True),
            Column("Where the rule comes from"),
        ],
        (
            (
                one["id"],
                one["title"],
                one["level"],
                *(f"{one[severity.value]:,}" for severity in Severity),
                one["source"],
            )
            for one in checks
        ),
        "Checks that apply to this node",
    )
