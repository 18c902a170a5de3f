"""What one signs in with: held in memory, or by the keyring of the operating system if a person wants that."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace

_SERVICE = "eucaim-nb"
USER, PASSWORD_FILE = "EUCAIM_NB_USER", "EUCAIM_NB_PASSWORD_FILE"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name and password, or a token that the node gave; neither is ever part of its text."""

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def secrets(self) -> dict[str, Any]:
        """Return what a job is given through its pipe."""
        return {
            "credentials": {"username": self.username, "password": self.password, "token": self.token}
        }

    @classmethod
    def from_job(cls, values: "Credentials | Mapping[str, str] | None") -> "Credentials | None":
        """Read what `secrets` returned."""
        return cls(**values) if isinstance(values, Mapping) else values


def credentials_of(workspace: Workspace) -> Credentials | None:
    """Return what this computer knows to sign in with at the workspace's node, without asking anybody.

    First the environment (`EUCAIM_NB_USER` and the file that `EUCAIM_NB_PASSWORD_FILE` names), then the keyring.

    Raises
    ------
    SettingsError
        The environment names a password file that cannot be read.
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
    if not keyring_usable():
        return None
    import keyring

    try:
        kept = keyring.get_password(_SERVICE, _entry(workspace))
        return None if kept is None else Credentials(**json.loads(kept))
    except (keyring.errors.KeyringError, ValueError, TypeError):
        return None  # locked, or not ours: as if there were none


def keyring_usable() -> bool:
    """Tell whether the operating system has a real keyring: servers without a desktop have none."""
    import keyring

    return float(keyring.get_keyring().priority) >= 1


def keep(workspace: Workspace, credentials: Credentials) -> None:
    """Put credentials into the keyring, for all later sign-ins at this workspace's node.

    Raises
    ------
    SettingsError
        There is no keyring, or it refuses.
    """
    import keyring

    kept = credentials.secrets()["credentials"]
    try:
        if not keyring_usable():
            raise keyring.errors.NoKeyringError
        keyring.set_password(_SERVICE, _entry(workspace), json.dumps(kept))
    except keyring.errors.KeyringError as error:
        raise SettingsError(
            "This computer has no keyring that can keep the password. Sign in each time instead."
        ) from error


def forget(workspace: Workspace) -> None:
    """Remove the workspace's credentials from the keyring, if they are there."""
    if not keyring_usable():
        return
    import contextlib

    import keyring

    with contextlib.suppress(keyring.errors.KeyringError):
        keyring.delete_password(_SERVICE, _entry(workspace))


def _entry(workspace: Workspace) -> str:
    return f"{workspace.settings.node} {workspace.settings.id}"
