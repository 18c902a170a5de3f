"""The public catalogue as data: where it is, and how it is asked."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from ._files import read_toml


@dataclass(frozen=True, slots=True)
class CatalogueWay:
    """A way to ask the catalogue for an entry; with a `query` it is posted.

    `{id}` in the path is the identifier of the dataset, COLUMNS in the query are the `columns`; without these, all are
    told.
    """

    id: str
    title: str
    path: str
    accept: str
    query: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """What is known of the catalogue before it is asked."""

    title: str
    url: str
    timeout_s: float
    most_mb: float
    ways: tuple[CatalogueWay, ...]


@cache
def catalogue() -> CatalogueFacts:
    """Return what is known of the public catalogue."""
    found: dict[str, Any] = dict(read_toml("catalogue.toml"))
    ways = tuple(CatalogueWay(**{**row, "columns": tuple(row.get("columns", ()))}) for row in found.pop("way"))
    return CatalogueFacts(**found, ways=ways)
