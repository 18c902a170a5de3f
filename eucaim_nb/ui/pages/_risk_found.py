"""What an assessment found: identifiers that are left, and who stands out in each table."""

from collections.abc import Iterator
from typing import Any

from eucaim_nb import risk
from eucaim_nb.risk import THRESHOLD_IS_YOURS, Assessment, LeakRow, Source, TableRisk
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._risk_plots import attribute_ranking, class_sizes

_TITLES = {"imaging": "Images", "clinical": "Clinical table", "joint": "Images and clinical table together"}


class Found:
    """An assessment, the headline first."""

    def __init__(self, workspace: Workspace, found: Assessment, notice: c.Notice) -> None:
        parts: list[Any] = [c.show(*_headline(found))]
        report = workspace.folder / "reports" / "risk.html"
        if report.exists():
            parts.append(c.copy("Report, without any value of a patient", report))
        parts += self._leaks(workspace, found, notice)
        parts.append(c.show(*_before_and_after(workspace)))
        for name, table in found.tables.items():
            parts.append(c.Fold(f"{_TITLES[name]}: {_short(table)}", _builder(table), notice).root)
        reasons = [c.paragraph(f"{_TITLES[name]}: {why}", quiet=True) for name, why in found.unassessed.items()]
        rows = [(one.what, f"{one.patients:,}", f"{one.unique:,} ({one.share:.0%})") for one in found.fingerprints]
        columns = (c.Column("What"), c.Column("Patients known", numbers=True), c.Column("Singled out", numbers=True))
        over_time = c.table(columns, rows, "What is peculiar to a patient over several examinations")
        parts.append(c.show(*reasons, c.heading("Over several examinations"), over_time))
        self.root = c.stack(*parts)

    def _leaks(self, workspace: Workspace, found: Assessment, notice: c.Notice) -> list[Any]:
        if not found.leaks:
            return []
        table = c.FindingsTable(workspace.folder / "private" / "risk-leaks.csv", notice)
        table.show(map(_finding, found.leaks))
        made: list[Any] = [c.show(c.heading("Identifiers that are left")), table.root]
        if hidden := [row for row in found.leaks if row.hidden]:

            def build() -> Any:
                few_know = c.FindingsTable(workspace.folder / "private" / "risk-hidden-tags.csv", notice)
                few_know.show(map(_finding, hidden))
                return few_know.root

            words = f"Hidden tags: {c.count(len(hidden), 'place')} that few people know to name a patient"
            made.append(c.Fold(words, build, notice).root)
        return made


def _headline(found: Assessment) -> Iterator[c.Markup]:
    grave = [row for row in found.leaks if row.severity == risk.Severity.ERR]
    if grave:
        yield c.headline(f"{c.count(len(grave), 'kind of place', 'kinds of places')} name a person")
        yield c.paragraph(c.badge("identifiers are left", c.Tone.BAD), "Remove them before anything else.")
    else:
        yield c.headline("No name, number or address of a person was found")
        yield c.paragraph(c.badge("searched", c.Tone.GOOD), f"{c.count(found.searched, 'file')} were searched.")
    if found.unreadable:
        yield c.paragraph(c.badge("not read", c.Tone.WARN), f"{c.count(found.unreadable, 'file')} could not be read.")
    _, table = found.first
    if table is not None:
        tone = c.Tone.BAD if table.sample_uniques else c.Tone.WARN if table.records_below_k else c.Tone.GOOD
        yield c.paragraph(c.badge(f"k = {table.k}", tone), f"{_short(table)}. {THRESHOLD_IS_YOURS}")


def _before_and_after(workspace: Workspace) -> Iterator[c.Markup]:
    """Compare originals and outputs, once both were searched."""
    found = risk.leaks_by_kind(workspace)
    if len(found) < len(Source):
        return
    before, after = found[Source.ORIGINAL], found[Source.DEIDENTIFIED]
    kinds = sorted({*before, *after}, key=lambda kind: (-before.get(kind, 0), kind))
    rows = [(kind, f"{before.get(kind, 0):,}", f"{after.get(kind, 0):,}") for kind in kinds]
    columns = (c.Column("What"), c.Column("Originals", numbers=True), c.Column("De-identified", numbers=True))
    yield c.heading("Before and after de-identification")
    yield c.table(columns, rows, "Places that tell of a person, before and after de-identification")


def _short(table: TableRisk) -> str:
    return (
        f"{table.sample_uniques:,} of {c.count(table.records, 'patient')} are like nobody else, "
        f"{table.records_below_k:,} are in groups below {table.wanted_k}"
    )


def _builder(table: TableRisk) -> Any:
    return lambda: c.show(*_details(table))


def _details(table: TableRisk) -> Iterator[object]:
    for note in table.notes:
        yield c.paragraph(c.badge("note", c.Tone.WARN), note)
    yield from class_sizes(table)
    yield c.key_values(_figures(table))
    yield c.heading("What makes patients stand out", 3)
    yield from attribute_ranking(table.attributes)
    if table.unique_sets:
        yield c.table(
            (c.Column("Columns together"), c.Column("Patients singled out", numbers=True)),
            [(" + ".join(one.columns), f"{one.records:,}") for one in table.unique_sets[:10]],
            "Smallest sets of columns that single patients out",
        )
    if table.sensitive:
        yield c.table(
            (
                c.Column("Sensitive column"),
                c.Column("Distinct l", numbers=True),
                c.Column("Entropy l", numbers=True),
                c.Column("t", numbers=True),
            ),
            [
                (one.column, one.distinct, f"{one.entropy:.2f}", f"{one.closeness:.2f}")
                for one in table.sensitive
            ],
            "What groups tell of their members",
        )


def _figures(table: TableRisk) -> list[tuple[str, object]]:
    attackers = table.disclosure
    figures: list[tuple[str, object]] = [
        ("Quasi-identifiers", ", ".join(table.quasi_identifiers)),
        ("Prosecutor", f"at most {attackers.prosecutor_max:.3f}, on average {attackers.prosecutor_avg:.3f}"),
        ("Journalist", f"at most {attackers.journalist_max:.3f}, on average {attackers.journalist_avg:.3f}"),
        ("Marketer", f"{attackers.marketer:.3f}"),
    ]
    if table.wildcard:
        bounds = table.wildcard
        said = f"k {bounds.k:,}, like nobody else {bounds.sample_uniques:,}"
        figures.append(("If a missing value may be any value", said))
    if table.population:
        people = table.population
        said = f"about {people.dankar:,.0f} of {people.population:,} people (model: {people.model})"
        figures.append(("Unique in the population", said))
    return figures


def _finding(row: LeakRow) -> c.Finding:
    severity = c.Severity.ERROR if row.severity == risk.Severity.ERR else c.Severity.WARNING
    where = f"{row.place} {row.attribute}".strip()
    what = f"{row.detector}{f', looks like {row.excerpt}' if row.excerpt else ''}, in {c.count(row.files, 'file')}."
    return c.Finding(severity, row.kind, where, what, row.remedy)
