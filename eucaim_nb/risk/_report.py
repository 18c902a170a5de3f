"""The report on the risk of re-identification: figures and leaks without any value, sealed for the dossier."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
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
    seal,
    sealed,
    section,
    table,
    write,
    write_json,
)
from eucaim_nb.workspace import Workspace

from ._assessment import Assessment
from ._plan import saved_plan
from ._reference import THRESHOLD_IS_YOURS, thresholds

FORMAT = "eucaim_nb risk report"
_VERSION = 1
_NAME = "risk"
_MOST_SHOWN = 500
_WORDS = {
    "imaging": "What the headers of the images tell",
    "clinical": "What the clinical table tells",
    "joint": "Images and clinical table together",
}


def write_report(workspace: Workspace, found: Assessment, k: int, population: int | None) -> Path:
    """Write `reports/risk.html` and `.json`, and return the document for people.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    report = sealed(workspace, _content(workspace, found, k, population), [asdict(row) for row in found.leaks])
    folder = workspace.folder / "reports"
    write_json(folder / f"{_NAME}.json", report)
    return write(folder / f"{_NAME}.html", _document(report))


def _content(workspace: Workspace, found: Assessment, k: int, population: int | None) -> dict[str, Any]:
    chosen = saved_plan(workspace)
    return {
        **head(workspace, FORMAT, _VERSION),
        "source": found.source.value,
        "wanted_k": k,
        "population": population,
        "searched": found.searched,
        "unreadable": found.unreadable,
        "tables": {name: asdict(risk) for name, risk in found.tables.items()},
        "unassessed": found.unassessed,
        "fingerprints": [{**asdict(one), "share": one.share} for one in found.fingerprints],
        "generalisation": None if chosen is None else asdict(chosen),
        "thresholds": [asdict(one) for one in thresholds()],
    }


# For people


def _document(report: Mapping[str, Any]) -> str:
    leaks: Sequence[Mapping[str, Any]] = report["files"]
    images = "de-identified images" if report["source"] == "deidentified" else "original images"
    return document(
        "Risk of re-identification",
        paragraph(_headline(report, leaks, images)),
        made(
            report,
            [
                ("Of", f"{report['searched']:,} {images}, {report['unreadable']:,} more could not be read"),
                ("Wanted k", f"{report['wanted_k']}. {THRESHOLD_IS_YOURS}"),
                ("Population", f"{report['population']:,}" if report["population"] else "not stated"),
            ],
        ),
        section("Identifiers that are left", *_leaks(leaks)),
        *(section(_WORDS[name], *_table(risk)) for name, risk in report["tables"].items()),
        *(section(_WORDS[name], paragraph(why)) for name, why in report["unassessed"].items()),
        section("Over several examinations", _fingerprints(report["fingerprints"])),
        *_generalisation(report["generalisation"]),
        section(
            "Thresholds in use",
            table(
                [Column("k", numbers=True), Column("What it is"), Column("Source")],
                ((one["k"], one["words"], one["source"]) for one in report["thresholds"]),
                "Thresholds and who uses them",
            ),
        ),
        section("Seal", *seal(report)),
    )


def _headline(report: Mapping[str, Any], leaks: Sequence[Mapping[str, Any]], images: str) -> str:
    grave = sum(row["count"] for row in leaks if row["severity"] == "ERR")
    said = f"{grave:,} places name a person in the {images}. " if grave else f"No name is left in the {images}. "
    for name in ("joint", "imaging", "clinical"):
        if risk := report["tables"].get(name):
            return said + (
                f"{_WORDS[name]}: {risk['sample_uniques']:,} of {risk['records']:,} patients are like nobody else, and "
                f"{risk['records_below_k']:,} are in groups of fewer than {report['wanted_k']}."
            )
    return said


