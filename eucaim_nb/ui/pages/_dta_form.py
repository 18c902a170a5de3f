"""The assistant for the Data Transfer Agreement: a form, and the documents that come of it."""

from itertools import groupby
from typing import Any

from eucaim_nb import paperwork
from eucaim_nb.paperwork import Draft
from eucaim_nb.reference import DtaField, dta_fields
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._dta_template import DtaTemplate

_ABOUT = (
    "What this workspace knows is filled in and follows it; what you type stays in the workspace. The draft is a "
    "neutral text for the talks between the parties and no legal advice."
)


class DtaForm:
    """Fields by part, a button that drafts the agreement, and a template to fill instead."""

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        self._workspace, self._notice = workspace, notice
        self._known = paperwork.values(workspace)
        self.fields = {field.id: _field(field, self._known[field.id]) for field in dta_fields()}
        self._parts = {part: c.show() for part in dict.fromkeys(field.part for field in dta_fields())}
        drawers = [
            c.Drawer(
                part, c.stack(*(self.fields[one.id] for one in inside)), notice, beside=self._parts[part]
            ).root
            for part, inside in groupby(dta_fields(), key=lambda field: field.part)
        ]
        self.keep = c.button("Keep the answers", self._keep, notice)
        self.draft = c.button("Draft the agreement", self._draft, notice)
        self._result = c.show()
        self.template = DtaTemplate(workspace, notice, self._keep_quietly)
        content = c.stack(
            c.show(c.paragraph(_ABOUT, quiet=True)),
            *drawers,
            c.row(self.draft, self.keep),
            self._result,
            self.template.root,
        )
        self.drawer = c.Drawer("Fill in and draft the agreement", content, notice)
        self.root = self.drawer.root
        self._count()

    def _keep_quietly(self) -> None:
        typed = {name: field.value for name, field in self.fields.items() if field.value != self._known[name]}
        paperwork.keep_answers(self._workspace, typed)
        self._known.update(typed)
        self._count()

    def _keep(self) -> None:
        self._keep_quietly()
        self._notice.say("The answers are kept.")

    def _draft(self) -> None:
        self._keep_quietly()
        c.put(self._result, *drafted(paperwork.draft(self._workspace)))

    def _count(self) -> None:
        """Say beside each part how many needed answers are missing in it."""
        lacking = [field.part for field in paperwork.missing(paperwork.values(self._workspace))]
        for part, said in self._parts.items():
            number = lacking.count(part)
            words, tone = (f"{number} missing", c.Tone.WARN) if number else ("complete", c.Tone.GOOD)
            c.put(said, c.badge(words, tone))


def drafted(made: Draft) -> list[c.Markup]:
    """Return what was written, and what is still open in it."""
    files = [
        (file.suffix.removeprefix("."), c.copyable(file, f"the path of the {file.suffix} file"))
        for file in made.files
    ]
    open_ones = c.fold(
        c.count(len(made.blockers), "thing is still open", "things are still open"), c.bullets(made.blockers)
    )
    return [
        c.headline("The agreement is drafted"),
        c.key_values(files),
        *([open_ones] if made.blockers else [c.paragraph("Every needed field is filled.")]),
        *(c.paragraph(note) for note in made.notes),
        c.paragraph("Have it checked and signed, then record the signed copy in the box of this step."),
    ]


def _field(field: DtaField, value: str) -> Any:
    label = field.label if field.needed else f"{field.label} (optional)"
    return c.area(label, value, rows=3) if field.lines else c.text(label, value)
