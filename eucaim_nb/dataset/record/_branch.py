"""The values of a record as a tree: a dataset with its nodes, and theirs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ._field import below


@dataclass
class Branch:
    """The dataset, or one node: values by property, and further nodes by property and number."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: dict[str, dict[int, "Branch"]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.values.values()) or any(any(among.values()) for among in self.nodes.values())

    def each(self, prop: str) -> Iterator[tuple[str, "Branch"]]:
        """Yield the step and the content of each node of a property that holds anything: `dct:creator#2`, …"""
        for number, node in sorted(self.nodes.get(prop, {}).items()):
            if node:
                yield step(prop, number), node


def step(prop: str, number: int) -> str:
    """Return how a key names the node of this number."""
    return prop if number == 1 else f"{prop}#{number}"


def grown(values: Mapping[str, Iterable[str]]) -> Branch:
    """Return the tree of flat values."""
    root = Branch()
    for key, held in values.items():
        *steps, last = key.split("/")
        branch = root
        for name, _, number in (one.partition("#") for one in steps):
            branch = branch.nodes.setdefault(name, {}).setdefault(int(number or 1), Branch())
        branch.values[last] = tuple(held)
    return root


def flat(branch: Branch, node: str = "", at: str = "") -> dict[str, tuple[str, ...]]:
    """Return the values of a tree by key, in the order of the form; what is empty is left out and numbers closed up.

    Parameters
    ----------
    node, at
        What the keys begin with, without numbers and with them; both empty for the dataset.
    """
    found: dict[str, tuple[str, ...]] = {}
    for one in below(node):
        if held := branch.values.get(one.prop):
            found[at + one.prop] = held
        for number, (_, child) in enumerate(branch.each(one.prop), 1):
            found |= flat(child, one.key, f"{at}{step(one.prop, number)}/")
    return found


def in_order(values: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return values in an order that depends on nothing but themselves: RDF keeps neither values nor nodes in order."""
    return flat(_sorted(grown(values)))


def _sorted(branch: Branch) -> Branch:
    ordered = Branch({name: tuple(sorted(set(held))) for name, held in branch.values.items()})
    for name, among in branch.nodes.items():
        ordered.nodes[name] = dict(enumerate(sorted(map(_sorted, among.values()), key=_content), 1))
    return ordered


def _content(branch: Branch) -> str:
    return repr(
        (
            sorted(branch.values.items()),
            sorted((name, list(map(_content, among.values()))) for name, among in branch.nodes.items()),
        )
    )
