"""What differs between the nodes: the pieces of clinical data, how they are sent, how they are read back."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from eucaim_nb.nodes import Forms, Node, Service, Xnat

from .._carrier import Answer
from ._gate import Ready
from ._items import Item
from ._upv import UpvWay
from ._xnat import XnatWay


class Way(Protocol):
    """The way to one node."""

    @property
    def service(self) -> Service:
        """The service of the node, for its name and sign-in."""

    def items(self, made: Ready) -> list[Item]:
        """Return the pieces that go to the node.

        Raises
        ------
        SettingsError
            The exports for this node were not made.
        """

    def held(self, items: Collection[Item], watch: Callable[[], None]) -> set[Item]:
        """Return the pieces that the node gives back the same.

        Parameters
        ----------
        watch
            Called for each piece that is asked for by itself; it may raise to end the asking.

        Raises
        ------
        NodeError
            The node does not answer.
        """

    def batches(self, items: Sequence[Item]) -> Iterator[list[Item]]:
        """Cut pieces into what is sent at once."""

    def send(self, items: Sequence[Item]) -> Answer:
        """Send some pieces; those refused are by name.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        """


def way_to(node: Node) -> Way:
    """Return the way to a node.

    Raises
    ------
    SettingsError
        The node is not set up for it.
    """
    service = node.clinical()
    if isinstance(service, Xnat):
        return XnatWay(service)
    assert isinstance(service, Forms)
    return UpvWay(service)
