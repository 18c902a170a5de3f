"""The settings of a node: defaults of `reference/nodes.toml`, overridden by the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eucaim_nb.errors import SettingsError
from eucaim_nb.training import practice_only, refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class NodeSettings:
    """What is known of a node before it is asked anything; `ready` is the ready file of running practice nodes."""

    name: str
    title: str
    family: str
    practice: bool
    project: str
    options: Mapping[str, Any]
    ready: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """Return an option that is text; empty when it is not set."""
        return str(self.options.get(name) or "")

    def number(self, name: str, default: float) -> float:
        """Return an option that is a number above zero.

        Raises
        ------
        SettingsError
            It is something else.
        """
        value = self.options.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise SettingsError(f"{name} under [node] in eucaim.toml must be a number above zero.")
        return float(value)

    @property
    def ca_file(self) -> str:
        """The certificates of the organisation's own authority, empty for the usual ones.

        Raises
        ------
        SettingsError
            There is no such file.
        """
        path = self.text("ca_file")
        if path and not Path(path).is_file():
            raise SettingsError(f"There is no file {path}. Correct ca_file under [node] in eucaim.toml.")
        return path

    @property
    def proxy(self) -> str:
        """The proxy URL, empty for what the environment says.

        Raises
        ------
        SettingsError
            It contains a password.
        """
        url = self.text("proxy")
        if "@" in url:
            raise SettingsError(
                "The proxy in eucaim.toml must not contain a password. Remove it there, and set HTTPS_PROXY in the "
                "environment to the address with user and password."
            )
        return url

    def address(self, url: str, what: str) -> str:
        """Return an address that may be used, without a slash at its end.

        Parameters
        ----------
        what
            What is at the address, for the error: "DICOMweb address".

        Raises
        ------
        SettingsError
            It is no address, would send data unencrypted, contains a password, or leads out of a training session.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            host = None
        if not host:
            raise SettingsError(f"The {what} of {self.title} is no address. It looks like https://node/path.")
        if practice_only() and host not in LOOPBACK:
            raise SettingsError(refusal(f"The {what} of {self.title}"))
        if parts.scheme != "https" and host not in LOOPBACK:
            raise SettingsError(
                f"The {what} of {self.title} must begin with https: images do not travel unencrypted."
            )
        if parts.username or parts.password:
            raise SettingsError("An address must not contain a password. Remove it from eucaim.toml.")
        return url.rstrip("/")


def is_local(url: str) -> bool:
    """Tell whether an address is on this computer."""
    return urlsplit(url).hostname in LOOPBACK
