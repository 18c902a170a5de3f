"""What one signs in with: held in memory, or by the keyring of the operating system if a person wants that."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace

from . import _keyring
from ._grant import Grant
from ._netrc import login_for

USER, PASSWORD_FILE = "EUCAIM_NB_USER", "EUCAIM_NB_PASSWORD_FILE"
_BY_NETRC = "netrc"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name and password (at XNAT also alias and secret of a token), or a token that the node gave.

    Nothing of it is ever part of its text. `grant` holds the tokens of the sign-in, for all who use these credentials.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    grant: Grant = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the token.

        Raises
        ------
        SettingsError
            It is none.
        """
        object.__setattr__(self, "grant", Grant(self.token))

    @classmethod
    def of_grant(cls, grant: Grant) -> "Credentials":
        """Return the credentials of somebody who signed in and got tokens."""
        made = cls()
        object.__setattr__(made, "grant", grant)
        return made

    @property
    def lasting(self) -> bool:
        """Whether it is good for longer than the present access token."""
        return bool(self.password or self.grant.refresh)

    @property
    def usable(self) -> bool:
        """Whether one can sign in with it, as far as is known here: tokens end."""
        return bool(self.password) or self.grant.usable

    def secrets(self) -> dict[str, Any]:
        """Return what a job is given through its pipe. Tokens go with it: the job goes on with them, not who calls."""
        token = "" if self.password else self.grant.hand_over()
        return {"credentials": {"username": self.username, "password": self.password, "token": token}}

    @classmethod
    def from_job(cls, values: "Credentials | Mapping[str, str] | None") -> "Credentials | None":
        """Read what `secrets` returned."""
        return cls(**values) if isinstance(values, Mapping) else values


def credentials_of(workspace: Workspace) -> Credentials | None:
    """Return what this computer knows to sign in with at the workspace's node, without asking anybody.

    First the environment (`EUCAIM_NB_USER` and the file that `EUCAIM_NB_PASSWORD_FILE` names), then the keyring, then,
    if `use_netrc` says so, the user's netrc file.

    Raises
    ------
    SettingsError
        The password file that the environment names, or the netrc file, cannot be used.
    """
    username, file = os.environ.get(USER, ""), os.environ.get(PASSWORD_FILE, "")
    if username and file:
        try:
            password = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The file that {PASSWORD_FILE} names cannot be read. Correct the variable."
            ) from error
        return Credentials(username, password)
    if kept := _keyring.read(_entry(workspace)):
        return Credentials(*kept)
    return netrc_credentials(workspace) if workspace.settings.node_options.get(_BY_NETRC) else None


def netrc_credentials(workspace: Workspace) -> Credentials:
    """Return what the user's netrc file has for the workspace's node. Call it only if a person wants that.

    Raises
    ------
    SettingsError
        The file has nothing for the node, or cannot be used.
    """
    return Credentials(*login_for(_host(workspace)))


def use_netrc(workspace: Workspace, yes: bool) -> Workspace:
    """Decide whether this workspace signs in with the user's netrc file from now on; the file is only ever read."""
    if bool(workspace.settings.node_options.get(_BY_NETRC)) == yes:
        return workspace
    return workspace.change(node_options={_BY_NETRC: yes})


def keep(workspace: Workspace, credentials: Credentials) -> None:
    """Put a user name and password into the keyring, for all later sign-ins at this workspace's node.

    Raises
    ------
    SettingsError
        There is no keyring, or it refuses; or it is a token, which soon ends.
    """
    if not credentials.password:
        raise SettingsError("Only a user name with its password can be remembered: a token soon ends.")
    _keyring.write(_entry(workspace), (credentials.username, credentials.password))


def forget(workspace: Workspace) -> Workspace:
    """Remove the workspace's credentials from the keyring, if they are there, and use no netrc file any more."""
    _keyring.remove(_entry(workspace))
    return use_netrc(workspace, False)


def _entry(workspace: Workspace) -> str:
    return f"{workspace.settings.node} {workspace.settings.id}"


def _host(workspace: Workspace) -> str:
    settings = workspace.settings
    options = {**node_defaults()[settings.node], **settings.node_options}
    return urlsplit(str(options.get("site") or "")).hostname or ""
