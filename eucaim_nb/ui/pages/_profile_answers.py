"""What a profile decides as a whole: questions with their consequences, and another answer saved with its reason."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import ProfileError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._objections import against

if TYPE_CHECKING:
    from eucaim_nb.deid import Profile, Question

_SAVES = (
    "Saved as a new version in the folder profiles of this workspace, and chosen at once; earlier versions stay. The "
    "report shows what was answered, and the reason."
)


class ProfileAnswers:
    """The questions that a profile answers.

    Parameters
    ----------
    changed
        Called after a question was answered otherwise.
    saved
        Receives the file of the profile with the new answers.
    """

    def __init__(
        self,
        workspace: Workspace,
        profile: "Profile",
        changed: Callable[[], object],
        saved: Callable[[Path], object],
        log: c.Notice,
    ) -> None:
        from eucaim_nb.deid import answers, questions

        self._workspace, self._profile, self._changed, self._saved = workspace, profile, changed, saved
        self.notice = notice = c.Notice(log.log)
        self._before = answers(profile)
        self.fields: dict[str, Any] = {}
        self._means: dict[str, Any] = {}
        parts = []
        for title, asked in groupby(questions(), lambda question: question.part):
            parts += [c.show(c.heading(title, 3)), c.two_columns(*map(self._question, asked))]
        self._said = c.show()
        self.reason = c.area("Reason, which the report shows")
        self.save = c.button("Save as a new version", self._save, notice)
        self._form = c.stack(self.reason, c.show(c.paragraph(_SAVES, quiet=True)), c.row(self.save))
        self.root = c.stack(*parts, self._said, self._form, notice.root)
        self._show()

    @property
    def draft(self) -> "Profile | None":
        """The profile with what is answered now; None if nothing is answered otherwise.

        Raises
        ------
        ProfileError
            The answers contradict each other, or one is none.
        """
        from eucaim_nb.deid import answered

        given = self._given
        return None if given == self._before else answered(self._profile, given)

    @property
    def _given(self) -> dict[str, str]:
        return {key: field.value for key, field in self.fields.items()}

    def _question(self, question: "Question") -> Any:
        now = self._before[question.key]
        if question.answers:
            field = c.choice(question.title, [(one.does, one.value) for one in question.answers], now)
        else:
            field = c.text(question.title, now)
            field.continuous_update = False
        means = c.show()
        self.fields[question.key] = field

        def explain() -> None:
            said = next((one.means for one in question.answers if one.value == field.value), question.means)
            changed = [c.badge("changed", c.Tone.WARN)] if field.value != now else []
            c.put(means, c.status(c.paragraph(*changed, said, quiet=True)))

        def answer() -> None:
            explain()
            self._show()
            self._changed()

        explain()
        field.observe(c.guard(self.notice, rest=0)(answer), "value")
        return c.stack(field, means)

    def _show(self) -> None:
        changes = sum(value != self._before[key] for key, value in self._given.items())
        c.visible(self._form, changes > 0)
        try:
            draft = self.draft
        except ProfileError as error:
            c.put(self._said, c.status(c.paragraph(c.badge("not possible", c.Tone.BAD), str(error))))
            return
        if draft is None:
            c.put(self._said)
            return
        said = c.heading(f"{c.count(changes, 'answer')} changed, not saved yet", 3)
        c.put(self._said, said, c.status(*against(draft, none="Nothing speaks against it.")))

    def _save(self) -> None:
        from eucaim_nb.deid import change_answers

        self._saved(change_answers(self._workspace, self._profile, self._given, self.reason.value))
