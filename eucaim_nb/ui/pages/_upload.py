"""Upload images: choose what to send, see what would happen, send it, and read what the node confirms."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._choice import Key, SeriesChoice, total
from ._conflicts import Conflicts
from ._guide import folded_guides
from ._indexed import Source, sources
from ._journal import Journal
from ._other_ways import OtherWays
from ._preflight import Preflight
from ._sign_in import SignIn

if TYPE_CHECKING:
    from eucaim_nb.transfer import Plan

_CONSEQUENCE = (
    "Something speaks against sending these images: it is said above. They go to the node as they are. The reason you "
    "type is recorded with the date."
)
_MOST_COUNTED = 400
"""Series up to which the instances are counted one by one; it takes a query each."""


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("upload", None).root
    return _UploadPage(workspace).page.root


class _UploadPage:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("upload", workspace)
        notice = self.page.notice
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self.sign_in = SignIn(workspace, notice)
        options = _choices(workspace)
        told = self._show_result if options else self.page.refresh
        self.other_ways = OtherWays(workspace, self.sign_in, notice, lambda: self._source, told)
        if not options:
            if self.other_ways.nifti is not None:
                self.page.action.children = [self.sign_in.root, self.other_ways.nifti.root]
            return
        self.sources = dict(options)
        self.source = c.choice("Images from", [(title, title) for title, _ in options])
        self.source.observe(c.guard(notice, rest=0)(self._source_chosen), "value")
        self.dry_run = c.slow_button(
            "Dry run", self._dry_run, notice, hint="Say what would be sent; sends nothing"
        )
        self.ask = c.button(
            "Ask the server", self._ask, notice, hint="Compare what was sent with the node's listing"
        )
        self.choosing = c.stack()
        self.preflight = Preflight(workspace)
        self.confirm = c.Confirm(
            "Upload", _CONSEQUENCE, self._upload, notice, reason="Reason why these images may be sent"
        )
        self.upload = c.button("Upload", lambda: self._upload(None), notice, main=True)
        self.plainly = c.row(self.upload)
        secrets = self.sign_in.secrets
        self.journal = Journal(workspace, notice)
        self.panel = c.JobPanel(
            workspace, "upload", "upload", notice, self._ended, secrets, lambda job: self.journal.follow()
        )
        self.verifying = c.JobPanel(
            workspace, "verify", "comparison with the node", notice, self._ended, secrets
        )
        self.page.action.children = [
            self.sign_in.root,
            self.source,
            self.choosing,
            self.preflight.root,
            c.row(self.dry_run),
            self.plainly,
            self.confirm.root,
            *(line.root for line in (self.other_ways.program, self.other_ways.nifti) if line is not None),
        ]
        self.page.progress.children = [self.panel.root, self.verifying.root]
        self.asking = c.row(self.ask)
        self.conflicts = Conflicts(workspace, notice, self._conflicts_decided)
        self.page.result.children = [self.conflicts.root, self.journal.root, self.asking]
        self._source_chosen()
        self._show_result()

    # What to send

    def _source_chosen(self) -> None:
        ids = self.sources[self.source.value]["ids"]
        uploads = self.workspace.ledger.uploads
        sendable = set(uploads.candidate_series(ids))
        rows = [
            row
            for row in self.workspace.ledger.index.series(ids)
            if (row.study_uid, row.series_uid) in sendable
        ]
        keys = {(row.study_uid, row.series_uid) for row in rows}
        self.sizes: Mapping[Key, int] | None = None
        if len(keys) <= _MOST_COUNTED:
            self.sizes = {key: len(uploads.candidates(ids, *key)) for key in keys}
        self.choice = SeriesChoice(_once(rows), self.page.notice, self._say_how_many)
        drawer = c.Drawer("Choose series (all are chosen)", self.choice.root, self.page.notice)
        c.replace(self.choosing, drawer.root)
        self._say_how_many()
        self.preflight.show(ids, written_here=self._source == "deidentified")
        self._show_way(self.preflight.clear)

    def _show_way(self, clear: bool) -> None:
        """Ask for a reason unless nothing speaks against sending."""
        c.visible(self.plainly, clear)
        c.visible(self.confirm.root, not clear)

    def _say_how_many(self) -> None:
        chosen = self.choice.chosen
        if self.sizes is None:
            words = f"Upload {c.count(len(chosen), 'series', 'series')}"
        else:
            words = f"Upload {c.count(total(chosen, self.sizes), 'instance')}"
        self.upload.description = self.confirm.button.description = words

    @property
    def _series(self) -> list[Key] | None:
        return None if self.choice.everything else self.choice.chosen

    @property
    def _source(self) -> str:
        source: str = self.sources[self.source.value]["source"]
        return source

    # Asking the node

    def _dry_run(self) -> None:
        from eucaim_nb.transfer import plan

        self.page.notice.say("Asking the node what it has already. Nothing is sent.")
        found = plan(
            self.workspace, source=self._source, series=self._series, credentials=self.sign_in.credentials
        )
        self.page.notice.say(_plan_in_words(found))

    def _ask(self) -> None:
        self.verifying.start({})
        self._show_busy()

    # Sending

    def _upload(self, reason: str | None) -> None:
        self.panel.start({"source": self._source, "series": self._series, "override": reason})
        self._show_busy()

    def _ended(self, job: Job) -> None:
        from eucaim_nb.transfer import concerns

        self.sign_in.look()
        if job.kind == "upload" and job.state is JobState.FAILED and self._source == "deidentified":
            # Perhaps because outputs are no longer the files that were verified: see them, which takes its time.
            self._show_way(not concerns(self.workspace, self._source, self._series))
        self._show_result()
        if job.kind == "upload" and job.result is not None:
            self.page.notice.say(_ending(job.result))

    def _show_busy(self) -> None:
        busy = self.panel.busy or self.verifying.busy
        c.visible(self.page.action, not busy)
        c.visible(self.asking, not busy and self.journal.begun)
        self.page.refresh()

    def _conflicts_decided(self, decision: str) -> None:
        then = "Upload again to replace them." if decision == "replace" else "They stay as they are."
        self.page.notice.say(f"Remembered for this workspace. {then}")

    def _show_result(self) -> None:
        self.journal.show()
        self.conflicts.show()
        self._show_busy()


def _choices(workspace: Workspace) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what can be sent: what was de-identified here, if anything, then each scanned folder."""
    found = sources(workspace)
    ours = workspace.deidentified.resolve()
    written = [source for source in found if source.folder.is_relative_to(ours)]
    options: list[tuple[str, Mapping[str, Any]]] = []
    if written:
        ids = [source.id for source in written]
        options.append(("De-identified images of this workspace", {"source": "deidentified", "ids": ids}))
    for source in found:
        if source not in written:
            entry = {"source": str(source.folder), "ids": _at_or_below(source.folder, found)}
            options.append((f"Scanned folder {c.plain(source.folder)}", entry))
    return [
        (title, entry) for title, entry in options if workspace.ledger.uploads.candidate_series(entry["ids"])
    ]


