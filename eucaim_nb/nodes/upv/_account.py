"""What an access token of the UPV node says about its owner."""

from collections.abc import Mapping
from typing import Any

from .._protocol import Account

# Roles as the realm of an EUCAIM node defines them (EUCAIM mini-node, realm template).
_INGESTER = "authorized-technical-data-manager"
_MANAGER = ("admin_datasets", "superadmin_datasets")
_MEMBER = "PROJECT-"


def account_of(claims: Mapping[str, Any], project: str) -> Account:
    """Read an account from claims; `project` is the one the workspace uploads to, `CODE` or `CODE|subproject`."""
    realm = _roles(claims.get("realm_access"))
    service = _roles(_mapping(claims.get("resource_access")).get("dataset-service"))
    groups = [str(group).rpartition("/")[2] for group in claims.get("groups") or ()]
    projects = tuple(group.removeprefix(_MEMBER) for group in groups if group.startswith(_MEMBER))
    missing = []
    # A realm may be set up to leave its own roles out of tokens: then nothing can be said about them.
    if "realm_access" in claims and _INGESTER not in realm:
        missing.append("The role Data ingester, to upload. Ask for it in a ticket to the node.")
    if not set(service) & set(_MANAGER):
        missing.append("The role Dataset manager, to create and release datasets. Ask for it in a ticket to the node.")
    code = project.partition("|")[0]
    if not code:
        missing.append("The name of the project in this workspace. Ask the node for a project, then enter its name.")
    elif code not in projects:
        missing.append(f"Membership of the project {code}. Ask the node to add this account to it.")
    return Account(
        username=str(claims.get("preferred_username", "")),
        roles=(*realm, *service),
        projects=projects,
        missing=tuple(missing),
    )


def _roles(access: object) -> tuple[str, ...]:
    return tuple(str(role) for role in _mapping(access).get("roles") or ())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
