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
        Refuse requests for images and clinical data that carry no `Authorization` header. A wrong header is
        refused in any case.
    on_conflict : {"keep", "refuse", "replace"}
        What happens when a stored UID arrives with other content. `keep` answers 200 and keeps the old copy,
        as real servers do.
    max_body : int
        Requests with a larger body, in bytes, are answered 413.
    direct_grants : bool
        Give tokens for a user name and password.
    device_flow : bool
        Let devices without a browser ask for tokens. Off, as on the UPV node.
    token_lifetime : int
        Seconds for which an access token is good.
    creation_step : float
        Seconds from one message of a dataset's creation to the next; 0 creates it at once.
    dcm_suffix : bool
        Whether the files of the data lake end in `.dcm`; the creation of a dataset sees no others, and fails.
    """

    require_login: bool = True
    on_conflict: Conflict = "keep"
    max_body: int = MAX_BODY
    direct_grants: bool = True
    device_flow: bool = False
    token_lifetime: int = 300
    creation_step: float = 0.3
    dcm_suffix: bool = True

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
        for switch in ("require_login", "direct_grants", "device_flow", "dcm_suffix"):
            if not isinstance(wanted.get(switch, False), bool):
                raise ValueError(f"{switch} is true or false")
        if wanted.get("on_conflict", "keep") not in get_args(Conflict):
            raise ValueError(f"on_conflict is one of {', '.join(get_args(Conflict))}")
        max_body = wanted.get("max_body", MAX_BODY)
        if isinstance(max_body, bool) or not isinstance(max_body, int) or max_body < 0:
            raise ValueError("max_body is a number of bytes")
        lifetime = wanted.get("token_lifetime", 300)
        if isinstance(lifetime, bool) or not isinstance(lifetime, int) or lifetime < 1:
            raise ValueError("token_lifetime is a number of seconds, 1 or more")
        pace = wanted.get("creation_step", 0)
        if isinstance(pace, bool) or not isinstance(pace, int | float) or not pace >= 0:
            raise ValueError("creation_step is a number of seconds")
        for name, value in wanted.items():
            setattr(self, name, value)
