"""The metadata record while it is worked on: what is typed is kept at once, a version when a person says so."""

from collections.abc import Sequence
from pathlib import Path

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Difference, Origin, Problem, Proposal, Record, Severity
from eucaim_nb.workspace import Workspace


class Draft:
    """The record of a workspace with what stands against it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.facts = records.facts(workspace)
        self.saved = records.load(workspace) or Record()
        typed = records.draft(workspace)
        # A draft of an older version was typed before somebody saved elsewhere.
        self.record = typed if typed is not None and typed.version == self.saved.version else self.saved
        self.problems: tuple[Problem, ...] = ()
        self._check()

    @property
    def changed(self) -> bool:
        """Whether something was typed since the last version."""
        return bool(records.changes(self.saved, self.record))

    @property
    def errors(self) -> int:
        """How many errors stand against the record."""
        return sum(one.severity is Severity.ERROR for one in self.problems)

    @property
    def warnings(self) -> int:
        """How many warnings."""
        return len(self.problems) - self.errors

    def problems_of(self, key: str) -> list[Problem]:
        """Return what stands against one field or node."""
        return [one for one in self.problems if one.key == key]

    def set(self, key: str, values: Sequence[str]) -> None:
        """Give a field other values, brought to the form in which they are kept where that can be done."""
        field = records.field_of(key)
        self.take(self.record.changed({key: [_as_kept(field, value) for value in values]}))

    def empty_node(self, node: str) -> None:
        """Remove a node with all its fields."""
        self.take(self.record.changed({key: () for key in self.record.values if key.startswith(f"{node}/")}))

    def take(self, record: Record) -> None:
        """Go on with another record, as a draft of the next version."""
        self.record = Record(record.values, self.saved.version, self.saved.saved_at)
        self._check()
        records.keep_draft(self.workspace, self.record if self.changed else None)

    def proposals(self) -> tuple[Proposal, ...]:
        """Return what is known elsewhere, and hold the record against what the node says now."""
        self.facts = records.facts(self.workspace)
        self._check()
        return records.proposals(self.workspace)

    def fill(self) -> list[str]:
        """Fill empty fields with what is known elsewhere, and return their names."""
        before = self.record
        self.take(records.filled(before, self.proposals()))
        new = [key for key in self.record.values if key not in before.values]
        return list(dict.fromkeys(records.field_of(key).name for key in new))

    def differences(self) -> tuple[Difference, ...]:
        """Return where the record, this workspace and the node disagree."""
        return records.differences(self.record, self.proposals())

    def adopt(self, difference: Difference, origin: Origin) -> None:
        """Take what this workspace or the node says of a field."""
        self.take(self.record.changed({difference.key: difference.proposed[origin]}))

    def save(self) -> Record:
        """Save the next version."""
        self.saved = self.record = records.save(self.workspace, self.record)
        return self.saved

    def read(self, path: Path) -> tuple[str, ...]:
        """Go on with the record in a file, and return what of it could not be read."""
        found = records.read_file(path)
        self.take(found.record)
        return found.unread

    def _check(self) -> None:
        self.problems = records.check(self.record, self.facts)


def _as_kept(field: records.Field, value: str) -> str:
    try:
        return records.normal(field, value)
    except ValueError:
        return value
