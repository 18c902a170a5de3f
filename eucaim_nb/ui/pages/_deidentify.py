"""De-identify: choose how, see what it would do to one image, do it to all, and read what was verified."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import ProfileError
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._before_after import BeforeAfter, Chosen
from ._deidentified import Deidentified, DryRun, all_verified
from ._guide import folded_guides
from ._indexed import originals
from ._profile_answers import ProfileAnswers
from ._profile_choice import ProfileChoice
from ._profile_table import ProfileTable
from ._pseudonym_key import PseudonymKey

if TYPE_CHECKING:
    from eucaim_nb.deid import Profile


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("deidentify", None).root
    return _DeidentifyPage(workspace).page.root


class _DeidentifyPage:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("deidentify", workspace)
        notice = self.page.notice
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self.ids = [source.id for source in originals(workspace)]
        self.instances = workspace.ledger.index.totals(self.ids).instances
        self.choice = ProfileChoice(workspace, notice, self._profile_chosen)
        # What is said of a click stands beside the buttons, whatever is open below them.
        self.said = c.Notice(notice.log)
        label = f"De-identify {c.count(self.instances, 'instance')}"
        self.run = c.button(label, lambda: self._start(), self.said, main=True)
        self.dry_run = c.button(
            "Dry run", lambda: self._start(dry_run=True), self.said, hint="Count what would be done; writes nothing"
        )
        buttons = c.row(self.run, self.dry_run)
        self.answers: ProfileAnswers | None = None
        self.questions = c.Fold("Other choices: dates, ages, texts, documents, site", self._profile_answers, notice)
        self.rules = c.Fold("The profile, attribute by attribute", self._profile_table, notice)
        self.key = c.Fold("Pseudonym key", lambda: PseudonymKey(workspace, notice).root, notice)
        self.looks: BeforeAfter | None = None
        self.preview = c.Fold("Preview: one image before and after", self._preview, notice)
        self.panel = c.JobPanel(
            workspace, "deidentify", "de-identification", notice, self._ended, self._secrets
        )
        c.visible(buttons, self.instances > 0)
        c.visible(self.preview.root, self.instances > 0)
        self.page.action.children = [
            self.choice.root,
            buttons,
            self.said.root,
            self.preview.root,
            self.questions.root,
            self.rules.root,
            self.key.root,
        ]
        self.page.progress.children = [self.panel.root]
        self._show_result()

    # What the profile does

    def _profile_chosen(self) -> None:
        # What is open belongs to the profile that was chosen before.
        self.rules.shut()
        self.questions.shut()
        self._look_again()

    @property
    def _draft(self) -> "Profile | None":
        """The profile with answers that were changed and not saved."""
        return self.answers.draft if self.answers is not None and self.questions.opened else None

    def _look_again(self) -> None:
        """Show in an open preview what the choice does."""
        if self.looks is not None and self.preview.opened:
            self.looks.again()

    def _profile_answers(self) -> Any:
        self.answers = ProfileAnswers(
            self.workspace, self.choice.profile, self._look_again, self._profile_saved, self.page.notice
        )
        return self.answers.root

    def _profile_table(self) -> Any:
        return ProfileTable(self.workspace, self.choice.profile, self._profile_saved, self.page.notice).root

    def _profile_saved(self, path: Path) -> None:
        self.choice.add(path)
        self.said.say(f"Saved as {path} and chosen.")
        self.choice.field.focus()

    def _preview(self) -> Any:
        self.looks = BeforeAfter(self.workspace, self.ids, self._chosen, self.page.notice)
        return self.looks.root

    def _chosen(self) -> Chosen:
        return self._draft or self.choice.value, self.choice.typed_secret

    # Doing it

    def _secrets(self) -> Mapping[str, Any]:
        secret = self.choice.typed_secret
        return {"secret": secret} if secret else {}

    def _start(self, *, dry_run: bool = False) -> None:
        # A profile that cannot be used is said here, not by the job.
        arguments: dict[str, object] = {"profile": self.choice.value}
        assert self.choice.profile is not None
        if self._draft is not None:
            raise ProfileError(
                "Some answers were changed and not saved. Save them as a new version, or close “Other choices” to go "
                "on without them."
            )
        if dry_run:
            arguments["dry_run"] = True
        self.said.clear()
        self.panel.start(arguments)
        # What comes of it shall be in sight.
        for fold in (self.preview, self.questions, self.rules):
            fold.shut()
        self._show_busy()

    def _ended(self, job: Job) -> None:
        self._show_result()

    def _show_busy(self) -> None:
        busy = self.panel.busy
        c.visible(self.page.action, not busy)
        # What an earlier run left is not true any more while the next one is at work.
        c.visible(self.page.result, not busy)
        if busy:
            self.page.suggest()
        # The secret is kept nowhere, so only the button above can go on with it.
        if self.choice.takes_secret:
            c.visible(self.panel.again, False)
        self.page.refresh()

    def _show_result(self) -> None:
        self._show_busy()
        if self.panel.busy:
            return
        job, parts = self.panel.job, []
        if job is not None and job.state is JobState.DONE and job.result and job.result["dry_run"]:
            parts.append(DryRun(job, self.page.notice).root)
        counts = self.workspace.ledger.deidentified.counts(self.workspace.originals())
        if counts.written or counts.quarantined or counts.dropped or counts.already:
            parts.append(Deidentified(self.workspace, self.page.notice).root)
        c.replace(self.page.result, *parts)
        steps: list[object] = []
        if all_verified(counts):
            words = f"upload {c.count(counts.verified, 'de-identified instance')}"
            look = c.notebook_link("06_reidentification_risk", "Go on: re-identification risk")
            quality = c.notebook_link("07_quality", "data quality")
            upload = c.notebook_link("09_upload_images", words)
            steps.append(c.paragraph(look, "and", quality, "(both optional), then", upload))
        if counts.quarantined:
            aside = c.count(counts.quarantined, "original")
            steps.append(
                f"{aside} set aside: mend what the reasons say and scan again, or leave them out of the submission."
            )
        if counts.written:
            steps.append("Give the report to your DPO: it says what was done to every attribute, without identifiers.")
        self.page.suggest(*steps)