def _at_or_below(folder: Path, found: list[Source]) -> list[int]:
    return [source.id for source in found if source.folder.is_relative_to(folder)]


def _once(rows: list[Any]) -> list[Any]:
    """Return each series once: one that lies under two patients can be sent or left out only as a whole."""
    seen: dict[Key, Any] = {}
    for row in rows:
        seen.setdefault((row.study_uid, row.series_uid), row)
    return list(seen.values())


def _ending(done: Mapping[str, Any]) -> str:
    """Say how an upload ended, for whoever looks again after a while."""
    if done["failed"]:
        failed = c.count(done["failed"], "instance")
        return f"The upload ended: {done['verified']:,} verified, {failed} failed. The reasons are below."
    said = f"The upload is done: all {c.count(done['queued'], 'instance')} are verified"
    return f"{said}, {done['already_there']:,} of them were at the node before. You can go on."


def _plan_in_words(found: "Plan") -> str:
    held_back, duplicates, excluded = (found.left_out[why] for why in ("held_back", "duplicates", "excluded"))
    left_out = (
        f"Left out: {c.count(held_back, 'file')} held back because of findings, "
        f"{c.count(duplicates, 'further file')} of an instance that is sent once, "
        f"{c.count(excluded, 'file')} that a person left out."
    )
    not_listed = f"The node fails to list the series of {c.count(found.not_listed, 'instance')}: they stay here. "
    return (
        f"{c.count(found.to_send, 'instance')} ({c.size(found.bytes)}) would go to {found.node} at {found.address} in "
        f"{c.count(found.requests, 'request')}. {found.already_there:,} of {found.queued:,} are there already. "
        f"{not_listed if found.not_listed else ''}"
        f"{left_out if held_back or duplicates or excluded else 'Nothing is left out.'}{_labels_in_words(found)}"
    )


def _labels_in_words(found: "Plan") -> str:
    changed = sum(bool(label["why"]) for label in found.labels)
    together = sum(not one["kept_apart"] for one in found.collisions)
    studies = c.count(changed, "study", "studies")
    said = f" {studies} with a Patient ID that XNAT does not take as a label." if changed else ""
    return said + (f" {c.count(together, 'label')} stand for several studies." if together else "")
