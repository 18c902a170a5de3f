"""How the practice nodes behave when no fault is set."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from ._store import Conflict

MAX_BODY = 500_000_000  # bytes: the request limit that the UPV node is known to have


@dataclass(slots=True)
class Policy:
    """Choices that can be changed while the nodes run.

    Attributes
    ----------
    require_login : bool
        Refuse requests that carry no `Authorization` header. A wrong header is refused in any case.
    on_conflict : {"keep", "refuse", "replace"}
        What happens when a stored UID arrives with other content. `keep` answers 200 and keeps the old copy,
        as real servers do.
    max_body : int
        Requests with a larger body, in bytes, are answered 413.
    """

    require_login: bool = False
    on_conflict: Conflict = "keep"
    max_body: int = MAX_BODY

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Change the named choices, or none of them.

        Raises
        ------
        ValueError
            A name or a value is not one of those listed above.
        """
        known = {field.name for field in fields(self)}
        if unknown := sorted(set(wanted) - known):
            raise ValueError(f"unknown policy {unknown}; known: {sorted(known)}")
        if not isinstance(wanted.get("require_login", False), bool):
            raise ValueError("require_login is true or false")
        if wanted.get("on_conflict", "keep") not in get_args(Conflict):
            raise ValueError(f"on_conflict is one of {', '.join(get_args(Conflict))}")
        max_body = wanted.get("max_body", MAX_BODY)
        if isinstance(max_body, bool) or not isinstance(max_body, int) or max_body < 0:
            raise ValueError("max_body is a number of bytes")
        for name, value in wanted.items():
            setattr(self, name, value)
