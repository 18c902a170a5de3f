"""The dossier for people: one page that prints well."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eucaim_nb.reports import (
    Column,
    Markup,
    data,
    document,
    facts,
    fold,
    made,
    paragraph,
    seal,
    section,
    table,
)

CONTENT = "dossier"
"""Name of the block that holds the whole content for programs."""
_MOST_SHOWN = 2000

Entry = Mapping[str, Any]


def as_document(content: Mapping[str, Any]) -> str:
    """Return a sealed dossier as one HTML file that needs nothing else."""
    done = [one for phase in content["phases"] for one in phase["actions"]]
    settled = sum(one["state"] in ("done", "skipped on purpose") for one in done)
    node = content["node"]
    return document(
        "Dossier of a EUCAIM submission",
        paragraph(
            f"{settled} of {len(done)} actions of the procedure are done or left out on purpose, for {node['title']}, "
            f"project {node['project'] or 'not stated'}."
        ),
        paragraph(
            "This dossier binds the evidence of all phases: who did what when, with which programs and rules, what was "
            "found, sent and confirmed, and a digest of every file. It names no patient. To keep it as PDF, print it "
            "from the browser and choose “Save as PDF”."
        ),
        made(content, _programs(content)),
        section("Where the phases stand", _phases(content["phases"])),
        section("Decisions against advice, with reasons", *_overrides(content)),
        *map(_evidence, content["evidence"]),
        *_dataset(content["dataset"]),
        *_metadata(content["metadata"]),
        section("Documents on file", _papers(content["papers"])),
        section("Tickets to the helpdesk", *_tickets(content["tickets"])),
        section("What was recorded by hand", *_records(content["records"])),
        section("Who did what when", *_events(content["events"])),
        section("Files", *_files(content["files"])),
        section(
            "Seal",
            *seal(content),
            paragraph(
                "“eucaim-nb dossier verify FILE” computes the chain, both signatures and, beside the workspace, the "
                "digest of every file again, and names what was changed."
            ),
        ),
        data(CONTENT, content),
    )


def _programs(content: Mapping[str, Any]) -> Iterator[tuple[object, object]]:
    yield "Node", content["node"]["title"]
    yield "Project", content["node"]["project"] or "not stated"
    yield "Made with", ", ".join(f"{name} {version}" for name, version in content["versions"].items() if version)


def _phases(phases: Sequence[Entry]) -> Markup:
    rows = []
    for phase in phases:
        optional = " (optional)" if phase["optional"] else ""
        rows.append((phase["title"] + optional, "", phase["state"], " ".join([phase["sentence"], *phase["blockers"]])))
        actions = phase["actions"] if len(phase["actions"]) > 1 else []
        rows += [("", f"{one['number']}. {one['title']}", one["state"], one["sentence"]) for one in actions]
    return table(
        [Column("Phase"), Column("Action"), Column("State"), Column("In words")],
        rows,
        "Phases of the procedure with their actions",
    )


def _overrides(content: Mapping[str, Any]) -> Iterator[Markup]:
    found = [one for one in content["events"] if one["detail"].get("reason")]
    if not found:
        yield paragraph("There is none.")
        return
    yield table(
        [Column("On"), Column("Account"), Column("What"), Column("Reason"), Column("Of what")],
        (
            (
                one["at"],
                one["who"],
                one["event"],
                one["detail"]["reason"],
                _words({name: value for name, value in one["detail"].items() if name != "reason"}),
            )
            for one in found
        ),
        "What was allowed, or left out, although something spoke against it",
    )


def _evidence(report: Entry) -> Markup:
    seal_of = report["flaw"] or (f"whole, key {report['signed_by']}" if report["signed_by"] else "this report has none")
    return section(
        report["title"],
        facts(
            [
                *report["facts"],
                ("Report", f"{report['file']}, made on {report['made_at']} by {report['program']}"),
                ("Seal of the report", seal_of),
                ("SHA-256 of the report", report["sha256"]),
            ]
        ),
    )


def _dataset(seen: Entry | None) -> Iterator[Markup]:
    if seen is not None:
        compared = "not compared" if seen["missing_series"] is None else f"{seen['missing_series']:,} series missing"
        yield section(
            "Dataset at the node",
            facts(
                [
                    ("Identifier", seen["id"]),
                    ("State, as the node says", f"{seen['state']}, seen on {seen['seen_at']}"),
                    ("Content", _words(seen["counts"])),
                    ("Beside what was sent", compared),
                ]
            ),
        )


def _metadata(record: Entry | None) -> Iterator[Markup]:
    if record is not None:
        yield section(
            "Metadata of the dataset",
            paragraph(f"Version {record['version']}, saved on {record['saved_at']}."),
            facts((name, "; ".join(values)) for name, values in record["values"].items()),
        )


def _papers(papers: Sequence[Entry]) -> Markup:
    return table(
        [
            Column("Document"),
            Column("State"),
            Column("On"),
            Column("Valid until"),
            Column("Note and file"),
            Column("SHA-256", code=True),
        ],
        (
            (
                one["title"],
                one["state"],
                one["at"],
                one["valid_until"],
                " ".join(filter(None, (one["note"], one["file_name"]))),
                one["sha256"],
            )
            for one in papers
        ),
        "Documents that EUCAIM asks for",
    )


def _tickets(tickets: Sequence[Entry]) -> Iterator[Markup]:
    if not tickets:
        yield paragraph("None was recorded here.")
        return
    yield table(
        [Column("Ticket"), Column("Number"), Column("Sent on"), Column("State"), Column("Answered on")],
        ((one["title"], one["number"], one["sent_at"], one["state"], one["answered_at"]) for one in tickets),
        "Tickets, without their texts, which may name people",
    )


def _records(records: Sequence[Entry]) -> Iterator[Markup]:
    if not records:
        yield paragraph("Nothing was recorded.")
        return
    yield table(
        [Column("On"), Column("Action"), Column("What"), Column("File"), Column("SHA-256", code=True)],
        ((one["at"], one["title"], _said(one), one["file_name"], one["sha256"]) for one in records),
        "What people recorded, with its evidence",
    )


def _said(record: Entry) -> str:
    said = ["Left out on purpose." if record["skipped"] else "Done.", record["note"]]
    if record["checks"]:
        said.append(f"Ticked: {'; '.join(record['checks'])}.")
    if record["withdrawn_at"]:
        said.append(f"Withdrawn on {record['withdrawn_at']}: {record['withdrawn_because'] or 'no reason given'}.")
    return " ".join(filter(None, said))


def _events(events: Sequence[Entry]) -> Iterator[Markup]:
    yield paragraph("“Account” is the account on the computer that this program ran under.")
    yield table(
        [Column("On"), Column("Account"), Column("What"), Column("Detail")],
        ((one["at"], one["who"], one["event"], _words(one["detail"])) for one in events),
        "The audit trail of the workspace",
    )


def _files(files: Sequence[Entry]) -> Iterator[Markup]:
    images = [one for one in files if one["path"].startswith("deidentified/")]
    others = [one for one in files if not one["path"].startswith("deidentified/")]
    size = sum(one["bytes"] for one in files)
    yield facts([("Files", f"{len(files):,}, {size:,} bytes"), ("De-identified images among them", f"{len(images):,}")])
    yield paragraph(
        "The folder private/ is not listed: it never leaves. Files marked “goes on” are written to with every step: "
        "their digest is that of the moment. The file dossier.json has all files."
    )
    yield _digests(others[:_MOST_SHOWN], f"Files of the workspace{_first(others)}")
    if images:
        label = f"De-identified images{_first(images)}"
        yield fold(label, _digests(images[:_MOST_SHOWN], label))


def _first(files: Sequence[Entry]) -> str:
    return f" (the first {_MOST_SHOWN:,} of {len(files):,})" if len(files) > _MOST_SHOWN else ""


def _digests(files: Sequence[Entry], label: str) -> Markup:
    return table(
        [Column("File", code=True), Column("Bytes", numbers=True), Column("SHA-256", code=True)],
        (
            (
                one["path"],
                f"{one['bytes']:,}",
                (one["sha256"] or "could not be read") + (" (goes on)" if one.get("goes_on") else ""),
            )
            for one in files
        ),
        label,
    )


def _words(detail: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {_value(value)}" for name, value in detail.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_value(one)}" for name, one in value.items())
    return str(value)
