"""A chain of digests over a list: whoever holds its last link can tell whether any entry was changed since."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping


def chained(first: Mapping[str, object], entries: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield a SHA-256 in hexadecimal digits for `first`, then one for each entry that covers all before it."""
    link = _digest("", first)
    yield link
    for entry in entries:
        link = _digest(link, entry)
        yield link


def chain_head(first: Mapping[str, object], entries: Iterable[Mapping[str, object]]) -> str:
    """Return the last link of `chained`."""
    *_, head = chained(first, entries)
    return head


def _digest(before: str, entry: Mapping[str, object]) -> str:
    return hashlib.sha256(f"{before}\n{json.dumps(entry, sort_keys=True)}".encode()).hexdigest()
