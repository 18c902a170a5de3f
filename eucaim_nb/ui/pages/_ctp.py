"""Send with CTP instead: its files and what the check of them says, CTP at work, and what XNAT lists of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from eucaim_nb.jobs import Job, JobState
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._profile_choice import used_last
from ._sign_in import SignIn

if TYPE_CHECKING:
    from eucaim_nb.transfer.ctp import Made

_ABOUT = (
    "CTP is the program that Health-RI recommends for sending. It adds to each image where it belongs, keeps a queue, "
    "and tries again by itself. It sends what was de-identified and verified here. Use one way for the whole "
    "submission: what CTP changes in a file makes it another file to the node."
)
_ELSEWHERE = (
    "HOWTO.txt among them says how to run CTP on another computer. lookup.properties says who is who: it stays in the "
    "private folder."
)

_CONSEQUENCES = (
    "CTP reads the originals, and what it makes of them leaves at once: nobody looks at it or verifies it before.",
    "Text in pictures stays as it is, and so do remarks in compressed pictures.",
    "Free text, numbers and structured content are emptied or removed, where the de-identification here cleans them.",
    "Only patients and images that were de-identified here have a pseudonym for CTP: all others go to its quarantine.",
    "The studies and the receipt on this page do not count these images. What was sent is listed in "
    "private/ctp/sent_deidentified_by_ctp.csv.",
)
_INSTEAD = (
    "Images that are not verified as de-identified go to the node. Use this way for the whole submission or not at "
    "all: an image that was sent both ways is there twice. The reason you type is recorded with the date."
)


class CtpWay:
    """The panel; made when it is opened.

    Parameters
    ----------
    sign_in
        What the page signs in with: CTP itself gets no password.
    ended
        Called when a transfer has ended.
    """

    def __init__(
        self, workspace: Workspace, sign_in: SignIn, notice: c.Notice, ended: Callable[[], object]
    ) -> None:
        self._workspace, self._notice, self._told = workspace, notice, ended
        self.make = c.slow_button("Write and check the files of CTP", self._make, notice)
        self.start = c.button("Start CTP", self._start, notice, hint="Send, then compare with what the node lists")
        self.deidentify = c.Confirm(
            "Let CTP de-identify and send",
            _INSTEAD,
            self._start_deidentifying,
            notice,
            reason="Reason why images may be sent that nobody verified",
        )
        consequences = c.show(c.paragraph("What follows from that:"), c.bullets(_CONSEQUENCES))
        self.instead = c.Drawer(
            "Let CTP de-identify the originals instead", c.stack(consequences, self.deidentify.root), notice
        )
        self.files = c.stack()
        self.panel = c.JobPanel(workspace, "ctp", "transfer by CTP", notice, self._ended, sign_in.secrets)
        self.result = c.show()
        self.root = c.stack(
            c.show(c.paragraph(_ABOUT)),
            c.row(self.make, self.start),
            self.instead.root,
            self.panel.root,
            self.result,
            self.files,
        )
        self._show_result(self.panel.job)

    def _make(self) -> "Made":
        from eucaim_nb import deid
        from eucaim_nb.nodes.health_ri import ctp
        from eucaim_nb.transfer.ctp import make

        rules = ctp.Rules(**deid.plain_rules(deid.load_profile(used_last(self._workspace))))
        made = make(self._workspace, rules)
        table = c.FindingsTable(self._workspace.folder / "private" / "ctp-findings.csv", self._notice)
        table.show(_finding(note) for note in made.notes)
        said = c.heading(f"{c.count(len(made.files), 'file')} written to {c.plain(made.folder)}")
        c.replace(self.files, c.show(said, c.paragraph(_ELSEWHERE, quiet=True)), table.root)
        self._notice.say("Written and checked. What the check found is in the table.")
        return made

    def _start(self) -> None:
        self._begin({})

    def _start_deidentifying(self, reason: str) -> None:
        self._begin({"deidentify": True, "override": reason})

    def _begin(self, arguments: dict[str, object]) -> None:
        from eucaim_nb.transfer.ctp import find_program

        find_program(self._workspace)
        self._make()
        self.panel.start(arguments)
        self._show_result(None)

    def _ended(self, job: Job) -> None:
        self._show_result(job)
        self._told()

    def _show_result(self, job: Job | None) -> None:
        c.visible(self.start, not self.panel.busy)
        c.visible(self.instead.root, not self.panel.busy)
        if job is None or job.state is not JobState.DONE or not job.result:
            c.put(self.result)
            return
        done = job.result
        parts = [
            c.headline(_ending(job)),
            c.paragraph(
                f"CTP sent {done['sent']:,}; {done['already_there']:,} were there already; "
                f"{done['missing']:,} are missing.",
                quiet=True,
            ),
        ]
        if done["quarantine"]:
            lying = [f"{stage}: {c.count(count, 'image')}" for stage, count in done["quarantine"].items()]
            parts += [c.paragraph("In the quarantine of CTP, by stage:"), c.bullets(lying)]
        if done["refusals"]:
            parts += [c.paragraph("What the node said:"), c.bullets(done["refusals"])]
        if done["missing"]:
            parts.append(c.paragraph("Start CTP again: only what the node does not list is sent."))
        c.put(self.result, *parts)


def _ending(job: Job) -> str:
    done = job.result or {}
    if job.arguments.get("deidentify"):
        # What arrived is what CTP made, not what anybody verified here.
        return f"The node lists {done['verified']:,} of {c.count(done['queued'], 'image')}, de-identified by CTP"
    return f"Stored and verified {done['verified']:,} of {c.count(done['queued'], 'image')}"


def _finding(note: object) -> c.Finding:
    from eucaim_nb.nodes.health_ri import ctp

    assert isinstance(note, ctp.Note)
    grave = {ctp.Severity.ERR: c.Severity.ERROR, ctp.Severity.WARN: c.Severity.WARNING}
    where = f"{note.file}, {note.where}" if note.where else note.file
    return c.Finding(grave.get(note.severity, c.Severity.NOTE), note.rule, where, note.message)
