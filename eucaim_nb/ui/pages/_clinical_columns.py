"""Step 2 of the clinical page: what each column becomes, a page of columns at a time."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from eucaim_nb.clinical import Target
from eucaim_nb.ui import components as c

from ._clinical_draft import Draft
from ._clinical_values import ValuesOf, worth_opening

_PAGE = 50
_EXAMPLES = 4
_LONGEST = 40
_LEAVE_OUT = ("Leave out", "")
_SHOWN = (("All columns", ""), ("Columns that ask", "asks"), ("Mapped columns", "mapped"), ("Left out", "out"))


class Columns:
    """The panel.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._notice, self._changed = draft, notice, changed
        self._shown: dict[str, ColumnRow] = {}
        self._offered: list[Target] | None = None
        self._constants: list[Constant] = []
        self.filter = c.choice("Show", _SHOWN)
        self.filter.observe(c.guard(notice, rest=0)(self._fill), "value")
        self.confirm = c.button("Confirm all that are suggested", self._confirm, notice)
        self._list = c.stack()
        self._lacking = c.stack()
        self.root = c.stack(c.row(self.filter, self.confirm), self._list, self._lacking)
        self._fill()
        self._show_lacking()

    def refresh(self) -> None:
        """Show the mapping as it stands now, where the reader is."""
        self._shown = {name: row for name, row in self._shown.items() if row.root.comm is not None}
        self._constants = [one for one in self._constants if one.root.comm is not None]
        for row in self._shown.values():
            row.show()
        for one in self._constants:
            one.show()
        self._show_lacking()

    def undone(self) -> None:
        """Show the mapping after a change was taken back; values that were open are read anew."""
        for row in self._shown.values():
            row.shut()
        self.refresh()

    def _fill(self) -> None:
        draft, wanted = self._draft, self.filter.value
        tests: dict[str, Callable[[str], bool]] = {
            "asks": draft.is_open,
            "mapped": lambda name: bool(draft.target_of(name)),
            "out": lambda name: not draft.target_of(name),
        }
        names = [name for name in draft.raw.headers if wanted not in tests or tests[wanted](name)]
        self._shown = {}
        empty = [] if names else [c.show(c.paragraph("There is no such column.", quiet=True))]
        rows = c.PagedRows(names, self._row, self._notice, size=_PAGE)
        c.replace(self._list, *empty, rows.root)

    def _row(self, name: str) -> Any:
        row = ColumnRow(self._draft, name, self._notice, self._row_changed)
        self._shown[name] = row
        return row.root

    def _row_changed(self) -> None:
        self.refresh()
        self._changed()

    def _confirm(self) -> None:
        count = self._draft.confirm_suggested()
        self.refresh()
        self._changed()
        self._notice.say(f"{c.count(count, 'column')} confirmed.")

    def _show_lacking(self) -> None:
        """Offer one value for all rows for every variable without a column, the mandatory ones first."""
        draft = self._draft
        offered = [one for one in draft.targets if not ((field := draft.mapping.of(one.name)) and field.source)]
        if offered == self._offered:  # what has the focus stays
            return
        self._offered = offered
        mandatory = [one for one in offered if one.mandatory]
        others = [one for one in offered if not one.mandatory]
        parts: list[Any] = []
        if mandatory:
            parts.append(c.show(c.heading("The same for all rows", 3)))
            parts += map(self._constant, mandatory)
        if others:
            title = f"Other variables without a column ({len(others):,})"
            parts.append(c.Fold(title, lambda: self._pages(others), self._notice).root)
        c.replace(self._lacking, *parts)

    def _pages(self, targets: Sequence[Target]) -> Any:
        return c.PagedRows(targets, self._constant, self._notice, size=_PAGE).root

    def _constant(self, target: Target) -> Any:
        made = Constant(self._draft, target, self._notice, self._row_changed)
        self._constants.append(made)
        return made.root


