"""Who can sign in to the practice node: the person who practises, one of the node's staff, and a newcomer."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AUDIENCE = "dataset-service"
PROJECT = "PRACTICE"
DATA_INGESTER = "authorized-technical-data-manager"
DATASET_MANAGER = "dataset-administrator"
_EVERYBODY = ("default-roles-eucaim-node", "offline_access", "uma_authorization")  # as Keycloak gives them
_EVERY_ROLE = (
    DATA_INGESTER,
    DATASET_MANAGER,
    "data-scientists",
    "clinical-staff",
    "application-developer",
    "cloud-services-and-security-management",
)


@dataclass(frozen=True, slots=True)
class Person:
    """What the node knows of somebody who signed in.

    `roles` are those of the dataset service, `realm_roles` those that a person applies for when registering.
    """

    sub: str
    username: str
    name: str
    email: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    realm_roles: tuple[str, ...] = ()

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> "Person":
        """Read a person from the claims of an access token.

        Raises
        ------
        KeyError
            A claim is missing that a person cannot be without.
        """
        access = claims.get("resource_access", {}).get(AUDIENCE, {})
        return cls(
            claims["sub"],
            claims["preferred_username"],
            claims["name"],
            claims["email"],
            tuple(claims.get("groups", ())),
            tuple(access.get("roles", ())),
            tuple(claims.get("realm_access", {}).get("roles", ())),
        )

    @property
    def projects(self) -> list[str]:
        """The codes of the projects this person is a member of."""
        return [name.removeprefix("PROJECT-") for name in self.groups if name.startswith("PROJECT-")]

    @property
    def is_staff(self) -> bool:
        """Whether this is the node's own staff, who may do everything."""
        return "superadmin_datasets" in self.roles

    @property
    def may_upload(self) -> bool:
        """Whether this person may bring images and clinical data to the node."""
        return DATA_INGESTER in self.realm_roles

    @property
    def may_create(self) -> bool:
        """Whether this person may make datasets."""
        return self.is_staff or "admin_datasets" in self.roles

    @property
    def may_use(self) -> bool:
        """Whether this person may use datasets."""
        return self.may_create or "use_datasets" in self.roles

    @property
    def sees_accesses(self) -> bool:
        """Whether this person looks after who uses which dataset."""
        return "admin_datasetAccess" in self.roles


def people(username: str) -> dict[str, Person]:
    """Return everybody by user name; all have the password of the practice node.

    Parameters
    ----------
    username : str
        Of the person who practises: a member of the project who may upload and make datasets. The other two
        are `<username>-staff`, with all roles, and `<username>-newcomer`, with none yet.
    """
    staff = ("admin_datasets", "superadmin_datasets", "admin_users", "admin_datasetAccess", "admin_projects")
    members = (f"PROJECT-{PROJECT}",)
    return {
        person.username: person
        for person in (
            _person(
                username,
                "Practice Person",
                members,
                ("use_datasets", "admin_datasets"),
                (DATA_INGESTER, DATASET_MANAGER),
            ),
            _person(f"{username}-staff", "Node Staff", members, staff, _EVERY_ROLE),
            _person(f"{username}-newcomer", "New Comer"),
        )
    }


def _person(
    username: str,
    name: str,
    groups: tuple[str, ...] = (),
    roles: tuple[str, ...] = (),
    realm_roles: tuple[str, ...] = (),
) -> Person:
    sub = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{username}.practice.example"))  # the same after a restart
    address = f"{username}@practice.example"
    return Person(sub, username, name, address, groups, roles, (*_EVERYBODY, *realm_roles))
