"""Re-identification risk: search and measure, read who stands out, and choose what to make coarser."""

from typing import Any

from eucaim_nb import risk, workflow
from eucaim_nb.errors import EucaimError, RiskError, WorkspaceError
from eucaim_nb.jobs import Job
from eucaim_nb.risk import THRESHOLD_IS_YOURS, Source, Tables, thresholds
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import StepState
from eucaim_nb.workspace import Workspace

from ._guide import GUIDE, folded_guides
from ._risk_found import Found
from ._risk_roles import Roles
from ._risk_what_if import WhatIf

_SOURCES = {Source.DEIDENTIFIED: "De-identified images", Source.ORIGINAL: "Original images"}


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("risk", None).root
    return _RiskPage(workspace).page.root


class _RiskPage:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("risk", workspace)
        notice = self.page.notice
        self.page.rest.children = [folded_guides(workspace, self.page)]
        usual = risk.usual_source(workspace)
        self.source = c.choice("Images", [(words, one) for one, words in _SOURCES.items()], usual)
        options = [(f"{one.k}: {one.words}", one.k) for one in thresholds()]
        self.k = c.choice("Patients who must look alike (k)", options, risk.USUAL_K)
        self.population = c.text("People that the patients were drawn from", hint="optional, for instance 250000")
        self.said = c.Notice(notice.log)
        self.run = c.button("Assess the risk", self._start, self.said, main=True)
        sources = c.table(
            (c.Column("k", numbers=True), c.Column("What it is"), c.Column("Source")),
            [(one.k, one.words, one.source) for one in thresholds()],
            "Thresholds in use",
        )
        self.panel = c.JobPanel(workspace, "risk", "assessment", notice, self._ended)
        self.page.action.children = [
            c.row(self.source, self.k, self.population),
            c.row(self.run),
            self.said.root,
            c.show(c.fold("Where these thresholds come from", c.paragraph(THRESHOLD_IS_YOURS), sources)),
        ]
        self.page.progress.children = [self.panel.root]
        self.found: Tables | None = None
        for field in (self.source, self.k):
            field.observe(c.guard(notice, rest=0)(self._show), "value")
        self._show()

    def _start(self) -> None:
        arguments = {"source": self.source.value.value, "k": self.k.value, "population": self._people()}
        self.said.clear()
        self.panel.start(arguments)
        self._show()

    def _people(self) -> int | None:
        typed = self.population.value.strip().replace(",", "").replace(" ", "")
        if not typed:
            return None
        if not typed.isdecimal() or not int(typed):
            raise RiskError("The population: give a whole number of people, or nothing.")
        return int(typed)

    def _ended(self, job: Job) -> None:
        self._show()

    def _show(self) -> None:
        """Show what is known; reads the ledger and small files only."""
        c.visible(self.page.action, not self.panel.busy)
        c.visible(self.page.result, not self.panel.busy)
        self.page.refresh()
        if self.panel.busy:
            return
        notice = self.page.notice
        try:
            self.found = risk.tables(self.workspace, self.source.value)
        except WorkspaceError as error:
            c.replace(self.page.result, c.show(c.paragraph(str(error), quiet=True)))
            self.page.suggest()
            return
        parts: list[Any] = []
        if risk.was_searched(self.workspace, self.source.value):
            try:
                done = risk.assessment(
                    self.workspace, self.source.value, k=self.k.value, population=self._people(), found=self.found
                )
                parts.append(Found(self.workspace, done, notice).root)
            except EucaimError as error:
                parts.append(c.show(c.paragraph(str(error))))
        parts += [
            c.Fold("Roles of the columns", self._roles, notice).root,
            c.Fold("What if columns were coarser", self._what_if, notice).root,
        ]
        c.replace(self.page.result, *parts)
        assessed = workflow.action("risk", self.workspace)
        to_record = f"Record what your data protection officer decides, under “{GUIDE}” below."
        self.page.suggest(
            *([] if assessed.state in (StepState.DONE, StepState.SKIPPED) else [to_record]),
            c.notebook_link("05_deidentify", "De-identify again with coarser values"),
            c.notebook_link("07_quality", "Go on: data quality"),
        )

    def _roles(self) -> Any:
        assert self.found is not None
        return Roles(self.workspace, self.found, self._show, self.page.notice).root

    def _what_if(self) -> Any:
        assert self.found is not None
        return WhatIf(self.workspace, self.found, self.k.value, self._show, self.page.notice).root
