"""Step 5 of the clinical page: write what the node takes, as a job."""

from collections.abc import Callable
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.errors import Refused
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._clinical_draft import Draft

_OTHERS = {"upv": ("xnat",), "health-ri": ("upv", "eforms")}
"""How exports begin that are for the other family of nodes."""


class Export:
    """The panel, and what the last preparation wrote.

    Parameters
    ----------
    draft
        Gives the table and mapping; None while no table is read.
    changed
        Called when a preparation has begun or ended.
    """

    def __init__(
        self,
        workspace: Workspace,
        notice: c.Notice,
        draft: Callable[[], Draft | None],
        changed: Callable[[], object],
    ) -> None:
        self._workspace, self._draft, self._changed = workspace, draft, changed
        family = str(node_defaults()[workspace.settings.node]["family"])
        usual = clinical.USUAL[family]
        self.kinds = {
            kind: c.tick(export.title, kind in usual)
            for kind, export in clinical.EXPORTS.items()
            if not kind.startswith(_OTHERS[family])
        }
        self.secret = c.secret("Secret of the EUCAIM anonymiser, if the images were made with it")
        self.write = c.button("Write the exports", self._write, notice)
        self.write.add_class("eucaim-main")
        more = c.Drawer("Kinds of export, and the secret", c.stack(*self.kinds.values(), self.secret), notice)
        self.panel = c.JobPanel(workspace, "clinical", "preparation", notice, self._ended, self._secrets)
        self.result = c.show()
        self.action = c.stack(more.root, c.row(self.write))
        self.root = c.stack(self.action, self.panel.root, self.result)
        self._show(self.panel.job)

    @property
    def chosen(self) -> list[str]:
        """Kinds of export."""
        return [kind for kind, field in self.kinds.items() if field.value]

    def _secrets(self) -> dict[str, Any]:
        typed, self.secret.value = self.secret.value, ""
        return {"secret": typed} if typed else {}

    def _write(self) -> None:
        draft = self._draft()
        if draft is None:
            raise Refused("No table is read. Read it first.")
        if not self.chosen:
            raise Refused("No kind of export is chosen. Choose one.")
        draft.save()
        self.panel.start(
            {
                "table": str(draft.file),
                "template": draft.template_name,
                "mapping": str(draft.mapping_file),
                "exports": self.chosen,
            }
        )
        self._show(self.panel.job)
        self._changed()

    def _ended(self, job: Job) -> None:
        self._show(job)
        self._changed()

    def _show(self, job: Job | None) -> None:
        c.visible(self.action, not self.panel.busy)
        if job is None or job.state is not JobState.DONE or not job.result:
            c.put(self.result)
            return
        done = job.result
        if not done["exports"]:
            stand = c.count(done["errors"], "finding")
            c.put(
                self.result,
                c.headline("Nothing was exported"),
                c.paragraph(c.badge("blocked", c.Tone.BAD), f"{stand} in the way. Check the table, mend, write again."),
            )
            return
        rows = [(clinical.EXPORTS[one["kind"]].title, one["file"], c.size(one["bytes"])) for one in done["exports"]]
        heads = [c.Column("Export"), c.Column("File", code=True), c.Column("Size", numbers=True)]
        c.put(
            self.result,
            c.headline(f"{done['rows_out']:,} of {c.count(done['rows_in'], 'row')} are written"),
            c.paragraph(
                f"Patients with images and rows: {done['subjects']['both']:,}; with images only: "
                f"{done['subjects']['images_only']:,}; with rows only: {done['subjects']['clinical_only']:,}. "
                f"{c.count(done['warnings'], 'warning')}. "
                "The evidence is reports/clinical.html; values stay in private/."
            ),
            c.table(heads, rows, "Exports"),
        )
