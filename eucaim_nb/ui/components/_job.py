"""A job as a page shows it: how far it is, a way to stop it, and how it ended."""

import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any

from eucaim_nb import jobs, redact
from eucaim_nb.jobs import Job, JobState
from eucaim_nb.markup import Markup
from eucaim_nb.workspace import Workspace

from ._controls import button, row, stack, visible
from ._html import Tone, badge, code, fold, paragraph, progress, put, show, status
from ._messages import lose_no_message
from ._notice import Notice
from ._words import duration, moment

_LOOK_SECONDS = 0.5
_LOG_LINES = 20

_WORDS = {
    JobState.QUEUED: ("starting", Tone.BUSY),
    JobState.RUNNING: ("working", Tone.BUSY),
    JobState.DONE: ("done", Tone.GOOD),
    JobState.STOPPED: ("stopped", Tone.WARN),
    JobState.FAILED: ("failed", Tone.BAD),
    JobState.INTERRUPTED: ("interrupted", Tone.WARN),
}


class JobPanel:
    """The newest job of one kind in a workspace.

    It finds a job that is at work, whoever started it, and watches it in a thread that ends with the job.

    Parameters
    ----------
    name
        The work as a noun: "scan", "upload".
    ended
        Called after a watched job has ended, in the watching thread.
    secrets
        Gives what the job needs to sign in; it goes through a pipe and is kept nowhere.
    looked
        Called in the watching thread whenever it has looked at a job at work, about twice a second.
    """

    def __init__(
        self,
        workspace: Workspace,
        kind: str,
        name: str,
        notice: Notice,
        ended: Callable[[Job], object] = lambda job: None,
        secrets: Callable[[], Mapping[str, Any]] = dict,
        looked: Callable[[Job], object] = lambda job: None,
    ) -> None:
        self._workspace, self._kind, self._name, self._notice = workspace, kind, name, notice
        self._ended, self._secrets, self._looked = ended, secrets, looked
        self._shut = Event()
        self._watch: Thread | None = None
        self.job: Job | None = None
        self.state = show()
        self.bar = show()
        self.text = show()
        self._close_hint = show(
            paragraph(
                "You may close this page: the work goes on. Opened again, it shows where it is.", quiet=True
            )
        )
        self._log = show()
        self.stop = button(f"Stop the {name}", self._stop, notice)
        self.again = button(f"Continue the {name}", self._continue, notice)
        self._working = stack(self.bar, self.text, row(self.stop), self._close_hint)
        self.root = stack(self.state, self._working, row(self.again), self._log)
        self.look()

    @property
    def busy(self) -> bool:
        """Whether the job is at work."""
        return self.job is not None and self.job.alive

    def look(self) -> None:
        """Show the newest job as the ledger has it, and watch it while it works."""
        self._show(jobs.latest(self._workspace, self._kind))
        if self.busy and (self._watch is None or not self._watch.is_alive()):
            self._watch = Thread(target=self._follow, name=f"watch {self._kind}", daemon=True)
            self._watch.start()

    def start(self, arguments: dict[str, object]) -> None:
        """Start a job of this kind, unless one is at work, and watch it."""
        self._notice.clear()
        jobs.start(self._workspace, self._kind, arguments, self._secrets())
        self.look()

    def wait(self, seconds: float) -> None:
        """Wait until the watched job has ended."""
        if self._watch is not None:
            self._watch.join(seconds)

    def close(self) -> None:
        """Stop watching. The job goes on."""
        self._shut.set()

    def _follow(self) -> None:
        with self._notice.reports():
            while self.busy:
                if self._shut.wait(_LOOK_SECONDS):
                    return
                self._show(jobs.latest(self._workspace, self._kind))
                if self.job is not None and self.job.alive:
                    self._looked(self.job)
            if self.job is not None:
                lose_no_message()
                self._ended(self.job)

    def _show(self, job: Job | None) -> None:
        self.job = job
        visible(self.root, job is not None)
        if job is None:
            return
        word, tone = _WORDS[job.state]
        put(self.state, status(paragraph(badge(word, tone), _sentence(job, self._name))))
        visible(self._working, job.alive)
        visible(self.again, job.state in (JobState.STOPPED, JobState.FAILED, JobState.INTERRUPTED))
        if job.alive:
            put(self.bar, progress(job.done, job.total, f"Progress of the {self._name}"))
            # The time in it changes with every look: a page whose widgets stay silent loses its kernel.
            put(self.text, paragraph(progress_text(job)))
            visible(self.stop, not job.stopping)
        put(
            self._log,
            *([self._log_tail(job)] if job.state in (JobState.FAILED, JobState.INTERRUPTED) else []),
        )

    def _log_tail(self, job: Job) -> Markup:
        lines: deque[str] = deque(maxlen=_LOG_LINES)
        file = self._workspace.logs / f"job-{job.id}.log"
        with contextlib.suppress(OSError), file.open(encoding="utf-8", errors="replace") as log:
            lines.extend(log)
        return fold("Last lines of the log", code(redact.secrets("".join(lines)) or "The log is empty."))

    def _stop(self) -> None:
        if self.job is not None:
            jobs.stop(self._workspace, self.job.id)
            self.look()

    def _continue(self) -> None:
        if self.job is not None:
            self.start(dict(self.job.arguments))


def progress_text(job: Job) -> str:
    """Say how far a job is: "1,204 of 20,000 files, 350 per second, about 1 min left, Reading headers, …"."""
    unit = job.unit or "steps"
    done = f"{job.done:,} {unit}" if job.total is None else f"{job.done:,} of {job.total:,} {unit}"
    parts = [done] if job.unit else []
    if job.done and job.rate >= 0.05:
        parts.append(f"{job.rate:,.0f} per second" if job.rate >= 1.5 else f"{job.rate:.1f} per second")
    if job.seconds_left is not None and job.done:
        parts.append(f"about {duration(job.seconds_left)} left")
    parts += [job.doing] if job.doing else []
    return ", ".join([*parts, f"at work for {duration(job.seconds)}"])


def _sentence(job: Job, name: str) -> str:
    when = f" on {moment(job.ended_at)}" if job.ended_at else ""
    match job.state:
        case JobState.QUEUED:
            return f"The {name} is about to begin."
        case JobState.RUNNING if job.stopping:
            return f"The {name} stops at the next safe point."
        case JobState.RUNNING:
            return f"The {name} is at work."
        case JobState.DONE:
            return f"The last {name} ended{when} after {duration(job.seconds)}."
        case JobState.FAILED:
            return f"The {name} ended{when}: {job.error or 'it did not say why; see the log.'}"
        case JobState.STOPPED if job.error:
            return f"The {name} paused{when}. {job.error}"
        case JobState.STOPPED:
            return f"The {name} was stopped{when}. Continue does what is left."
        case _:
            return f"The {name} was cut off{when}: its process is gone. Continue does what is left."
