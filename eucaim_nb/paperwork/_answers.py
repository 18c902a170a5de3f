"""What a person answered for the agreement, over what the workspace knows by itself."""

from collections.abc import Mapping

from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork_file import damaged, read_list, write_list
from eucaim_nb.reference import DtaField, dta_fields
from eucaim_nb.workspace import Workspace

from ._facts import facts

_FILE = "dta.json"
_LONGEST = 20_000


def answers(workspace: Workspace) -> dict[str, str]:
    """Return what a person answered, by field.

    Raises
    ------
    WorkspaceError
        The answers in the workspace cannot be read.
    """
    kept = read_list(workspace, _FILE)
    if not all(isinstance(value, str) for value in kept.values()):
        raise damaged(_FILE)
    return kept


def keep_answers(workspace: Workspace, given: Mapping[str, str]) -> None:
    """Keep answers over earlier ones; an empty one, or one that the workspace gives itself, is left to the workspace.

    Raises
    ------
    SettingsError
        There is no such field, or the answer is no text or too long.
    WorkspaceError
        The workspace cannot be read or written.
    """
    known = {field.id: field for field in dta_fields()}
    for name, value in given.items():
        if name not in known:
            raise SettingsError(f"The agreement has no field {name!r}. It has: {', '.join(known)}.")
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise SettingsError(
                f"The answer to {known[name].label!r} must be text of {_LONGEST:,} characters at most."
            )
    before, facts_known = answers(workspace), facts(workspace)
    after = {**before, **{name: _clean(value) for name, value in given.items()}}
    after = {
        name: value for name, value in after.items() if value and value != facts_known.get(known[name].fact)
    }
    if after != before:
        write_list(workspace, _FILE, after)
        changed = sorted(name for name in known if before.get(name) != after.get(name))
        workspace.ledger.events.record("dta answers kept", fields=changed)


def values(workspace: Workspace) -> dict[str, str]:
    """Return what each field says: the answer of a person, else what the workspace knows, else nothing."""
    typed, known = answers(workspace), facts(workspace)
    return {field.id: typed.get(field.id) or known.get(field.fact, "") for field in dta_fields()}


def missing(values: Mapping[str, str]) -> tuple[DtaField, ...]:
    """Return the fields that the agreement needs and that say nothing."""
    return tuple(field for field in dta_fields() if field.needed and not values[field.id])


def _clean(text: str) -> str:
    """Return text that documents can hold: control characters and halves of letters are no part of it."""
    text = text.replace("\r\n", "\n").replace("\t", " ").encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable()).strip()
