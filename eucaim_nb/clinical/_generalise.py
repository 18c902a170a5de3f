"""Rules that make values coarser, so that fewer people stand out: plain data, chosen in the risk phase."""

from collections.abc import Mapping, Sequence

from eucaim_nb.errors import TableError
from eucaim_nb.identity import Rule, generaliser

from ._column import Column


def generalised(columns: Mapping[str, Column], rules: Sequence[Rule]) -> dict[str, Column]:
    """Return columns after rules of `identity.generaliser`, each for the column that is its `target`.

    Raises
    ------
    TableError
        A rule is unknown or lacks an argument.
    """
    found = dict(columns)
    for rule in rules:
        try:
            make = generaliser(rule)
        except ValueError as error:
            raise TableError(
                f"The rule of generalisation for {rule.get('target', '?')!r} cannot be used: {error}."
            ) from error
        if rule.get("target") in found:
            found[rule["target"]] = found[rule["target"]].map_filled(make)
    return found