class ColumnRow:
    """One column: what it holds, what it becomes and why, and its values."""

    def __init__(self, draft: Draft, name: str, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._name, self._notice, self._changed = draft, name, notice, changed
        self.becomes = c.choice(name, _options(draft, name))
        self.becomes.observe(c.guard(notice, rest=0)(self._chosen), "value")
        self._said = c.show()
        self.confirm = c.button("Confirm", self._confirm, notice, hint=f"What is suggested for {name} is right")
        self._values = c.Fold("Values and how they are read", self._build_values, notice)
        self.root = c.stack(c.row(self.becomes, self.confirm, self._said), self._values.root)
        self.root.add_class("eucaim-column")
        self.show()

    def show(self) -> None:
        """Show what the column becomes now."""
        draft, name = self._draft, self._name
        target = draft.target_of(name)
        if self.becomes.value != target:
            self.becomes.value = target
        why = c.paragraph(*_why(draft, name), quiet=True)
        c.put(self._said, c.line(_state(draft, name), *_facts(draft, name)), why)
        suggested = bool(target) and target != draft.subject and not draft.is_confirmed(name)
        c.visible(self.confirm, suggested or draft.asks(name))
        c.visible(self._values.root, worth_opening(draft, name))

    def shut(self) -> None:
        """Shut the values."""
        self._values.shut()

    def _chosen(self) -> None:
        if self.becomes.value != self._draft.target_of(self._name):
            self._take(self.becomes.value)

    def _confirm(self) -> None:
        self._take(self._draft.target_of(self._name) or self._draft.suggestions[self._name].target)

    def _take(self, target: str) -> None:
        other = next((one for one in self._draft.raw.headers if target and self._draft.target_of(one) == target), None)
        self._values.shut()
        self._draft.assign(self._name, target)
        if other not in (None, self._name):
            self._notice.say(f"{other} is left out now: a variable is made of one column.")
        self._changed()

    def _build_values(self) -> Any:
        return ValuesOf(self._draft, self._name, self._notice, self._changed).root


class Constant:
    """A variable that has one value in all rows."""

    def __init__(self, draft: Draft, target: Target, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._target, self._changed = draft, target, changed
        label = f"{target.title}{' (mandatory)' if target.mandatory else ''}"
        if target.allowed:
            options = [("No value", ""), *((value, value) for value in target.allowed)]
            self.field = c.choice(label, options)
        else:
            self.field = c.text(label, hint="no value")
            self.field.continuous_update = False
        self.show()
        self.field.observe(c.guard(notice, rest=0)(self._set), "value")
        self.root = c.row(self.field)

    def show(self) -> None:
        """Show the value that stands in the mapping."""
        self.field.value = self._now

    @property
    def _now(self) -> str:
        field = self._draft.mapping.of(self._target.name)
        value = field.constant if field else ""
        return value if not self._target.allowed or value in self._target.allowed else ""

    def _set(self) -> None:
        typed = self.field.value.strip()
        if typed != self._now:
            self._draft.constant(self._target.name, typed)
            self._changed()


def _options(draft: Draft, name: str) -> list[tuple[str, str]]:
    first = draft.suggestions[name].target
    offered = [first, *draft.suggestions[name].rivals] if first else []
    rest = [one.name for one in draft.template.targets if one.name not in offered]
    return [_LEAVE_OUT, *((_title(draft, one), one) for one in (*offered, *rest))]


def _title(draft: Draft, target: str) -> str:
    if target == draft.subject:
        return "Patient ID, as in the images"
    one = draft.template[target]
    unit = f" [{one.unit}]" if one.unit else ""
    return f"{one.title}{unit}{', mandatory' if one.mandatory else ''}"


def _state(draft: Draft, name: str) -> c.Markup:
    if draft.is_open(name):
        return c.badge("please say", c.Tone.WARN)
    if draft.target_of(name) == draft.subject:
        return c.badge("joins with the images", c.Tone.GOOD)
    if not draft.target_of(name):
        return c.badge("left out", c.Tone.QUIET)
    if draft.is_confirmed(name):
        return c.badge("confirmed", c.Tone.GOOD)
    return c.badge("suggested", c.Tone.BUSY)


def _facts(draft: Draft, name: str) -> list[object]:
    profile = draft.profiles[name]
    facts = [profile.kind, f"{profile.distinct:,} different"]
    if profile.missing:
        facts.append(f"{profile.missing:,} missing")
    warning = [c.badge("may identify", c.Tone.BAD)] if profile.identifying else []
    return [*c.dotted(facts), *warning]


def _why(draft: Draft, name: str) -> list[object]:
    suggestion, unsaid = draft.suggestions[name], draft.unsaid(name)
    said: list[object] = [f"Open the values and say {unsaid}."] if unsaid else []
    if suggestion.target:
        said.append(f"{_title(draft, suggestion.target)}: score {suggestion.score}, {suggestion.reason}.")
        if suggestion.rivals:
            said.append(f"As near: {', '.join(_title(draft, one) for one in suggestion.rivals)}.")
    else:
        said.append(f"{suggestion.reason[:1].upper()}{suggestion.reason[1:]}.")
    # Those that come first in the table: sorting all distinct values of fifty columns would take seconds.
    examples = list(islice(filter(str.strip, draft.raw.columns[name].values), _EXAMPLES))
    if examples:
        said.append("For instance " + ", ".join(f"“{_short(one)}”" for one in examples) + ".")
    return said


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
