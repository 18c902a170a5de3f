"""Change what is said about a dataset: exactly what the node lets this account change."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from eucaim_nb.errors import NodeError, Refused, SettingsError
from eucaim_nb.nodes import Credentials, DatasetService
from eucaim_nb.reference import DatasetProperty
from eucaim_nb.workspace import Workspace

from ._look import Look, chosen, look_by
from ._properties import check, text_of, value_of
from ._way import Way, way_to


def set_properties(
    workspace: Workspace,
    values: Mapping[str, Any],
    *,
    ident: str = "",
    credentials: Credentials | None = None,
) -> Look:
    """Change properties of the dataset, and return it as the node shows it then.

    Parameters
    ----------
    values
        By the node's names. A text is read as `value_of` reads it.

    Raises
    ------
    SettingsError
        There is no such property, or a value does not fit it; nothing was changed.
    Refused
        The node lets this account change it now not at all; nothing was changed.
    NodeError
        The node cannot be reached or refuses; or it shows another value than it was given.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        known = {one.name: one for one in way.fields}
        if unknown := [name for name in values if name not in known]:
            raise SettingsError(f"A dataset here has no property {unknown[0]!r}. There are: {', '.join(known)}.")
        wanted = {name: _value(way, known[name], value) for name, value in values.items()}
        dataset = chosen(workspace, way, ident)
        before = way.show(dataset)
        if closed := [known[name].title for name in wanted if name not in before.editable]:
            raise Refused(
                f"{way.service.title} does not let this account change {', '.join(closed)} while the dataset is "
                f"{before.state}. Nothing was changed."
            )
        changed: list[str] = []
        try:
            for name, value in wanted.items():
                if not _same(known[name], before.properties.get(name), value):
                    way.change(dataset, name, value)
                    changed.append(name)
        except NodeError as error:
            done = f" Changed before that: {', '.join(known[name].title for name in changed)}." if changed else ""
            raise NodeError(f"{error}{done}") from error
        finally:
            if changed:
                workspace.ledger.events.record("dataset described", dataset=dataset, properties=changed)
        after = look_by(workspace, way, dataset)
    shown = after.dataset.properties
    if other := [known[name].title for name in changed if not _same(known[name], shown.get(name), wanted[name])]:
        raise NodeError(f"{way.service.title} took {', '.join(other)}, but shows another value. Look at it there.")
    return after


def _value(way: Way, field: DatasetProperty, value: Any) -> Any:
    if not isinstance(value, str):
        check(field, value)
        return value
    if field.kind == "licence" and isinstance(way.service, DatasetService):
        return value_of(field, value, way.service.licences())
    return value_of(field, value)


def _same(field: DatasetProperty, shown: Any, wanted: Any) -> bool:
    # XNAT keeps words in one text, with or without blanks after the commas.
    return "".join(text_of(field, shown).split()) == "".join(text_of(field, wanted).split())
