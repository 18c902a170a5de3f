"""From an address such as `projects/P/subjects/S/experiments/E/scans/1/resources/DICOM/files/a.dcm` to items."""

from dataclasses import dataclass

from ._answers import Refused
from ._archive import Archive
from ._records import Item

KIND = {
    "projects": "project",
    "subjects": "subject",
    "experiments": "experiment",
    "scans": "scan",
    "resources": "resource",
}
_BELOW: dict[str | None, tuple[str, ...]] = {
    None: ("projects", "subjects", "experiments"),
    "project": ("subjects", "experiments", "resources"),
    "subject": ("experiments", "resources"),
    "experiment": ("scans", "resources"),
    "prearchive": ("scans", "resources"),
    "scan": ("resources",),
    "resource": (),
}


@dataclass(frozen=True, slots=True)
class Address:
    """What an address names.

    Attributes
    ----------
    items : list of Item
        The last item that exists; several for `scans/ALL`; none at the top.
    listing : str
        The listing asked for, such as `scans` or `files`; or the one in which `missing` is missing.
    missing : str
        A name that is not there yet.
    file : str
        A path below `files`.
    rest : tuple of str
        What follows an item and is no listing, such as `users` or `accessibility`.
    """

    items: list[Item]
    listing: str = ""
    missing: str = ""
    file: str = ""
    rest: tuple[str, ...] = ()

    @property
    def item(self) -> Item | None:
        """The item, `None` at the top."""
        return self.items[0] if self.items else None


def members(archive: Archive, parent: Item | None, listing: str) -> list[Item]:
    """Return what a listing shows: a project shows the experiments of its subjects."""
    kind = KIND[listing]
    if parent is None:
        return archive.of_kind(kind)
    if (parent.kind, kind) == ("project", "experiment"):
        return archive.below(parent, kind)
    return archive.children(parent, kind)


def resolve(archive: Archive, segments: list[str], start: Item | None = None) -> Address:
    """Follow an address from the top, or from an item.

    Raises
    ------
    Refused
        404: something on the way does not exist.
    """
    items: list[Item] = [] if start is None else [start]
    while segments:
        name, *rest = segments
        item = items[0] if items else None
        if name == "files" and item is not None:
            return Address(items, "files", file="/".join(rest))
        if name not in _BELOW[item.kind if item else None]:
            return Address(items, rest=tuple(segments))
        if not rest:
            return Address(items, name)
        candidates = members(archive, item, name)
        if name == "scans" and rest[0] in ("ALL", "*"):
            items = candidates
            if not items:
                return Address([], "files" if rest[1:2] == ["files"] else name)
        else:
            found = _named(candidates, rest[0], by_label=item is not None)
            if found is None:
                if rest[1:]:
                    raise Refused(404, f"Unable to find {KIND[name]} '{rest[0]}'")
                return Address(items, name, missing=rest[0])
            items = [found]
        segments = rest[1:]
    return Address(items)


def _named(candidates: list[Item], name: str, *, by_label: bool) -> Item | None:
    for one in candidates:
        if one.id == name:
            return one
    return next((one for one in candidates if by_label and one.label == name), None)
