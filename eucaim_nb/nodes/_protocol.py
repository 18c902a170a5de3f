"""What every node can be asked, whatever it speaks."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ._failure import Failure
from ._settings import NodeSettings


@dataclass(frozen=True, slots=True)
class Need:
    """Something that an account needs: what it is, what for, whom to ask for it and with which ticket of the reference.

    `met` is None where the node does not tell.
    """

    what: str
    why: str
    met: bool | None
    ask: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Account:
    """Who signed in, and what this account may do at the node; `roles` and `projects` are the node's own names."""

    username: str
    roles: tuple[str, ...]
    projects: tuple[str, ...]
    needs: tuple[Need, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What an upload and a dataset still need, in words."""
        return tuple(f"{need.what}, {need.why}. {need.ask}" for need in self.needs if need.met is False)


class Service(Protocol):
    """A service of a node that takes something.

    Attributes
    ----------
    title, url
        Name of the node, and the address of the service.
    """

    title: str
    url: str

    def check(self, *, patient: bool = False) -> None:
        """Ask one small question, to learn whether the service can be used; a patient check asks a busy node again.

        Raises
        ------
        NodeError
            It cannot; the text says why and what to do.
        """

    def refusal(self, status: int) -> Failure:
        """Tell why the service answers with an HTTP status."""

    def renew(self) -> bool:
        """Sign in anew after a 401; False when there is nothing to sign in with."""

    def close(self) -> None:
        """Sign out and close the connections; a later question opens them again."""


class Images(Service, Protocol):
    """The service of a node that takes images.

    Attributes
    ----------
    max_batch_bytes, max_batch_instances
        How much is sent in one request at most.
    """

    max_batch_bytes: int
    max_batch_instances: int


@runtime_checkable
class Node(Protocol):
    """A reference node, as the settings of one workspace describe it."""

    @property
    def settings(self) -> NodeSettings:
        """Name, title, family, project and options."""

    def account(self) -> Account:
        """Sign in, and say who that is and what is missing.

        Raises
        ------
        SettingsError
            An address or a setting is missing, or there is nothing to sign in with.
        NodeError
            The node is out of reach, or refuses the sign-in.
        """

    def images(self) -> Images:
        """Return the service that takes images.

        Raises
        ------
        SettingsError
            Its address or another setting is missing.
        NodeError
            The practice nodes are not running, or the sign-in is refused.
        """

    def clinical(self) -> Service:
        """Return the service that takes clinical data.

        Raises
        ------
        SettingsError
            Its address or another setting is missing.
        NodeError
            The practice nodes are not running, or the sign-in is refused.
        """

    def datasets(self) -> Service:
        """Return the service where what was uploaded becomes a dataset.

        Raises
        ------
        SettingsError
            Its address or another setting is missing, or nobody is signed in.
        NodeError
            The practice nodes are not running, or the sign-in is refused.
        """
