"""Step 6 of the clinical page: send what was written, and read what the node gives back."""

from collections.abc import Callable, Mapping
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ledger import ClinicalUpload, UploadState
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._sign_in import SignIn

_CONSEQUENCE = "The clinical data go to the node as they are. The reason you type is recorded with the date."
_ASSUMED = (
    "This node has not published how it takes clinical data. Address and path are settings (clinical and clinical_path "
    "under [node] in eucaim.toml); ask the node for them. Its uploader takes clinical/clinical.csv."
)
_WORDS = {
    "form": "Form of a subject",
    "variables": "Custom variables of a subject",
    "rows": "Rows of a subject",
    "file": "File of the project",
}
_FAILED = tuple(c.Column(title) for title in ("What", "Whose or which", "Why"))


class ClinicalTransfer:
    """The panel.

    Parameters
    ----------
    changed
        Called when an upload has begun or ended.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._workspace, self._notice, self._changed = workspace, notice, changed
        self.sign_in = SignIn(workspace, notice)
        self._said = c.show()
        self.dry_run = c.slow_button(
            "Dry run", self._dry_run, notice, hint="Say what would be sent; sends nothing"
        )
        self.upload = c.button("Upload the clinical data", lambda: self._upload(None), notice, main=True)
        self.confirm = c.Confirm(
            "Upload the clinical data",
            _CONSEQUENCE,
            self._upload,
            notice,
            reason="Reason why they may be sent all the same",
        )
        assumed = c.show(*_assumptions(workspace))
        self._against = c.show()
        self._ready = c.stack(
            assumed, self._against, self.sign_in.root, c.row(self.upload, self.dry_run), self.confirm.root
        )
        self.panel = c.JobPanel(
            workspace, "clinical-upload", "upload of clinical data", notice, self._ended, self.sign_in.secrets
        )
        self.result = c.show()
        self.failed: c.PagedTable[ClinicalUpload] = c.PagedTable(_FAILED, _cells, "What is not at the node", notice)
        self.root = c.stack(self._said, self._ready, self.panel.root, self.result, self.failed.root)
        c.visible(self._ready, False)
        self._show_result()

    def open(self) -> None:
        """See whether something may be sent, and whether it needs a reason."""
        from eucaim_nb.transfer.clinical import concerns

        try:
            found = concerns(self._workspace)
        except WorkspaceError as error:
            c.put(self._said, c.status(c.paragraph(c.badge("not yet", c.Tone.QUIET), str(error))))
            c.visible(self._ready, False)
            return
        c.put(self._said)
        c.visible(self._ready, not self.panel.busy)
        said = [c.paragraph(c.badge("needs a reason", c.Tone.WARN), f"{one.words} {one.remedy}") for one in found]
        c.put(self._against, *said)
        c.visible(self.upload, not found)
        c.visible(self.confirm.root, bool(found))

    def _dry_run(self) -> None:
        from eucaim_nb.transfer.clinical import plan

        self._notice.say("Asking the node what it has already. Nothing is sent.")
        found = plan(self._workspace, credentials=self.sign_in.credentials)
        self._notice.say(
            f"{c.count(found.to_send, 'piece')} of clinical data of {c.count(found.subjects, 'subject')} would go to "
            f"{found.node} at {found.address}. {found.already_there:,} of {found.queued:,} are there already. "
            f"{c.count(found.without_row, 'patient')} with images {'has' if found.without_row == 1 else 'have'} no row."
        )

    def _upload(self, reason: str | None) -> None:
        self.panel.start({"override": reason})
        self.confirm.reason.value = ""
        c.visible(self._ready, False)
        self._changed()

    def _ended(self, job: Job) -> None:
        self.open()
        self._show_result()
        self._changed()

    def _show_result(self) -> None:
        records = self._workspace.ledger.clinical_uploads.records(self._workspace.settings.node)
        failed = [one for one in records if one.state is UploadState.FAILED]
        c.visible(self.failed.root, bool(failed))
        self.failed.show(failed)
        if not records:
            c.put(self.result)
            return
        verified = sum(one.state is UploadState.VERIFIED for one in records)
        parts = [c.headline(f"Stored and verified {verified:,} of {c.count(len(records), 'piece')} of clinical data")]
        job = self.panel.job
        if job is not None and job.state is JobState.DONE and job.result:
            parts.append(c.paragraph(_ending(job.result), quiet=True))
        c.put(self.result, *parts)


def _assumptions(workspace: Workspace) -> list[c.Markup]:
    known = {**node_defaults()[workspace.settings.node], **workspace.settings.node_options}
    if known.get("clinical_verified") is not False:
        return []
    return [c.paragraph(c.badge("not confirmed", c.Tone.WARN), _ASSUMED)]


def _ending(done: Mapping[str, Any]) -> str:
    return (
        f"The last run sent {done['sent']:,}; {done['already_there']:,} were there before; {done['failed']:,} failed. "
        "A piece is verified when the node gives it back as it was sent. The sealed receipt is "
        "reports/clinical_upload.html."
    )


def _cells(one: ClinicalUpload) -> tuple[object, ...]:
    return _WORDS[one.kind], one.name, one.message
