"""The role of each column: who may know it, and who would learn it."""

from collections.abc import Callable
from typing import Any

from eucaim_nb import risk
from eucaim_nb.risk import Role, Tables
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_MEANS = (
    "Identifier: names the patient and is no part of any figure. Quasi-identifier: others may know it of a person. "
    "Sensitive: what others would learn. Insensitive: neither."
)


class Roles:
    """A choice for each column; saving assesses the tables anew.

    Parameters
    ----------
    saved
        Called after the roles were saved.
    """

    def __init__(
        self, workspace: Workspace, found: Tables, saved: Callable[[], object], notice: c.Notice
    ) -> None:
        self._workspace, self._saved = workspace, saved
        self.fields: dict[tuple[str, str], Any] = {}
        parts: list[Any] = [c.show(c.paragraph(_MEANS, quiet=True))]
        for table, roles in found.roles.items():
            for column, role in roles.items():
                if column != "patient":
                    facts = found.facts(table, column)
                    label = f"{facts.title if facts else column} ({table})"
                    options = [(one.value.capitalize(), one) for one in Role]
                    self.fields[table, column] = c.choice(label, options, role)
        save = c.button("Save the roles", self._save, notice)
        self.root = c.stack(*parts, c.two_columns(*self.fields.values()), save)

    def _save(self) -> None:
        chosen: dict[str, dict[str, Role]] = {}
        for (table, column), field in self.fields.items():
            chosen.setdefault(table, {})[column] = field.value
        risk.save_roles(self._workspace, chosen)
        self._saved()
