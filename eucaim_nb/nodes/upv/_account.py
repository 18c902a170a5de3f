"""What an access token of the UPV node says about its owner."""

from collections.abc import Mapping
from typing import Any

from .._protocol import Account, Need

# Roles as the realm of an EUCAIM node defines them (EUCAIM mini-node, realm template).
_INGESTER = "authorized-technical-data-manager"
_INGESTER_TITLE, _MANAGER_TITLE = "Data ingester", "Dataset manager"
_MANAGER = ("admin_datasets", "superadmin_datasets")
_MEMBER = "PROJECT-"
_TICKET = "project-upv"


def account_of(claims: Mapping[str, Any], project: str) -> Account:
    """Read an account from claims; `project` is the one the workspace uploads to, `CODE` or `CODE|subproject`."""
    realm = _roles(claims.get("realm_access"))
    service = _roles(_mapping(claims.get("resource_access")).get("dataset-service"))
    groups = [str(group).rpartition("/")[2] for group in claims.get("groups") or ()]
    projects = tuple(group.removeprefix(_MEMBER) for group in groups if group.startswith(_MEMBER))
    code = project.partition("|")[0]
    by_ticket = "Ask for it in a ticket to the node."
    if code:
        belongs = Need(
            f"Membership of the project {code}",
            "so that your data belong to it",
            code in projects,
            "Ask the node to add this account to it.",
            _TICKET,
        )
    else:
        belongs = Need(
            "The name of the project in this workspace",
            "so that your data belong to it",
            False,
            "Ask the node for a project, then enter its name.",
            _TICKET,
        )
    return Account(
        username=str(claims.get("preferred_username", "")),
        roles=(*realm, *service),
        projects=projects,
        needs=(
            Need(f"The role {_INGESTER_TITLE}", "to upload", _ingests(claims), by_ticket, _TICKET),
            Need(
                f"The role {_MANAGER_TITLE}",
                "to create and release datasets",
                bool(set(service) & set(_MANAGER)),
                by_ticket,
                _TICKET,
            ),
            belongs,
        ),
    )


def ingester_missing(claims: Mapping[str, Any]) -> str:
    """Return the title of the role that brings data to the node if the token shows that it is missing, else nothing."""
    return _INGESTER_TITLE if _ingests(claims) is False else ""


def _ingests(claims: Mapping[str, Any]) -> bool | None:
    # A realm may be set up to leave its own roles out of tokens: then nothing can be said about them.
    return _INGESTER in _roles(claims["realm_access"]) if "realm_access" in claims else None


def _roles(access: object) -> tuple[str, ...]:
    return tuple(str(role) for role in _mapping(access).get("roles") or ())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
