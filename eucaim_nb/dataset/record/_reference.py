"""The files of `reference/record/`, and addresses long and short."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from eucaim_nb.reference import read_rows, read_toml

_LOCAL = re.compile(r"[\w#./+-]+")
_SHORT = re.compile(r"([A-Za-z][\w-]*):([\w#./+-]+)")


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of a table, without its comments."""
    return tuple(read_rows(f"record/{name}"))


@cache
def facts() -> Mapping[str, Any]:
    """Return prefixes, synonyms and what is known of each vocabulary."""
    return MappingProxyType(read_toml("record/vocabularies.toml"))


def prefixes() -> Mapping[str, str]:
    """Return the beginnings of addresses by their short form."""
    short: Mapping[str, str] = facts()["prefixes"]
    return short


def is_address(text: str) -> bool:
    """Tell whether a text is a whole address, as RDF may have it."""
    return re.fullmatch(r"(?:https?://|urn:|mailto:)[^\s<>\"{}|\\^`]+", text) is not None


def usual(address: str) -> str:
    """Return the address that is written here for one that has another beginning elsewhere."""
    for other, prefix in facts()["synonyms"].items():
        if address.startswith(other):
            return str(prefixes()[prefix] + address.removeprefix(other))
    return address


def short(address: str) -> str:
    """Return an address with a prefix where there is one, `eucaim:IMG1000042`, else as it is."""
    address = usual(address)
    fitting = [prefix for prefix, start in prefixes().items() if address.startswith(start)]
    if not fitting:
        return address
    prefix = max(fitting, key=lambda one: len(prefixes()[one]))
    local = address.removeprefix(prefixes()[prefix])
    return f"{prefix}:{local}" if _LOCAL.fullmatch(local) else address


def long(text: str) -> str | None:
    """Return the whole address of a short or whole one, or None if a text is neither."""
    if is_address(text):
        return usual(text)
    found = _SHORT.fullmatch(text)
    if found is None:
        return None
    # EUCAIM writes its own prefix in capitals too.
    start = prefixes().get(found[1]) or prefixes().get(found[1].lower())
    return None if start is None else start + found[2]
