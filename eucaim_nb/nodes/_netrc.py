"""The netrc file of the user, where a person wants it to be read. It is never written."""

import netrc
import os
from pathlib import Path

from eucaim_nb.errors import SettingsError


def login_for(host: str) -> tuple[str, str]:
    """Return the user name and password that the netrc file has for a computer.

    The file is the one that NETRC names, else `.netrc` (on Windows also `_netrc`) in the home folder.

    Raises
    ------
    SettingsError
        There is no such file, others may read it, it is damaged, or it has nothing for the computer.
    """
    file = _file()
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SettingsError(f"Others may read {file}. Take that right away (chmod 600), and change the password.")
    try:
        found = netrc.netrc(file).authenticators(host) if host else None
    except (OSError, UnicodeDecodeError, netrc.NetrcParseError):
        # The parser quotes the line, which may hold the password.
        raise SettingsError(f"{file} cannot be read as a netrc file. Correct it.") from None
    if not found or not found[0] or not found[2]:
        raise SettingsError(f"{file} has no user name and password for {host}. Add a line for it.")
    return found[0], found[2]


def _file() -> Path:
    named = os.environ.get("NETRC")
    names = [Path(named)] if named else [Path.home() / ".netrc", Path.home() / "_netrc"]
    for file in names:
        if file.is_file():
            return file
    raise SettingsError(f"There is no file {names[0]}. Make it, or sign in in another way.")