def _leaks(leaks: Sequence[Mapping[str, Any]]) -> Iterator[Markup]:
    if not leaks:
        yield paragraph("None was found.")
        return
    if len(leaks) > _MOST_SHOWN:
        yield paragraph(f"The first {_MOST_SHOWN:,} of {len(leaks):,} places; risk.json has all.")
    yield table(
        [
            Column("Severity"),
            Column("Place", code=True),
            Column("Attribute"),
            Column("What"),
            Column("Found by"),
            Column("Looks like"),
            Column("Files", numbers=True),
            Column("What removes it"),
        ],
        (
            (
                row["severity"],
                row["place"],
                row["attribute"],
                row["kind"],
                row["detector"],
                row["excerpt"],
                f"{row['files']:,}",
                row["remedy"],
            )
            for row in leaks[:_MOST_SHOWN]
        ),
        "Places that tell of a person; values are masked",
    )


def _table(risk: Mapping[str, Any]) -> Iterator[Markup]:
    yield from map(paragraph, risk["notes"])
    yield facts(_figures(risk))
    yield table(
        [
            Column("Column"),
            Column("Different values", numbers=True),
            Column("Entropy, bits", numbers=True),
            Column("Unique because of it", numbers=True),
        ],
        ((one["column"], one["distinct"], f"{one['entropy']:.2f}", one["uniques_added"]) for one in risk["attributes"]),
        "What each quasi-identifier adds",
    )
    if risk["unique_sets"]:
        yield table(
            [Column("Columns together"), Column("Patients singled out", numbers=True)],
            ((" + ".join(one["columns"]), f"{one['records']:,}") for one in risk["unique_sets"][:20]),
            "Smallest sets of columns that single patients out",
        )
    if risk["sensitive"]:
        yield table(
            [
                Column("Sensitive column"),
                Column("Distinct l", numbers=True),
                Column("Entropy l", numbers=True),
                Column("t", numbers=True),
                Column("t, ordered", numbers=True),
            ],
            (
                (
                    one["column"],
                    one["distinct"],
                    f"{one['entropy']:.2f}",
                    f"{one['closeness']:.2f}",
                    "" if one["ordered_closeness"] is None else f"{one['ordered_closeness']:.2f}",
                )
                for one in risk["sensitive"]
            ),
            "What groups tell of their members",
        )


def _figures(risk: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    attackers = risk["disclosure"]
    yield "Patients", f"{risk['records']:,} in {risk['classes']:,} groups who look alike"
    yield "Quasi-identifiers", ", ".join(risk["quasi_identifiers"])
    yield "k", f"{risk['k']:,}"
    yield "Like nobody else", f"{risk['sample_uniques']:,}"
    yield f"In groups below {risk['wanted_k']}", f"{risk['records_below_k']:,}"
    if bounds := risk["wildcard"]:
        yield (
            "If a missing value may be any value",
            f"k {bounds['k']:,}, like nobody else {bounds['sample_uniques']:,}, below {risk['wanted_k']}: "
            f"{bounds['records_below_k']:,}",
        )
    yield "Prosecutor", f"at most {attackers['prosecutor_max']:.3f}, on average {attackers['prosecutor_avg']:.3f}"
    yield "Journalist", f"at most {attackers['journalist_max']:.3f}, on average {attackers['journalist_avg']:.3f}"
    yield "Marketer", f"{attackers['marketer']:.3f}"
    if people := risk["population"]:
        yield (
            f"Unique among {people['population']:,} people",
            f"about {people['dankar']:,.0f} (model: {people['model']})",
        )


def _fingerprints(found: Sequence[Mapping[str, Any]]) -> Markup:
    return table(
        [Column("What"), Column("Patients known", numbers=True), Column("Singled out", numbers=True)],
        ((one["what"], f"{one['patients']:,}", f"{one['unique']:,} ({one['share']:.0%})") for one in found),
        "What is peculiar to a patient over several examinations",
    )


def _generalisation(chosen: Mapping[str, Any] | None) -> Iterator[Markup]:
    if chosen:
        rules = [
            ", ".join(f"{name}: {value}" for name, value in rule.items() if name != "groups")
            for rule in chosen["clinical"]
        ]
        answers = [f"profile, {name}: {value}" for name, value in chosen["answers"].items()]
        overrides = [f"profile, {one['tag']}: {one['action']}" for one in chosen["overrides"]]
        yield section("Chosen generalisation", listing([*rules, *answers, *overrides, *chosen["remarks"]]))
