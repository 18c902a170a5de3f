"""Pack for the uploader instead: the folder that a person uploads with the program of the UPV node."""

from collections.abc import Callable
from pathlib import Path

from eucaim_nb.errors import SettingsError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_ABOUT = (
    "A folder for the QP-Insights Uploader of the UPV node: images by patient, study and series with their digests, a "
    "table of patients, a check report and the steps. It is the way that always works; here nobody can see what the "
    "node received, so compare the numbers there."
)


class PackWay:
    """The panel; made when it is opened.

    Parameters
    ----------
    source
        Gives what is to be packed, as `transfer.upload` takes it.
    """

    def __init__(self, workspace: Workspace, source: Callable[[], str], notice: c.Notice) -> None:
        self._workspace, self._source = workspace, source
        self.folder = c.text("New folder for the pack, outside the workspace", hint="/data/for-the-uploader")
        self.reason = c.text("Reason, if images are not verified as de-identified")
        self.pack = c.button("Write the pack", self._pack, notice)
        self.panel = c.JobPanel(workspace, "pack", "pack", notice, self._show)
        self.result = c.show()
        self.root = c.stack(
            c.show(c.paragraph(_ABOUT)), self.folder, self.reason, c.row(self.pack), self.panel.root, self.result
        )
        if self.panel.job is not None:
            self._show(self.panel.job)

    def _pack(self) -> None:
        typed = self.folder.value.strip()
        if not typed or not Path(typed).expanduser().is_absolute():
            raise SettingsError("Give the whole path of a new folder for the pack.")
        out = str(Path(typed).expanduser())
        self.panel.start({"out": out, "source": self._source(), "override": self.reason.value.strip() or None})

    def _show(self, job: Job) -> None:
        if job.state is not JobState.DONE or not job.result:
            c.put(self.result)
            return
        done = job.result
        said = f"{c.count(done['images'], 'image')} of {c.count(done['patients'], 'patient')} packed"
        parts = [c.headline(said), c.paragraph(f"{c.size(done['bytes'])} in {c.plain(done['folder'])}", quiet=True)]
        c.put(self.result, *parts, *([c.bullets(done["problems"])] if done["problems"] else []))
