"""Which field of the agreement fills which gap of a template: proposed, decided once by a person, and kept."""

from collections.abc import Mapping

from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork_file import damaged, read_list, write_list
from eucaim_nb.reference import dta_fields
from eucaim_nb.workspace import Workspace

_FILE = "dta_template.json"
LEFT_OPEN = ""
"""Stands for a gap that is meant to stay as it is, such as the place of a signature."""
_ALIKE = 86


def mapping_of(workspace: Workspace, gaps: Mapping[str, str]) -> dict[str, str | None]:
    """Return for each gap the field that fills it, `LEFT_OPEN`, or None where nobody decided and nothing is alike.

    Raises
    ------
    WorkspaceError
        What was decided cannot be read.
    """
    kept = read_list(workspace, _FILE)
    if not all(isinstance(value, str) for value in kept.values()):
        raise damaged(_FILE)
    known = {field.id for field in dta_fields()} | {LEFT_OPEN}
    return {key: kept[key] if kept.get(key) in known else _propose(key, words) for key, words in gaps.items()}


def keep_mapping(workspace: Workspace, decided: Mapping[str, str]) -> None:
    """Keep which field fills which gap, for this and later versions of the template.

    Raises
    ------
    SettingsError
        There is no such field.
    WorkspaceError
        The workspace cannot be written.
    """
    known = {field.id for field in dta_fields()} | {LEFT_OPEN}
    if unknown := sorted(set(decided.values()) - known):
        raise SettingsError(f"The agreement has no field {unknown[0]!r}.")
    write_list(workspace, _FILE, {**read_list(workspace, _FILE), **decided})
    workspace.ledger.events.record("dta template mapped", gaps=len(decided))


def _propose(key: str, words: str) -> str | None:
    """Return the field that a gap most probably asks for, by its name or its words, or None."""
    from rapidfuzz import fuzz, utils

    said = [utils.default_process(one) for one in (key.partition(":")[2].replace("_", " "), words)]
    best, score = None, float(_ALIKE)
    for field in dta_fields():
        for name in map(utils.default_process, (field.id.replace("_", " "), field.label, *field.words)):
            alike = max(fuzz.ratio(one, name) for one in said)
            if alike > score:
                best, score = field.id, alike
    return best
