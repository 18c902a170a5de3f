"""Step 2 of the dataset page: compare the dataset with what was sent, and name what the node dropped."""

from typing import TYPE_CHECKING, Any

from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c

from ._dataset_view import View

if TYPE_CHECKING:
    from eucaim_nb.dataset.node import Lost

_WHY = "A node may leave out series that it does not find, without a word. Nothing is changed by comparing."
_MEND = (
    "Upload these series again, see that they are verified, and make the dataset anew; or leave them out on purpose "
    "and say so in the description. Their list is dataset/missing_series.csv."
)
_NUMBERS = (
    c.Column("Number of"),
    c.Column("Sent and verified", numbers=True),
    c.Column("In the dataset", numbers=True),
)
_MISSING = (
    *(c.Column(title, code=True) for title in ("Patient ID as sent", "Study", "Series")),
    c.Column("Series missing", numbers=True),
)


class Comparing:
    """The panel, and what the last comparison found."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.compare = c.button("Compare with what was sent", self._compare, view.notice)
        self.panel = c.JobPanel(
            view.workspace, "dataset-compare", "comparison", view.notice, self._ended, view.sign_in.secrets
        )
        self._numbers = c.show()
        self.missing: c.PagedTable[Lost] = c.PagedTable(_MISSING, _cells, "Series that are missing", view.notice)
        self.root = c.stack(
            c.show(c.paragraph(_WHY)), c.row(self.compare), self.panel.root, self._numbers, self.missing.root
        )
        self.show()

    def show(self) -> None:
        """Show what is known."""
        from eucaim_nb.dataset.node import missing_series

        kept = self._view.kept
        compared = kept.compared if kept is not None else None
        c.visible(self.compare, not self.panel.busy)
        c.visible(self.missing.root, bool(compared and compared.missing))
        if compared is None:
            c.put(self._numbers)
            return
        lost = compared.missing
        says = (
            c.paragraph(
                c.badge("missing", c.Tone.BAD),
                f"{c.count(lost, 'series', 'series')} that were sent are not in it. {_MEND}",
            )
            if lost
            else c.paragraph(
                c.badge("complete", c.Tone.GOOD), "Every series that was sent and verified is in the dataset."
            )
        )
        rows = [
            (word.capitalize(), f"{number:,}", f"{compared.there.get(word, 0):,}")
            for word, number in compared.here.items()
        ]
        note = c.paragraph(_beside(self.panel.job), quiet=True)
        c.put(self._numbers, says, c.table(_NUMBERS, rows, "What was sent and what is there"), note)
        if lost:
            self.missing.show(missing_series(self._view.workspace))

    def _compare(self) -> None:
        self.panel.start({})
        self._view.take(self._view.found)

    def _ended(self, job: Job) -> None:
        if job.state is JobState.DONE and self._view.found is None:
            self._view.look()
        else:
            self._view.take(self._view.found)


def _beside(job: Job | None) -> str:
    result: dict[str, Any] = dict(job.result or {}) if job is not None else {}
    said = []
    if others := result.get("others"):
        said.append(f"{c.count(others, 'subject')} in it did not come from this workspace.")
    if unverified := result.get("unverified"):
        said.append(f"Of {c.count(unverified, 'series', 'series')} sent, something was never verified at the node.")
    return " ".join(said)


def _cells(one: "Lost") -> tuple[object, ...]:
    which = one.series_uid or "the node's folders do not tell which"
    return one.subject, one.study_uid or "any of this subject", which, f"{one.series:,}"
