"""The keyring of the operating system, and nothing that only looks like one."""

import contextlib
import json
from typing import TYPE_CHECKING

from eucaim_nb.errors import SettingsError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "eucaim-nb"
_FILES = ("keyrings.alt",)
"""Packages whose keyrings are files that the user, or whoever has the disk, can read."""


def keyring_usable() -> bool:
    """Tell whether the operating system has a real keyring: servers without a desktop have none."""
    return _real() is not None


def read(entry: str) -> tuple[str, str] | None:
    """Return the user name and password that are kept under an entry."""
    from keyring.errors import KeyringError

    if (keyring := _real()) is None:
        return None
    try:
        kept = json.loads(keyring.get_password(_SERVICE, entry) or "{}")
        return str(kept["username"]), str(kept["password"])
    except (KeyringError, ValueError, TypeError, KeyError):
        return None  # locked, or not ours: as if there were none


def write(entry: str, login: tuple[str, str]) -> None:
    """Keep a user name and password under an entry.

    Raises
    ------
    SettingsError
        There is no keyring, or it refuses.
    """
    from keyring.errors import KeyringError, NoKeyringError

    username, password = login
    try:
        if (keyring := _real()) is None:
            raise NoKeyringError
        keyring.set_password(_SERVICE, entry, json.dumps({"username": username, "password": password}))
    except KeyringError as error:
        raise SettingsError(
            "This computer has no keyring that can keep the password. Sign in each time instead."
        ) from error


def remove(entry: str) -> None:
    """Remove an entry, if it is there."""
    from keyring.errors import KeyringError

    if (keyring := _real()) is not None:
        with contextlib.suppress(KeyringError):
            keyring.delete_password(_SERVICE, entry)


def _real() -> "KeyringBackend | None":
    """Return the keyring to use. One that asks several passes by a real one that is locked, and writes to a file."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    found = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    return next((one for one in found if one.priority >= 1 and not type(one).__module__.startswith(_FILES)), None)
