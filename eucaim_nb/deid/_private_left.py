"""Private attributes that are left in a file (PS3.15 E.3.10, PS3.5 section 7.8.1)."""

from collections.abc import Iterator

from eucaim_nb.dicom import AttributePath, path_text

from ._finding import Finding, Kind, Severity
from ._private import PrivateList
from ._reading import Reading


def private_left(file: Reading, safe: PrivateList | None, severity: Severity) -> Iterator[Finding]:
    """Yield private attributes without a creator, and those that are not known to be safe.

    Parameters
    ----------
    safe
        What may be left; None if that is not known here.
    severity
        What an attribute weighs that is not known to be safe.
    """
    creators: dict[tuple[AttributePath, int, int], str] = {}
    private = [leaf for leaf in file.leaves if leaf.path[-1] & 0x10000]
    for leaf in private:
        tag = leaf.tag
        if 0x10 <= tag & 0xFFFF <= 0xFF:
            creators[leaf.path[:-1], tag >> 16, tag & 0xFF] = leaf.text.strip(" \0")
    told: set[tuple[str, int]] = set()
    for path in (*(leaf.path for leaf in private), *(path for path in file.items if path[-1] & 0x10000)):
        tag = path[-1]
        if tag & 0xFFFF < 0x1000:
            continue
        creator = creators.get((path[:-1], tag >> 16, tag >> 8 & 0xFF))
        if creator is None:
            words = "A private attribute is left without its creator: nobody can tell what it says."
            yield Finding("", path_text(path), Kind.PRIVATE, Severity.ERR, words)
        elif safe is not None and (creator, tag >> 16, tag & 0xFF) not in safe and (creator, tag >> 16) not in told:
            told.add((creator, tag >> 16))
            words = "Private attributes are left that are not known to be safe (PS3.15 Table E.3.10-1)."
            yield Finding("", path_text(path), Kind.PRIVATE, severity, words)
