"""All figures of one table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eucaim_nb.errors import RiskError

from ._attributes import AttributeRisk, UniqueSet, ranking, unique_sets
from ._classes import Classes, Coded, classes, coded
from ._disclosure import Disclosure, disclosure
from ._population import PopulationUniques, population_uniques
from ._sensitive import Sensitive, sensitive
from ._wildcard import matches


@dataclass(frozen=True, slots=True)
class Bounds:
    """Figures with missing values as wildcards: an attacker must take them for any value."""

    k: int
    sample_uniques: int
    records_below_k: int


@dataclass(frozen=True, slots=True)
class TableRisk:
    """The risk of re-identification of a table with one row per patient.

    Attributes
    ----------
    records, classes : int
    wanted_k : int
        The k that `records_below_k` and the share above the threshold refer to.
    k, sample_uniques, records_below_k : int
        With a missing value as a value of its own.
    wildcard : Bounds or None
        With a missing value as a wildcard; None if nothing is missing, or values are missing in too many ways.
    histogram : dict of int to int
        Number of records by size of their class.
    notes : tuple of str
        What a reader must know before relying on the figures.
    """

    records: int
    classes: int
    quasi_identifiers: tuple[str, ...]
    wanted_k: int
    k: int
    sample_uniques: int
    records_below_k: int
    wildcard: Bounds | None
    disclosure: Disclosure
    population: PopulationUniques | None
    sensitive: tuple[Sensitive, ...]
    attributes: tuple[AttributeRisk, ...]
    unique_sets: tuple[UniqueSet, ...]
    histogram: dict[int, int]
    notes: tuple[str, ...]


def assess(
    table: pd.DataFrame,
    quasi_identifiers: Sequence[str],
    *,
    sensitive_columns: Sequence[str] = (),
    k: int = 5,
    population: int | None = None,
    population_table: pd.DataFrame | None = None,
) -> TableRisk:
    """Measure the risk of re-identification in a table with one row per patient.

    Parameters
    ----------
    table
        Any order of rows, any index.
    quasi_identifiers
        Columns that others may know of a person.
    sensitive_columns
        Columns that others would learn.
    k
        Size from which a class is large enough.
    population
        How many people the patients of the table were drawn from, as far as an attacker can tell. Without it nothing is
        estimated about the population.
    population_table
        Those people themselves with the same quasi-identifiers, if there is such a register: the journalist's and the
        marketer's risk are taken from it.

    Raises
    ------
    RiskError
        There are no rows or no quasi-identifiers, or a column cannot be used; the text says why and what to do.
    """
    if k < 1:
        raise RiskError("k must be at least 1.")
    data = coded(table, quasi_identifiers)
    found = classes(data)
    if population is not None and population < data.rows:
        raise RiskError(
            f"The population has fewer people ({population:,}) than the table has patients ({data.rows:,}). Give the "
            "number of people that they were drawn from."
        )
    around = None if population_table is None else _around(table, population_table, quasi_identifiers, found)
    sizes = np.arange(len(found.of_size)) * found.of_size
    return TableRisk(
        records=data.rows,
        classes=len(found.sizes),
        quasi_identifiers=data.names,
        wanted_k=k,
        k=int(found.sizes.min()),
        sample_uniques=found.uniques,
        records_below_k=found.below(k),
        wildcard=_bounds(data, k),
        disclosure=disclosure(found, 1 / k, around),
        population=None if population is None else population_uniques(found, population),
        sensitive=tuple(sensitive(found, table, column) for column in sensitive_columns),
        attributes=tuple(ranking(data)),
        unique_sets=tuple(unique_sets(data)),
        histogram={size: int(count) for size, count in enumerate(sizes) if count},
        notes=tuple(_notes(data)),
    )


def _bounds(data: Coded, k: int) -> Bounds | None:
    if max(data.missing) < 0:
        return None
    matching = matches(data)
    if matching is None:
        return None
    return Bounds(int(matching.min()), int((matching == 1).sum()), int((matching < k).sum()))


def _around(
    table: pd.DataFrame, population: pd.DataFrame, columns: Sequence[str], found: Classes
) -> NDArray[np.int64]:
    """Return how many people of the population have the values of each class."""
    both = coded(pd.concat([table[list(columns)], population[list(columns)]], ignore_index=True), columns)
    ids = classes(both).of_record
    ours, theirs = ids[: len(table)], ids[len(table) :]
    people = np.bincount(theirs, minlength=int(ids.max()) + 1)
    first = np.zeros(len(found.sizes), np.int64)
    first[found.of_record] = ours
    return people[first]


def _notes(data: Coded) -> list[str]:
    notes = []
    if data.rows == 1:
        notes.append("There is one patient: whatever is told of one alone singles them out.")
    empty = data.without_values
    if len(empty) == len(data.names):
        notes.append("No quasi-identifier has any value, so all patients look the same. Was the right table chosen?")
    elif empty:
        notes.append(f"These columns have no value and say nothing of risk: {', '.join(empty)}.")
    return notes
