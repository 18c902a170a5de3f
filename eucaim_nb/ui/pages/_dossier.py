"""The dossier: made on a click, shown with its digest, and verified."""

import hashlib
from collections.abc import Callable

from eucaim_nb.jobs import Job
from eucaim_nb.reports import dossier
from eucaim_nb.reports.dossier import Verdict
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_MOST_SHOWN = 20


class DossierCard:
    """Makes the dossier of the workspace, and verifies the one that is there.

    Parameters
    ----------
    changed
        Called after one was made.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._workspace, self._changed = workspace, changed
        self.file = workspace.folder / "reports" / "dossier.html"
        self.notice = notice = c.Notice(notice.log)
        self.make = c.button("Make the dossier", self._start, notice)
        self.verify = c.slow_button("Verify it", self._verify, notice, hint="Computes all digests again")
        self.pdf = c.slow_button("Print it to PDF", self._print, notice, hint="With Chromium, Chrome or Edge")
        self.panel = c.JobPanel(workspace, "dossier", "making of the dossier", notice, self._ended)
        self._buttons = c.row(self.make, self.verify, self.pdf)
        self.found, self.verdict = c.show(), c.show()
        said = (
            "It binds the evidence of all phases in one sealed file, for your data protection officer and for EUCAIM, "
            "and names no patient."
        )
        self.root = c.box(
            c.show(c.heading("The dossier"), c.paragraph(said)),
            self._buttons,
            self.panel.root,
            notice.root,
            self.found,
            self.verdict,
        )
        self.look()

    def _start(self) -> None:
        c.put(self.verdict)
        self.panel.start({})
        self.look()

    def _ended(self, job: Job) -> None:
        self.look()
        self._changed()

    def look(self) -> None:
        """Show the dossier that is there."""
        there = self.file.is_file()
        c.visible(self._buttons, not self.panel.busy)
        for button in (self.verify, self.pdf):
            c.visible(button, there)
        if not there:
            c.put(self.found)
            return
        with open(self.file, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        c.put(
            self.found,
            c.key_values(
                [
                    ("File", c.copyable(self.file, "the path of the dossier")),
                    ("SHA-256", c.copyable(digest, "the SHA-256 of the dossier")),
                    ("Made", c.moment(self.file.stat().st_mtime)),
                ]
            ),
        )

    def _verify(self) -> None:
        self.notice.say("Digests are being computed again.")
        c.put(self.verdict, *_words(dossier.verify(self.file)))
        self.notice.clear()

    def _print(self) -> None:
        self.notice.say("The browser is printing.")
        self.notice.say(f"Printed: {dossier.as_pdf(self.file)}.")


def _words(found: Verdict) -> list[object]:
    if found.valid:
        later = f" {c.count(len(found.added), 'file')} came later." if found.added else ""
        said = f"The dossier is as it was sealed, by key {found.fingerprint}; so is every file that it lists.{later}"
        return [c.paragraph(c.badge("valid", c.Tone.GOOD), said)]
    wrong = [*found.flaws, *(f"{path} was changed since." for path in found.changed)]
    wrong += [f"{path} is gone." for path in found.missing]
    more = [f"and {len(wrong) - _MOST_SHOWN:,} more"] if len(wrong) > _MOST_SHOWN else []
    said = "This is not what was sealed any more. If the changes are meant, make the dossier anew."
    return [c.paragraph(c.badge("not valid", c.Tone.BAD), said), c.bullets([*wrong[:_MOST_SHOWN], *more])]
