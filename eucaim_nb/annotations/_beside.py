"""Files that a header names: only those in its own folder or below are read."""

from pathlib import Path

from eucaim_nb.errors import MaskError


def beside(path: Path, name: str) -> Path:
    """Return the path of a file that the header in `path` names.

    Raises
    ------
    MaskError
        It lies elsewhere, or is not there.
    """
    found = (path.parent / name.replace("\\", "/")).resolve()
    if not found.is_relative_to(path.parent.resolve()) or not found.is_file():
        raise MaskError("The file with the voxels is not beside its header. Copy both into the same folder.")
    return found
