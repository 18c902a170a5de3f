"""Data quality: check the images, see what is wrong and how grave it is, look closer, leave out what must not go."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eucaim_nb.jobs import Job
from eucaim_nb.ledger import QualityFinding
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._guide import folded_guides
from ._quality_rules import Rules
from ._quality_series import SeriesList, left_out

if TYPE_CHECKING:
    from eucaim_nb.ledger import QualityRun

_LEVELS = (
    ("Standard: every file is read once", "standard"),
    ("Quick: what the scan knows already", "quick"),
    ("Full: every picture is decoded as well", "full"),
)
_SOURCES = (
    ("What will be sent: de-identified images, or originals while there are none", ""),
    ("Originals", "originals"),
)
_SEVERITIES = {"ERR": c.Severity.ERROR, "WARN": c.Severity.WARNING, "INFO": c.Severity.NOTE}
_WORDS = (("Errors", "ERR"), ("Warnings", "WARN"), ("Notes", "INFO"))


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("quality", None).root
    return _QualityPage(workspace).page.root


class _QualityPage:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("quality", workspace)
        notice = self.page.notice
        self.level = c.choice("How deep", _LEVELS, "standard")
        self.source = c.choice("Which images", _SOURCES, "")
        self.check = c.button("Check the images", self._start, notice, main=True)
        options = c.Drawer("Options", c.stack(self.level, self.source), notice)
        self.panel = c.JobPanel(workspace, "quality", "check", notice, self._ended)
        indexed = workspace.ledger.index.has_instances()
        c.visible(self.check, indexed)
        c.visible(options.root, indexed)
        self.page.action.children = [options.root, c.row(self.check)]
        self.page.progress.children = [self.panel.root]
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self._show_result()

    def _start(self) -> None:
        self.panel.start({"level": self.level.value, "source": self.source.value})
        self.page.refresh()
        self._show_busy()

    def _ended(self, job: Job) -> None:
        self._show_result()

    def _show_busy(self) -> None:
        busy = self.panel.busy
        c.visible(self.page.action, not busy)
        # What an earlier check found is not true any more while the next one is at work.
        c.visible(self.page.result, not busy)

    def _show_result(self) -> None:
        from eucaim_nb.quality import latest

        self.page.refresh()
        self._show_busy()
        run = latest(self.workspace)
        if run is None:
            c.replace(self.page.result)
            return
        self.result = Result(self.workspace, run, self.page.notice, self._decided)
        c.replace(self.page.result, self.result.root)
        self.check.description = "Check again"
        self.page.suggest(*self.result.next_steps())

    def _decided(self, said: str) -> None:
        self._show_result()
        self.page.notice.say(said)


class Result:
    """What the last run found.

    Parameters
    ----------
    decided
        Called after something was left out or taken back, with what to say.
    """

    def __init__(self, workspace: Workspace, run: "QualityRun", notice: c.Notice, decided: Any) -> None:
        from eucaim_nb.quality import excluded

        self._workspace, self._run = workspace, run
        self.findings = list(workspace.ledger.quality.findings(run.scope))
        self.counts = Counter[str]()
        for one in self.findings:
            self.counts[one.severity] += one.count
        self.severity = c.choice("Weight", [("All weights", ""), *_WORDS])
        dimensions = sorted({one.dimension for one in self.findings})
        self.dimension = c.choice(
            "Dimension", [("All dimensions", ""), *((one.capitalize(), one) for one in dimensions)]
        )
        for field in (self.severity, self.dimension):
            field.observe(c.guard(notice, rest=0)(self._filter), "value")
        self.table = c.FindingsTable(workspace.folder / "private" / "quality-findings.csv", notice)
        ids = [int(number) for number in run.scope.split(",")]
        self.series = SeriesList(workspace, ids, notice, decided)
        tools = c.row(self.severity, self.dimension)
        tools.add_class("eucaim-tools")
        decisions = excluded(workspace)
        c.visible(tools, bool(self.findings))
        self.root = c.stack(
            c.show(*self._headline()),
            c.show(self._by_dimension()),
            c.show(c.heading("Findings")),
            tools,
            self.table.root,
            c.show(c.heading("Series with findings")),
            self.series.root,
            left_out(workspace, decisions, notice, decided),
            Rules(run, self.findings, notice).root,
            self._normalise(notice, decided),
            self._reports(notice),
        )
        self._filter()

    def next_steps(self) -> list[object]:
        """Return what could still be better."""
        if self.counts["ERR"]:
            return [
                "Mend what the errors say, or leave out the series with a reason. Then scan, de-identify and check "
                "again: only what changed is looked at."
            ]
        return []

    def _headline(self) -> Iterator[c.Markup]:
        ran = self._run.summary
        words = [c.count(self.counts[name], word.lower()[:-1]) for word, name in _WORDS]
        yield c.headline(", ".join(words))
        what = {"deidentified": "de-identified images", "originals": "originals"}.get(
            ran["source"], "one folder"
        )
        yield c.paragraph(
            f"{c.count(ran['series'], 'series', 'series')} of {c.count(ran['patients'], 'patient')} in "
            f"{c.count(ran['files'], 'file')} ({what}), level {self._run.level}, {c.moment(self._run.at)}. "
            f"{ran['checked']:,} series were looked at anew, {ran['unchanged']:,} had not changed.",
            quiet=True,
        )
        if self.counts["ERR"]:
            yield c.paragraph(
                c.badge("blocks", c.Tone.BAD),
                f"{c.count(self.counts['ERR'], 'error')} against sending these images as they are.",
            )
        else:
            yield c.paragraph(
                c.badge("no errors", c.Tone.GOOD), "Nothing stands against sending these images."
            )

    def _by_dimension(self) -> c.Markup:
        counts: dict[str, Counter[str]] = {}
        for one in self.findings:
            counts.setdefault(one.dimension, Counter())[one.severity] += one.count
        columns = (c.Column("Dimension"), *(c.Column(word, numbers=True) for word, _ in _WORDS))
        rows = [
            (name.capitalize(), *(f"{counts[name][severity]:,}" for _, severity in _WORDS))
            for name in sorted(counts)
        ]
        return c.table(columns, rows, "Findings by dimension of data quality") if rows else c.Markup("")

    def _filter(self) -> None:
        chosen = [
            one
            for one in self.findings
            if self.severity.value in ("", None, one.severity)
            and self.dimension.value in ("", None, one.dimension)
        ]
        self.table.show(map(_shown, chosen))
        self.series.show(chosen)

    def _normalise(self, notice: c.Notice, decided: Any) -> Any:
        from eucaim_nb.quality import normalise

        bare = sum(one.count for one in self.findings if one.check_id == "F03")
        if not bare or self._run.summary["source"] == "deidentified":
            return c.stack()

        def write() -> None:
            made = normalise(self._workspace)
            decided(
                f"{c.count(made.written, 'normalised copy', 'normalised copies')} written and indexed, "
                f"{made.refused:,} refused. De-identify and check again."
            )

        said = c.paragraph(
            f"{c.count(bare, 'file')} cannot be sent because the preamble is missing. A copy with it, otherwise the "
            "same, goes to the workspace; the originals stay as they are."
        )
        return c.stack(
            c.show(c.heading("Normalised copies")),
            c.show(said),
            c.row(c.button("Write the copies", write, notice)),
        )

    def _reports(self, notice: c.Notice) -> Any:
        from eucaim_nb.quality import write_report

        def private() -> None:
            notice.say(
                f"Written: {write_report(self._workspace, identifiers=True)}. It names patients: keep it there."
            )

        folder = self._workspace.folder / "reports"
        return c.stack(
            c.show(c.heading("Reports")),
            c.copy("For people, without identifiers", folder / "quality.html"),
            c.copy("As a workbook", folder / "quality.xlsx"),
            c.copy("As a plain table", folder / "findings.csv"),
            c.copy("For programs, sealed", folder / "quality.json"),
            c.row(
                c.button(
                    "Write the same with identifiers",
                    private,
                    notice,
                    hint="Into the private folder, never sent",
                )
            ),
        )


def _shown(one: QualityFinding) -> c.Finding:
    from eucaim_nb.quality import registry

    where = f"Patient {one.patient_id}" if one.patient_id else "Dataset"
    counted = f" ({one.count:,} times)" if one.count > 1 else ""
    title = registry()[one.check_id].title
    return c.Finding(
        _SEVERITIES[one.severity],
        f"{one.check_id} {title}",
        where,
        f"{one.check_id}: {one.message}{counted}",
        one.remedy,
    )
