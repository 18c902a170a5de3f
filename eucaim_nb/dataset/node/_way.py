"""What differs between the nodes: what a dataset is there, what can be said about it, how it is released."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from eucaim_nb.ledger import SeriesUpload
from eucaim_nb.nodes import Credentials, DatasetService, Node, Service, Xnat, connect
from eucaim_nb.reference import DatasetProperty
from eucaim_nb.workflow import DatasetState
from eucaim_nb.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset of the node's list; `created` and `author` as the node writes them."""

    id: str
    name: str
    version: str
    state: DatasetState
    created: str
    author: str
    subjects: int | None
    studies: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset as the node shows it now.

    `words` is the last message of its creation as the node wrote it: it may name a file, and so a subject. `editable`
    and `actions` are what this account can change and do now, by the node's names. `earlier` are id and name of the
    datasets that it can be a new version of.
    """

    id: str
    state: DatasetState
    words: str
    counts: Mapping[str, int]
    properties: Mapping[str, Any]
    figures: Mapping[str, Any]
    editable: tuple[str, ...]
    actions: tuple[str, ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """Series that were sent and that the dataset does not have.

    `series_uid` is empty where the node names its folders so that it cannot be told which of the study or subject it
    is; then `series` says how many.
    """

    subject: str
    study_uid: str
    series_uid: str
    series: int


@dataclass(frozen=True, slots=True)
class Content:
    """What the node has: numbers of subjects, studies and series; what of ours is lost; how many subjects are not ours;
    and the node's own list, where it has one."""

    counts: Mapping[str, int]
    lost: tuple[Lost, ...]
    others: int = 0
    index: tuple[Mapping[str, Any], ...] | None = field(default=None, repr=False)


class Way(Protocol):
    """The way to the datasets of one node."""

    @property
    def service(self) -> Service:
        """The service, for its name and to close it."""

    @property
    def node(self) -> Node:
        """The node."""

    @property
    def fields(self) -> tuple[DatasetProperty, ...]:
        """What can be said about a dataset there."""

    def unmet(self, properties: Mapping[str, Any]) -> tuple[str, ...]:
        """Say what the node demands of a dataset and is not met yet."""

    def listed(self) -> list[Listed]:
        """Return the datasets that this account sees in the project, the newest first."""

    def obvious(self) -> str:
        """Return the id of the dataset that can only be this submission's; empty if that cannot be told."""

    def show(self, ident: str) -> Shown:
        """Return one dataset."""

    def change(self, ident: str, name: str, value: object) -> None:
        """Change one property."""

    def content(self, ident: str, sent: Sequence[SeriesUpload], asked: Callable[[int], None]) -> Content:
        """Compare what the dataset has with what was sent.

        Parameters
        ----------
        asked
            Called with the number of studies that were looked at since the last call; it may raise to end the asking.
        """

    def release(self, ident: str, level: str) -> None:
        """Release a dataset; the node decides whether it is."""

    def invalidate(self, ident: str, reason: str) -> None:
        """Take a dataset out of use."""

    def revalidate(self, ident: str) -> None:
        """Take that back.

        Raises
        ------
        Refused
            That is no thing of its own at this node.
        """


def way_to(workspace: Workspace, credentials: Credentials | None) -> Way:
    """Return the way to the datasets of the workspace's node.

    Raises
    ------
    SettingsError, NodeError
        The node is not set up, or nobody is signed in.
    """
    from ._health_ri import ProjectWay
    from ._upv import UpvWay

    node = connect(workspace, credentials)
    service = node.datasets()
    if isinstance(service, Xnat):
        return ProjectWay(node, service)
    assert isinstance(service, DatasetService)
    return UpvWay(node, service)
