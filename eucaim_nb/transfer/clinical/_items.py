"""Pieces of clinical data: each is sent, read back and compared as a whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One piece.

    Attributes
    ----------
    kind
        `form`, `variables` or `rows` of a subject; `file` of the project.
    name
        The subject, or the name of the file.
    content
        What the node must give back, byte for byte or, if it is JSON, in the canonical form.
    """

    kind: str
    name: str
    content: bytes = field(repr=False)

    @property
    def piece(self) -> tuple[str, str]:
        """What the journal knows it by."""
        return self.kind, self.name

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self.content)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some content in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """Return JSON in the one form in which equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def lower(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables as an XNAT names them."""
    return {name.lower(): value for name, value in variables.items()}
