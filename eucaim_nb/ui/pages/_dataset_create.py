"""Step 1 of the dataset page: have the dataset made at the node, and watch it being made."""

from pathlib import Path
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workflow import DatasetState

from ._dataset_view import TONES, View
from ._links import link

_EXPORT = (
    "Select the cases of this project and press Export dataset, with a name and a description. Then list your datasets "
    "here. While the node makes it, nothing has to be watched; watching tells when it is done, or why it failed."
)
_HERE = (
    "This node lets programs make datasets. One is made of everything that was uploaded to the project, with the "
    "clinical data exported here. (At the UPV node people do this: Export dataset in QP-Insights.)"
)
_ASKED = "Ask the node first."
_COLUMNS = (
    *(c.Column(title) for title in ("Name", "Version", "State", "Made", "Author")),
    *(c.Column(title, numbers=True) for title in ("Subjects", "Studies")),
    c.Column("Identifier", code=True),
)


class Creation:
    """The panel: which dataset it is, how its making goes, and making or removing one where the node lets programs."""

    def __init__(self, view: View) -> None:
        self._view = view
        workspace, notice = view.workspace, view.notice
        self.list = c.slow_button("List my datasets", self._list, notice)
        self.datasets: c.PagedTable[Any] = c.PagedTable(
            _COLUMNS, _cells, "Datasets of the project", notice, empty="There is none yet.", size=10
        )
        self.which = c.choice("Dataset of this submission", [(_ASKED, "")])
        self.choose = c.slow_button("Take this one", self._choose, notice)
        self._choosing = c.stack(self.datasets.root, self.which, c.row(self.choose))
        self.watch = c.button("Watch the creation", self._watch, notice)
        self.panel = c.JobPanel(workspace, "dataset-watch", "watching", notice, self._ended, view.sign_in.secrets)
        self._failure = c.show()
        self.remove = c.Confirm(
            "Remove the failed dataset",
            "The dataset that was not completed is removed at the node. Images and clinical data stay there.",
            lambda _: c.in_background(notice)(self._remove)(),
            notice,
        )
        self.root = c.stack(
            self._by_program() if _permits(view) else c.show(c.paragraph(_EXPORT, link("qp-cases"))),
            c.row(self.list, self.watch),
            self._choosing,
            self.panel.root,
            self._failure,
            self.remove.root,
        )
        c.visible(self._choosing, False)
        self.show()

    def show(self) -> None:
        """Show what is known."""
        kept, found = self._view.kept, self._view.found
        failed = kept is not None and kept.state is DatasetState.FAILED
        making = kept is None or kept.state is DatasetState.CREATING
        c.visible(self.watch, making and not self.panel.busy)
        c.visible(self.remove.root, failed)
        if not failed or kept is None:
            c.put(self._failure)
            return
        job = self.panel.job
        result = (job.result or {}) if job is not None else {}
        means, mend = (found.means, found.mend) if found else (result.get("means", ""), result.get("mend", ""))
        words = found.words if found else kept.message
        c.put(
            self._failure,
            c.paragraph(c.badge("failed", c.Tone.BAD), f"The node says: {words}"),
            *([c.key_values([("That means", means), ("To mend it", mend)])] if means else []),
        )

    def _list(self) -> None:
        from eucaim_nb.dataset.node import listed

        self._view.notice.say("Asking the node.")
        found = listed(self._view.workspace, credentials=self._view.credentials)
        self.datasets.show(found)
        kept = self._view.kept
        self.which.options = [(f"{one.name}, {one.state}, {one.created or one.id}", one.id) for one in found]
        if kept is not None and kept.id in {one.id for one in found}:
            self.which.value = kept.id
        c.visible(self._choosing, True)
        c.visible(self.choose, bool(found))
        c.visible(self.which, bool(found))
        self._view.notice.clear()

    def _choose(self) -> None:
        if not self.which.value:
            raise SettingsError("No dataset is chosen. List your datasets and choose one.")
        self._view.look(str(self.which.value))
        c.visible(self._choosing, False)
        if self._view.kept is not None and self._view.kept.state is DatasetState.CREATING:
            self._watch()

    def _watch(self) -> None:
        self.panel.start({})
        self._view.take(self._view.found)

    def _ended(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._view.look()
        else:
            self._view.take(None)

    def _remove(self) -> None:
        from eucaim_nb.dataset.node import discard

        discard(self._view.workspace, credentials=self._view.credentials)
        self._view.take(None)
        self._view.notice.say("The failed dataset is removed at the node. Mend what was wrong, then make it anew.")

    def _by_program(self) -> Any:
        notice = self._view.notice
        self.name, self.description = c.text("Name of the dataset"), c.area("Description of the dataset")
        self.index = c.text("File with the index (index.json)", hint="empty: the node's list of what was uploaded")
        self.create = c.slow_button("Make the dataset", self._create, notice)
        return c.stack(
            c.show(c.paragraph(_HERE)),
            self.name,
            self.description,
            c.Drawer("Only some studies", c.stack(self.index), notice).root,
            c.row(self.create),
        )

    def _create(self) -> None:
        from eucaim_nb.dataset.node import create

        index = self.index.value.strip()
        create(
            self._view.workspace,
            {"name": self.name.value.strip(), "description": self.description.value.strip()},
            index=Path(index).expanduser() if index else None,
            credentials=self._view.credentials,
        )
        self._watch()


def _permits(view: View) -> bool:
    options = {**node_defaults()[view.workspace.settings.node], **view.workspace.settings.node_options}
    return bool(options.get("dataset_creation"))


def _cells(one: Any) -> tuple[object, ...]:
    badge = c.badge(one.state, TONES.get(one.state, c.Tone.GOOD))
    return one.name, one.version, badge, one.created, one.author, one.subjects, one.studies, one.id
