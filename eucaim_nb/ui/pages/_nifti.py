"""NIfTI files on the upload page: which series each was made of, headers for them, and sending both."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._sign_in import SignIn

if TYPE_CHECKING:
    from eucaim_nb.transfer.nifti import Series, Suggestion, Wrong

_ABOUT = (
    "Health-RI takes NIfTI files with a header in DICOM JSON each. A header that lies beside a file as name.json is "
    "taken as it is. For the others it is made here, of the de-identified series the file was made of. Masks belong in "
    "DICOM-SEG: see the page Annotations."
)
_CONSEQUENCE = (
    "This program cannot see whether a NIfTI file is de-identified: a face can be made of its voxels, and its header "
    "has room for texts. Look at the files first. The reason you type is recorded with the date."
)
_WRONG = (c.Column("File"), c.Column("Why it cannot be sent"))
_UNDECIDED = ("not decided: no header", "")
_MOST_OFFERED = 200
"""Series that a list offers; in a larger collection, `eucaim-nb nifti-headers --made-of` takes any."""


class NiftiWay:
    """The panel; made when it is opened.

    Parameters
    ----------
    sign_in
        What the page signs in with.
    ended
        Called when a transfer has ended.
    """

    def __init__(
        self, workspace: Workspace, sign_in: SignIn, notice: c.Notice, ended: Callable[[], object]
    ) -> None:
        self._workspace, self._notice, self._told = workspace, notice, ended
        self._chosen: dict[str, str] = {}
        self._looked_in: Path | None = None
        self.folder = c.PathPicker("Folder with the NIfTI files", workspace.folder.parent, notice)
        self.folder.field.observe(c.guard(notice, rest=0)(self._forget), "value")
        self.look = c.slow_button("Look at the files", self._look, notice)
        self.said = c.show()
        self.matches = c.stack()
        self.write = c.button("Write headers", self._write, notice)
        self.headers = c.JobPanel(workspace, "nifti-headers", "writing of headers", notice, self._written)
        self.wrong: c.PagedTable[Mapping[str, str]] = c.PagedTable(
            _WRONG, _cells, "Files that cannot be sent", notice
        )
        self.send = c.Confirm(
            "Send", _CONSEQUENCE, self._send, notice, reason="Reason why these files may be sent"
        )
        self.panel = c.JobPanel(
            workspace, "nifti", "transfer of NIfTI files", notice, self._ended, sign_in.secrets
        )
        self.result = c.show()
        self.root = c.stack(
            c.show(c.paragraph(_ABOUT)),
            self.folder.root,
            c.row(self.look),
            self.said,
            self.matches,
            c.row(self.write),
            self.headers.root,
            self.wrong.root,
            self.send.root,
            self.panel.root,
            self.result,
        )
        self._forget()
        self._show_result(self.panel.job)

    # What each file was made of

    def _forget(self) -> None:
        """Show nothing of a folder that is not the one in the field."""
        c.put(self.said)
        for widget in (self.matches, self.write, self.wrong.root, self.send.root):
            c.visible(widget, False)

    def _look(self) -> None:
        from eucaim_nb.transfer.nifti import find, suggest

        folder = self.folder.folder.resolve()
        found = find(self._workspace, folder)
        if not found.pairs and not found.wrong:
            raise WorkspaceError(f"There is no NIfTI file in {c.plain(folder)}. They end in .nii or .nii.gz.")
        self._looked_in = folder
        said = f"{c.count(len(found.pairs), 'NIfTI file')} can be sent with a header, {len(found.wrong):,} cannot yet."
        c.put(self.said, c.status(c.paragraph(said)))
        c.visible(self.send.root, bool(found.pairs) and not self.panel.busy)
        self.send.button.description = f"Send {c.count(len(found.pairs), 'NIfTI file')} and headers"
        without = {one.file for one in found.wrong}
        suggested = self._suggested(suggest, folder) if without else []
        open_ones = [one for one in suggested if one.image in without]
        self._show_matches(open_ones, folder)
        # Of files that have no header it is asked above what they were made of.
        self._show_wrong([_problem(one, folder) for one in found.wrong if one.has_header or not open_ones])

    def _suggested(
        self, suggest: Callable[[Workspace, Path], "list[Suggestion]"], folder: Path
    ) -> "list[Suggestion]":
        try:
            return suggest(self._workspace, folder)
        except WorkspaceError as error:
            self._notice.say(f"Headers cannot be made: {error}")
            return []

    def _show_matches(self, open_ones: "list[Suggestion]", folder: Path) -> None:
        from eucaim_nb.transfer.nifti import all_series, name_of

        self._chosen = {name_of(one.image, folder): one.series.series_uid for one in open_ones if one.series}
        everything = all_series(self._workspace) if open_ones else []

        def row(one: "Suggestion") -> Any:
            return self._match(one, name_of(one.image, folder), everything)

        rows = c.PagedRows(open_ones, row, self._notice)
        heading = c.show(c.heading("Which series was each file made of?")) if open_ones else c.show()
        c.replace(self.matches, heading, rows.root)
        c.visible(self.matches, bool(open_ones))
        self._say_how_many()

    def _match(self, one: "Suggestion", name: str, everything: "list[Series]") -> Any:
        likely = [*one.fitting, *(series for series in everything if series not in one.fitting)]
        options = [_UNDECIDED, *((series.words, series.series_uid) for series in likely[:_MOST_OFFERED])]
        field = c.choice(c.plain(name), options, self._chosen.get(name, ""))

        def chosen() -> None:
            if field.value:
                self._chosen[name] = field.value
            else:
                self._chosen.pop(name, None)
            self._say_how_many()

        field.observe(c.guard(self._notice, rest=0)(chosen), "value")
        return c.stack(field, c.show(c.paragraph(f"{str(one.why).capitalize()}.", quiet=True)))

    def _say_how_many(self) -> None:
        self.write.description = f"Write {c.count(len(self._chosen), 'header')}"
        c.visible(self.write, bool(self._chosen) and not self.headers.busy)

    # Headers

    def _write(self) -> None:
        self.headers.start({"source": str(self._looked_in), "chosen": dict(self._chosen)})
        c.visible(self.write, False)

    def _written(self, job: Job) -> None:
        if job.state is not JobState.DONE or not job.result:
            self._say_how_many()
            return
        self._look()
        done = job.result
        self._notice.say(f"{c.count(done['written'], 'header')} written. You can send the files now.")
        if done["problems"]:
            self._show_wrong(done["problems"])

    def _show_wrong(self, problems: Sequence[Mapping[str, str]]) -> None:
        c.visible(self.wrong.root, bool(problems))
        self.wrong.show(problems)

    # Sending

    def _send(self, reason: str) -> None:
        self.panel.start({"source": str(self._looked_in), "override": reason})
        c.visible(self.send.root, False)
        self._show_result(None)

    def _ended(self, job: Job) -> None:
        c.visible(self.send.root, job.state is not JobState.DONE)
        self._show_result(job)
        self._told()

    def _show_result(self, job: Job | None) -> None:
        if job is None or job.state is not JobState.DONE or not job.result:
            c.put(self.result)
            return
        done = job.result
        said = (
            f"Stored and verified {done['verified']:,} of {c.count(done['queued'], 'NIfTI file')} and headers"
        )
        sent = (
            f"{done['sent']:,} sent, {done['already_there']:,} were there already, {done['failed']:,} failed."
        )
        c.put(self.result, c.headline(said), c.paragraph(sent, quiet=True))
        if done["problems"]:
            self._show_wrong(done["problems"])


def _problem(wrong: "Wrong", folder: Path) -> Mapping[str, str]:
    from eucaim_nb.transfer.nifti import name_of

    return {"file": name_of(wrong.file, folder), "message": wrong.message}


def _cells(problem: Mapping[str, str]) -> tuple[object, ...]:
    return problem["file"], problem["message"]
