"""The rules of `reference/burned_in_rules.toml`."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eucaim_nb.reference import read_toml

Header = Mapping[str, str]
"""Values by keyword as text; several values are joined by a backslash, a missing attribute may be left out."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: if all its conditions hold for a header, the instance must be looked at."""

    id: str
    words: str
    conditions: tuple[Callable[[Header], bool], ...]

    def holds(self, header: Header) -> bool:
        """Tell whether it speaks of an instance with this header."""
        return all(condition(header) for condition in self.conditions)


@cache
def table() -> dict[str, Any]:
    """Return the content of the file."""
    return read_toml("burned_in_rules.toml")


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules in the order in which they are tried."""
    return tuple(
        Rule(
            row["id"],
            row["words"],
            tuple(
                _condition(keyword, how, wanted)
                for keyword, tests in row["when"].items()
                for how, wanted in tests.items()
            ),
        )
        for row in table()["rule"]
    )


def folded(text: str) -> str:
    """Return text in lower case and without accents, with a blank for all that is no letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def pattern(words: list[str]) -> re.Pattern[str]:
    """Return what finds any of these words in folded text; a star stands for the rest of a word."""
    parts = (re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _condition(keyword: str, how: str, wanted: Any) -> Callable[[Header], bool]:
    if how == "is":
        values = frozenset(wanted)
        return lambda header: not values.isdisjoint(_values(header, keyword))
    if how == "has":
        found = pattern(wanted).search
        return lambda header: found(folded(header.get(keyword, ""))) is not None
    if how == "filled":
        return lambda header: bool(header.get(keyword, "").strip()) is wanted
    raise ValueError(f"burned_in_rules.toml: {how!r} is no test that there is.")


def _values(header: Header, keyword: str) -> list[str]:
    return [value.strip().upper() for value in header.get(keyword, "").split("\\")]
