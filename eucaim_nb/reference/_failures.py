"""Why a node cannot be used: each cause with what happened and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from ._files import read_toml


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason; `when` tells whether it shows in connecting or only in sending. The texts have fields in braces.

    `pauses` tells that work which it ends can go on as it is once a person has done what the text says.
    """

    id: str
    when: Literal["connect", "send"]
    happened: str
    do: str
    pauses: bool


@cache
def causes() -> Mapping[str, Cause]:
    """Return all known causes by id."""
    return MappingProxyType(
        {
            name: Cause(name, when, row["happened"], row["do"], row.get("pauses", False))  # type: ignore[arg-type]
            for when, rows in read_toml("failures.toml").items()
            for name, row in rows.items()
        }
    )
